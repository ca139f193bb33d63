#include "trainer/export/calibrate.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <digit/context.h>

#include "core/network/context_logits.h"
#include "core/network/model.h"
#include "core/network/prediction.h"
#include "trainer/data/split.h"
#include "trainer/export/golden_record.h"
#include "trainer/export/model_file.h"
#include "trainer/export/training_card.h"
#include "trainer/net/network.h"

/* Steps of the bisection: the interval of log(temperature), 6 / 2^40, is then below float
 * precision. */
#define BISECTIONS 40

/* Labels and logits of the validation images. */
struct validation {
    size_t count;
    uint8_t *labels; /* [count] */
    float *logits;   /* [count][DIGIT_CLASSES] */
};

static void validation_release(struct validation *validation)
{
    free(validation->logits);
    free(validation->labels);
}

/* indices: [validation->count], of the validation images. */
static void compute_logits(struct validation *validation, struct digit_context *context,
                           const struct dataset *train, const uint32_t *indices)
{
    for (size_t i = 0; i < validation->count; i++) {
        const uint8_t *image = train->images + (size_t)indices[i] * DIGIT_PIXELS;
        context_logits(context, validation->logits + i * DIGIT_CLASSES, image, 1);
        validation->labels[i] = train->labels[indices[i]];
    }
}

/* The caller releases `out`, even on failure. */
static enum digit_status validation_init(struct validation *out, const struct digit_model *model,
                                         const struct dataset *train, size_t count,
                                         struct digit_error *error)
{
    struct digit_context *context = NULL;
    uint32_t *split = calloc(train->count, sizeof *split);
    *out = (struct validation){.count = count,
                               .labels = calloc(count, sizeof *out->labels),
                               .logits = calloc(count, DIGIT_CLASSES * sizeof *out->logits)};
    enum digit_status status = DIGIT_OK;
    if (split == NULL || out->labels == NULL || out->logits == NULL)
        status =
            digit_fail(error, DIGIT_NO_MEMORY, "no memory for the logits of %zu images", count);
    if (status == DIGIT_OK)
        status = digit_context_create(&context, model, error);
    if (status == DIGIT_OK) {
        split_images(split, train->count);
        compute_logits(out, context, train, split + train->count - count);
    }
    digit_context_destroy(context);
    free(split);
    return status;
}

static enum digit_status check_finite(const struct validation *validation,
                                      struct digit_error *error)
{
    for (size_t i = 0; i < validation->count * DIGIT_CLASSES; i++)
        if (!isfinite(validation->logits[i]))
            return digit_fail(error, DIGIT_INVALID,
                              "the logits of validation image %zu of %zu are not finite",
                              i / DIGIT_CLASSES, validation->count);
    return DIGIT_OK;
}

/* sum over i of softmax(logits / temperature)[i] * logits[i], minus the logit of the label: the
 * derivative of the image's negative log-likelihood with respect to 1 / temperature. */
static double image_slope(const float *logits, size_t label, double temperature)
{
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        largest = fmax(largest, (double)logits[i]);
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        double weight = exp(((double)logits[i] - largest) / temperature);
        sum += weight;
        weighted += weight * ((double)logits[i] - (double)logits[label]);
    }
    return weighted / sum;
}

/* The derivative of the sum of the negative log-likelihoods with respect to 1 / temperature. */
static double slope(const struct validation *validation, double temperature)
{
    double sum = 0.0;
    for (size_t i = 0; i < validation->count; i++)
        sum +=
            image_slope(validation->logits + i * DIGIT_CLASSES, validation->labels[i], temperature);
    return sum;
}

static enum digit_status fit_temperature(float *out, const struct validation *validation,
                                         struct digit_error *error)
{
    double low = log(MODEL_TEMPERATURE_LEAST), high = log(MODEL_TEMPERATURE_MOST);
    if (slope(validation, MODEL_TEMPERATURE_LEAST) <= 0.0)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "the best temperature for the %zu validation images is below %g: all or "
                          "almost all of them are classified correctly",
                          validation->count, MODEL_TEMPERATURE_LEAST);
    if (slope(validation, MODEL_TEMPERATURE_MOST) >= 0.0)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "the best temperature for the %zu validation images is above %g: the "
                          "predictions are no better than chance",
                          validation->count, MODEL_TEMPERATURE_MOST);
    for (size_t i = 0; i < BISECTIONS; i++) {
        double middle = 0.5 * (low + high);
        if (slope(validation, exp(middle)) > 0.0)
            low = middle;
        else
            high = middle;
    }
    *out = (float)exp(0.5 * (low + high));
    return DIGIT_OK;
}

