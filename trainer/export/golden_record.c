#include "trainer/export/golden_record.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cjson/cJSON.h>

#include <digit/context.h>

#include "core/network/model.h"
#include "trainer/export/golden_digits.h"
#include "trainer/net/network.h"

_Static_assert(GOLDEN_DIGITS <= GOLDEN_MAX_DIGITS, "a model file has room for all golden digits");

static enum digit_status predict(struct digit_prediction out[GOLDEN_DIGITS],
                                 const struct digit_model *model, const struct golden *golden,
                                 const char *where, struct digit_error *error)
{
    struct digit_error reason;
    struct digit_context *context;
    enum digit_status status = digit_context_create(&context, model, error);
    if (status != DIGIT_OK)
        return status;
    status = digit_context_predict_octets(context, out, golden->octets[0], golden->count, &reason);
    digit_context_destroy(context);
    if (status != DIGIT_OK)
        return digit_fail(error, status, "%s: golden digits in %s: %s", where,
                          digit_model_info(model)->precision, reason.message);
    return DIGIT_OK;
}

/* Records the answers in the precision in which the model runs. */
static enum digit_status record_answers(struct golden *golden, const struct digit_model *model,
                                        const char *where, struct digit_error *error)
{
    struct digit_prediction predictions[GOLDEN_DIGITS];
    enum digit_status status = predict(predictions, model, golden, where, error);
    if (status != DIGIT_OK)
        return status;
    bool int8 = strcmp(digit_model_info(model)->precision, "int8") == 0;
    struct golden_answers *answers = int8 ? &golden->int8 : &golden->f32;
    answers->recorded = true;
    for (size_t i = 0; i < golden->count; i++) {
        answers->digits[i] = (uint8_t)predictions[i].digit;
        memcpy(answers->probabilities[i], predictions[i].probabilities,
               sizeof answers->probabilities[i]);
    }
    return DIGIT_OK;
}

/* Where the network comes from: `file`, or the members after it if it is NULL. */
struct source {
    const char *where; /* names it in messages */
    const struct model_file *file;
    const struct architecture *architecture;
    const float *parameters;
    const struct quantisation *quantisation;
    const struct model_calibration *calibration;
};

static enum digit_status make_model(struct digit_model **out, const struct source *source,
                                    const struct digit_model_options *options,
                                    struct digit_error *error)
{
    if (source->file != NULL)
        return model_load_tensors(out, source->file->tensors, source->where, options, error);
    enum digit_status status =
        model_create(out, source->architecture, source->parameters, &train_preprocessing,
                     source->quantisation, options, error);
    if (status == DIGIT_OK && source->calibration != NULL)
        model_calibrate(*out, source->calibration);
    return status;
}

static enum digit_status record(struct golden *out, const struct source *source,
                                struct digit_error *error)
{
    static const struct digit_model_options options[] = {{.precision = DIGIT_PRECISION_F32}, {0}};
    enum digit_status status = DIGIT_OK;
    memset(out, 0, sizeof *out);
    out->count = GOLDEN_DIGITS;
    golden_digits_draw(out->octets);
    for (size_t i = 0; i < sizeof options / sizeof *options && status == DIGIT_OK; i++) {
        struct digit_model *model;
        status = make_model(&model, source, &options[i], error);
        if (status == DIGIT_OK)
            status = record_answers(out, model, source->where, error);
        digit_model_destroy(model);
    }
    return status;
}

enum digit_status golden_record(struct golden *out, const struct architecture *architecture,
                                const float *parameters, const struct quantisation *quantisation,
                                const struct model_calibration *calibration,
                                struct digit_error *error)
{
    const struct source source = {.where = architecture->name,
                                  .architecture = architecture,
                                  .parameters = parameters,
                                  .quantisation = quantisation,
                                  .calibration = calibration};
    return record(out, &source, error);
}

enum digit_status golden_record_again(size_t *recognised, struct model_file *file, const char *path,
                                      struct digit_error *error)
{
    const struct source source = {.where = path, .file = file};
    struct golden golden;
    enum digit_status status = record(&golden, &source, error);
    if (status != DIGIT_OK)
        return status;
    char *text = golden_format(&golden);
    if (text == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for the golden digits", path);
    status = safetensors_set_metadata(file->tensors, MODEL_KEY_GOLDEN, text, error);
    cJSON_free(text);
    *recognised = golden_record_recognised(&golden);
    return status;
}

enum digit_status golden_record_file(size_t *recognised, const char *path,
                                     struct digit_error *error)
{
    struct model_file file;
    enum digit_status status = model_file_open(&file, path, error);
    if (status == DIGIT_OK)
        status = golden_record_again(recognised, &file, path, error);
    if (status == DIGIT_OK)
        status = model_file_write(path, &file, error);
    model_file_release(&file);
    return status;
}

size_t golden_record_recognised(const struct golden *golden)
{
    const struct golden_answers *answers = golden->int8.recorded ? &golden->int8 : &golden->f32;
    size_t recognised = 0;
    for (size_t i = 0; i < golden->count; i++)
        recognised += answers->digits[i] == golden_digits_label(i);
    return recognised;
}
