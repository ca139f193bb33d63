#include <digit/self_test.h>

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <digit/context.h>

#include "core/network/golden.h"
#include "core/network/model_data.h"

/*
 * Images without answers, for models without golden digits. A network may answer all pictures that look like
 * no digit with small logits, so a stroke and a ring are among them, the simplest one and zero.
 */
enum pattern {
    PATTERN_BLANK,
    PATTERN_STROKE,
    PATTERN_RING,
    PATTERN_SQUARES,
    PATTERN_FULL,
    PATTERNS
};

#define SQUARE_PX 4

/* Probabilities below are equal: smaller floats have fewer digits, until they are 0. */
static const float NEGLIGIBLE = 1e-30f;

/* What is run: the images, and the answers that they must have. */
struct trial {
    const uint8_t *octets; /* [count][28][28] */
    size_t count;
    const char *name;                     /* of one image, for messages */
    const struct golden_answers *answers; /* NULL: any finite ones */
    float tolerance;                      /* of a probability, as a share */
};

static bool is_lit(enum pattern pattern, int row, int column)
{
    /* From the middle of the image, in half pixels. */
    int x = 2 * column - (DIGIT_SIDE_PX - 1), y = 2 * row - (DIGIT_SIDE_PX - 1);
    switch (pattern) {
    case PATTERN_STROKE: /* 4 px wide, 20 px high */
        return abs(x) < 4 && abs(y) < 20;
    case PATTERN_RING: /* from 7 to 10 px around the middle */
        return x * x + y * y > 14 * 14 && x * x + y * y < 20 * 20;
    case PATTERN_SQUARES:
        return (row / SQUARE_PX + column / SQUARE_PX) % 2 == 0;
    case PATTERN_FULL:
        return true;
    case PATTERN_BLANK:
    case PATTERNS:
        break;
    }
    return false;
}

static void draw_patterns(uint8_t out[PATTERNS * DIGIT_PIXELS])
{
    for (int i = 0; i < PATTERNS * DIGIT_PIXELS; i++) {
        int pixel = i % DIGIT_PIXELS;
        out[i] =
            is_lit((enum pattern)(i / DIGIT_PIXELS), pixel / DIGIT_SIDE_PX, pixel % DIGIT_SIDE_PX)
                ? UINT8_MAX
                : 0;
    }
}

static bool is_close(float is, float must_be, float tolerance)
{
    return fabsf(is - must_be) <= tolerance * fmaxf(is, must_be) + NEGLIGIBLE;
}

static enum digit_status check_answer(const struct trial *trial, size_t i,
                                      const struct digit_prediction *prediction,
                                      struct digit_error *error)
{
    if (trial->answers == NULL)
        return DIGIT_OK;
    if (prediction->digit != trial->answers->digits[i])
        return digit_fail(error, DIGIT_INVALID, "%s %zu is recognised as class %zu, must be %d",
                          trial->name, i, (size_t)prediction->digit, trial->answers->digits[i]);
    for (size_t j = 0; j < DIGIT_CLASSES; j++) {
        float is = prediction->probabilities[j];
        float must_be = trial->answers->probabilities[i][j];
        if (!is_close(is, must_be, trial->tolerance))
            return digit_fail(
                error, DIGIT_INVALID,
                "%s %zu: the probability of class %zu is %.9g, must be %.9g within %g %%",
                trial->name, i, j, (double)is, (double)must_be, 100.0 * (double)trial->tolerance);
    }
    return DIGIT_OK;
}

static enum digit_status fail_not_finite(const struct trial *trial, size_t i, bool alone,
                                         struct digit_error *error)
{
    return digit_fail(error, DIGIT_INVALID, "%s %zu%s: the logits are not finite", trial->name, i,
                      alone ? "" : " and those after it together");
}

/* Runs the images from number `first` to `end` - 1 together. */
static enum digit_status run_together(struct digit_context *context, const struct trial *trial,
                                      size_t first, size_t end, struct digit_error *error)
{
    struct digit_prediction predictions[GOLDEN_MAX_DIGITS];
    enum digit_status status = digit_context_predict_octets(
        context, predictions, trial->octets + first * DIGIT_PIXELS, end - first, NULL);
    if (status != DIGIT_OK)
        return fail_not_finite(trial, first, end - first == 1, error);
    for (size_t i = first; i < end && status == DIGIT_OK; i++)
        status = check_answer(trial, i, &predictions[i - first], error);
    return status;
}

static enum digit_status run_trial(const struct digit_model *model, const struct trial *trial,
                                   struct digit_error *error)
{
    struct digit_context *context;
    enum digit_status status = digit_context_create(&context, model, error);
    for (size_t i = 0; i < trial->count && status == DIGIT_OK; i++)
        status = run_together(context, trial, i, i + 1, error);
    if (status == DIGIT_OK)
        status = run_together(context, trial, 0, trial->count, error);
    digit_context_destroy(context);
    return status;
}

enum digit_status digit_model_self_test(const struct digit_model *model, struct digit_error *error)
{
    const struct golden *golden = &model->golden;
    bool int8 = model->plan.int8;
    uint8_t patterns[PATTERNS * DIGIT_PIXELS];
    if (golden->count == 0) {
        draw_patterns(patterns);
        const struct trial finite = {.octets = patterns, .count = PATTERNS, .name = "pattern"};
        return run_trial(model, &finite, error);
    }
    const struct trial trial = {
        .octets = golden->octets[0],
        .count = golden->count,
        .name = "golden digit",
        .answers = int8 ? &golden->int8 : &golden->f32,
        .tolerance = int8 ? DIGIT_SELF_TEST_TOLERANCE_INT8 : DIGIT_SELF_TEST_TOLERANCE_F32,
    };
    if (!trial.answers->recorded)
        return digit_fail(error, DIGIT_INVALID,
                          "the golden digits have no answers in %s; record them with digitd-train "
                          "--record-golden",
                          model->info.precision);
    return run_trial(model, &trial, error);
}