static int compare_descending(const void *left, const void *right)
{
    float a = *(const float *)left, b = *(const float *)right;
    return (a < b) - (a > b);
}

/* Halfway between two values, but below `high` even where rounding makes the middle equal to it. */
static float middle_below(float high, float low)
{
    float middle = 0.5f * (high + low);
    return middle < high ? middle : low;
}

static enum digit_status find_threshold(struct model_calibration *calibration,
                                        const struct validation *validation,
                                        struct digit_error *error)
{
    size_t count = validation->count;
    size_t uncertain = (size_t)fmax(1.0, round(CALIBRATE_UNCERTAIN_SHARE * (double)count));
    float *uncertainties = calloc(count + 1, sizeof *uncertainties); /* the last stays 0 */
    if (uncertainties == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to sort %zu images", count);
    for (size_t i = 0; i < count; i++) {
        struct digit_prediction prediction;
        if (prediction_make(&prediction, validation->logits + i * DIGIT_CLASSES, calibration))
            uncertainties[i] = prediction.uncertainty;
    }
    qsort(uncertainties, count, sizeof *uncertainties, compare_descending);
    calibration->uncertain_above =
        middle_below(uncertainties[uncertain - 1], uncertainties[uncertain]);
    free(uncertainties);
    return DIGIT_OK;
}

static enum digit_status measure_calibration(struct model_calibration *out,
                                             const struct digit_model *model,
                                             const struct dataset *train, size_t validation_count,
                                             struct digit_error *error)
{
    struct validation validation;
    *out = model_uncalibrated;
    enum digit_status status = validation_init(&validation, model, train, validation_count, error);
    if (status == DIGIT_OK)
        status = check_finite(&validation, error);
    if (status == DIGIT_OK)
        status = fit_temperature(&out->temperature, &validation, error);
    if (status == DIGIT_OK)
        status = find_threshold(out, &validation, error);
    validation_release(&validation);
    return status;
}

enum digit_status calibrate(struct model_calibration *out, const struct architecture *architecture,
                            const float *parameters, const struct quantisation *quantisation,
                            const struct dataset *train, size_t validation_count,
                            struct digit_error *error)
{
    static const struct digit_model_options as_served = {0};
    struct digit_model *model;
    enum digit_status status = model_create(&model, architecture, parameters, &train_preprocessing,
                                            quantisation, &as_served, error);
    if (status == DIGIT_OK)
        status = measure_calibration(out, model, train, validation_count, error);
    digit_model_destroy(model);
    return status;
}

enum digit_status calibrate_file(const char *path, const struct dataset *train,
                                 struct digit_error *error)
{
    struct model_calibration calibration;
    struct model_file file = {0};
    struct digit_model *model = NULL;
    size_t validation_count, recognised;
    char text[MODEL_CALIBRATION_TEXT_BYTES];
    enum digit_status status = digit_model_load(&model, path, NULL, error);
    if (status == DIGIT_OK)
        status = model_file_open(&file, path, error);
    if (status == DIGIT_OK)
        status =
            training_card_validation_count(&validation_count, file.training, train, path, error);
    if (status == DIGIT_OK)
        status = measure_calibration(&calibration, model, train, validation_count, error);
    if (status == DIGIT_OK) {
        model_calibration_format(text, &calibration);
        status = safetensors_set_metadata(file.tensors, MODEL_KEY_CALIBRATION, text, error);
    }
    if (status == DIGIT_OK)
        status = golden_record_again(&recognised, &file, path, error);
    if (status == DIGIT_OK)
        status = model_file_write(path, &file, error);
    model_file_release(&file);
    digit_model_destroy(model);
    return status;
}
