#include "server/settings.h"

#include <stdlib.h>
#include <time.h>

#include <digit/context.h>

#include "server/observe/clock.h"

/* Runs the network once, so that a faulty model is found before the first request. */
static enum digit_status test_model(const struct digit_model *model, struct digit_error *error)
{
    static const float blank[DIGIT_PIXELS];
    struct digit_context *context = NULL;
    struct digit_prediction prediction;
    enum digit_status status = digit_context_create(&context, model, error);
    if (status == DIGIT_OK)
        status = digit_context_predict(context, &prediction, blank, 1, error);
    digit_context_destroy(context);
    return status;
}

static enum digit_status load_model(struct digit_model **out, const struct config *config,
                                    struct digit_error *error)
{
    const struct digit_model_options options = {
        .precision = (enum digit_precision)config->precision,
        .kernels = config->kernels > 0 ? config_kernels_names[config->kernels] : NULL,
    };
    return digit_model_load(out, config->model, &options, error);
}

enum digit_status settings_create(struct settings **out, const struct config *config,
                                  struct digit_error *error)
{
    double begun_s = clock_monotonic_s();
    struct settings *settings = calloc(1, sizeof *settings);
    if (settings == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the settings");
    settings->config = *config;
    enum digit_status status = load_model(&settings->model, config, error);
    if (status == DIGIT_OK)
        status = test_model(settings->model, error);
    if (status != DIGIT_OK) {
        settings_destroy(settings);
        return status;
    }
    settings->model_load_s = clock_monotonic_s() - begun_s;
    settings->model_loaded_at_s = (double)time(NULL);
    *out = settings;
    return DIGIT_OK;
}

void settings_destroy(struct settings *settings)
{
    if (settings == NULL)
        return;
    digit_model_destroy(settings->model);
    free(settings);
}
