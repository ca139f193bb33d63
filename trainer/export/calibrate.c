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
#include "trainer/export/model_file.h"
#include "trainer/export/training_card.h"
#include "trainer/net/network.h"

/* Of the interval of log(temperature): 6 / 2^40 is less than a float can tell. */
#define HALVINGS 40

/* What the network says of the images held out. */
struct answers {
    size_t count;
    uint8_t *labels; /* [count] */
    float *logits;   /* [count][DIGIT_CLASSES] */
};

static void answers_release(struct answers *answers)
{
    free(answers->logits);
    free(answers->labels);
}

/* indices: [answers->count], of the images held out. */
static void ask(struct answers *answers, struct digit_context *context, const struct dataset *train,
                const uint32_t *indices)
{
    for (size_t i = 0; i < answers->count; i++) {
        const uint8_t *image = train->images + (size_t)indices[i] * DIGIT_PIXELS;
        context_logits(context, answers->logits + i * DIGIT_CLASSES, image, 1);
        answers->labels[i] = train->labels[indices[i]];
    }
}

/* The caller releases `out`, whatever comes of it. */
static enum digit_status ask_held_out(struct answers *out, const struct digit_model *model,
                                      const struct dataset *train, size_t held_out,
                                      struct digit_error *error)
{
    struct digit_context *context = NULL;
    uint32_t *split = calloc(train->count, sizeof *split);
    *out = (struct answers){.count = held_out,
                            .labels = calloc(held_out, sizeof *out->labels),
                            .logits = calloc(held_out, DIGIT_CLASSES * sizeof *out->logits)};
    enum digit_status status = DIGIT_OK;
    if (split == NULL || out->labels == NULL || out->logits == NULL)
        status =
            digit_fail(error, DIGIT_NO_MEMORY, "no memory for the answers to %zu images", held_out);
    if (status == DIGIT_OK)
        status = digit_context_create(&context, model, error);
    if (status == DIGIT_OK) {
        split_images(split, train->count);
        ask(out, context, train, split + train->count - held_out);
    }
    digit_context_destroy(context);
    free(split);
    return status;
}

static enum digit_status check_finite(const struct answers *answers, struct digit_error *error)
{
    for (size_t i = 0; i < answers->count * DIGIT_CLASSES; i++)
        if (!isfinite(answers->logits[i]))
            return digit_fail(error, DIGIT_INVALID,
                              "image %zu of %zu held out: the logits are not finite",
                              i / DIGIT_CLASSES, answers->count);
    return DIGIT_OK;
}

/* The mean of the logits under softmax(logits / temperature), less the logit of the label. */
static double excess(const float *logits, size_t label, double temperature)
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

/* The slope of the negative log-likelihood over 1 / temperature, times the number of images. */
static double slope(const struct answers *answers, double temperature)
{
    double sum = 0.0;
    for (size_t i = 0; i < answers->count; i++)
        sum += excess(answers->logits + i * DIGIT_CLASSES, answers->labels[i], temperature);
    return sum;
}

static enum digit_status fit_temperature(float *out, const struct answers *answers,
                                         struct digit_error *error)
{
    double low = log(MODEL_TEMPERATURE_LEAST), high = log(MODEL_TEMPERATURE_MOST);
    bool falls = slope(answers, MODEL_TEMPERATURE_LEAST) <= 0.0;
    if (falls || slope(answers, MODEL_TEMPERATURE_MOST) >= 0.0)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "no temperature from %g to %g fits the %zu images held out: one that is "
                          "%s fits better",
                          MODEL_TEMPERATURE_LEAST, MODEL_TEMPERATURE_MOST, answers->count,
                          falls ? "lower" : "higher");
    for (size_t i = 0; i < HALVINGS; i++) {
        double middle = 0.5 * (low + high);
        if (slope(answers, exp(middle)) > 0.0)
            low = middle;
        else
            high = middle;
    }
    *out = (float)exp(0.5 * (low + high));
    return DIGIT_OK;
}

static int compare_falling(const void *left, const void *right)
{
    float a = *(const float *)left, b = *(const float *)right;
    return (a < b) - (a > b);
}

/* Halfway between two neighbours, above `less` only. */
static float between(float more, float less)
{
    float middle = 0.5f * (more + less);
    return middle < more ? middle : less;
}

static enum digit_status find_threshold(struct model_calibration *calibration,
                                        const struct answers *answers, struct digit_error *error)
{
    size_t count = answers->count;
    size_t uncertain = (size_t)fmax(1.0, round(CALIBRATE_UNCERTAIN_SHARE * (double)count));
    float *uncertainties = calloc(count + 1, sizeof *uncertainties); /* the last stays 0 */
    if (uncertainties == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to sort %zu images", count);
    for (size_t i = 0; i < count; i++) {
        struct digit_prediction prediction;
        if (prediction_make(&prediction, answers->logits + i * DIGIT_CLASSES, calibration))
            uncertainties[i] = prediction.uncertainty;
    }
    qsort(uncertainties, count, sizeof *uncertainties, compare_falling);
    calibration->uncertain_above = between(uncertainties[uncertain - 1], uncertainties[uncertain]);
    free(uncertainties);
    return DIGIT_OK;
}

static enum digit_status measure(struct model_calibration *out, const struct digit_model *model,
                                 const struct dataset *train, size_t held_out,
                                 struct digit_error *error)
{
    struct answers answers;
    *out = model_uncalibrated;
    enum digit_status status = ask_held_out(&answers, model, train, held_out, error);
    if (status == DIGIT_OK)
        status = check_finite(&answers, error);
    if (status == DIGIT_OK)
        status = fit_temperature(&out->temperature, &answers, error);
    if (status == DIGIT_OK)
        status = find_threshold(out, &answers, error);
    answers_release(&answers);
    return status;
}

enum digit_status calibrate(struct model_calibration *out, const struct architecture *architecture,
                            const float *parameters, const struct quantisation *quantisation,
                            const struct dataset *train, size_t held_out, struct digit_error *error)
{
    static const struct digit_model_options as_served = {0};
    struct digit_model *model;
    enum digit_status status = model_create(&model, architecture, parameters, &train_preprocessing,
                                            quantisation, &as_served, error);
    if (status == DIGIT_OK)
        status = measure(out, model, train, held_out, error);
    digit_model_destroy(model);
    return status;
}

enum digit_status calibrate_file(const char *path, const struct dataset *train,
                                 struct digit_error *error)
{
    struct model_calibration calibration;
    struct model_file file = {0};
    struct digit_model *model = NULL;
    size_t held_out;
    char text[MODEL_CALIBRATION_TEXT_BYTES];
    enum digit_status status = digit_model_load(&model, path, NULL, error);
    if (status == DIGIT_OK)
        status = model_file_open(&file, path, error);
    if (status == DIGIT_OK)
        status = training_card_validation_count(&held_out, file.training, train, path, error);
    if (status == DIGIT_OK)
        status = measure(&calibration, model, train, held_out, error);
    if (status == DIGIT_OK) {
        model_calibration_format(text, &calibration);
        status = model_file_rewrite(path, &file, MODEL_KEY_CALIBRATION, text, error);
    }
    model_file_release(&file);
    digit_model_destroy(model);
    return status;
}
