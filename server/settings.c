#include "server/settings.h"

#include <stdlib.h>
#include <time.h>

#include <digit/self_test.h>

#include "server/observe/clock.h"
#include "server/observe/log.h"

/* A model that does not answer as it did when its file was written must not serve. */
static enum digit_status test_model(const struct digit_model *model, const char *path,
                                    struct digit_error *error)
{
    struct digit_error reason;
    enum digit_status status = digit_model_self_test(model, &reason);
    if (status != DIGIT_OK)
        return digit_fail(error, status, "%s: self-test: %s", path, reason.message);
    if (digit_model_info(model)->golden_count == 0)
        log_event(LOG_WARNING, "the model file carries no golden digits",
                  LOG_FIELDS(log_text("path", path)));
    return DIGIT_OK;
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
        status = test_model(settings->model, config->model, error);
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
