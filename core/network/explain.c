#include <digit/explain.h>

#include <float.h>
#include <math.h>
#include <string.h>

#define SQUARE_PX 4
#define STEP_PX   2
#define ALONG     ((DIGIT_SIDE_PX - SQUARE_PX) / STEP_PX + 1)

_Static_assert((ALONG - 1) * STEP_PX + SQUARE_PX == DIGIT_SIDE_PX, "every pixel is covered");

/* log(p / (1 - p)). 1 - p is summed from the other probabilities: the difference would be rounded to 0. */
static float log_odds(const struct digit_prediction *prediction, size_t digit)
{
    float others = 0.0f;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        others += i != digit ? prediction->probabilities[i] : 0.0f;
    return logf(fmaxf(prediction->probabilities[digit], FLT_MIN)) - logf(fmaxf(others, FLT_MIN));
}

static void cover_square(float out[DIGIT_PIXELS], const float pixels[DIGIT_PIXELS], size_t left,
                         size_t top)
{
    memcpy(out, pixels, DIGIT_PIXELS * sizeof *out);
    for (size_t y = top; y < top + SQUARE_PX; y++)
        memset(out + y * DIGIT_SIDE_PX + left, 0, SQUARE_PX * sizeof *out);
}

/* Adds `drop` to the pixels under a square, and 1 to their number of squares. */
static void spread_drop(float map[DIGIT_PIXELS], float squares[DIGIT_PIXELS], float drop,
                        size_t left, size_t top)
{
    for (size_t y = top; y < top + SQUARE_PX; y++)
        for (size_t x = left; x < left + SQUARE_PX; x++) {
            map[y * DIGIT_SIDE_PX + x] += drop;
            squares[y * DIGIT_SIDE_PX + x] += 1.0f;
        }
}

enum digit_status digit_explain(struct digit_context *context, float map[DIGIT_PIXELS],
                                const float pixels[DIGIT_PIXELS], size_t digit,
                                struct digit_error *error)
{
    float covered[ALONG][DIGIT_PIXELS];
    float squares[DIGIT_PIXELS] = {0.0f};
    struct digit_prediction whole, answers[ALONG];
    enum digit_status status = digit_context_predict(context, &whole, pixels, 1, error);
    memset(map, 0, DIGIT_PIXELS * sizeof *map);
    for (size_t row = 0; status == DIGIT_OK && row < ALONG; row++) {
        for (size_t i = 0; i < ALONG; i++)
            cover_square(covered[i], pixels, i * STEP_PX, row * STEP_PX);
        status = digit_context_predict(context, answers, covered[0], ALONG, error);
        for (size_t i = 0; status == DIGIT_OK && i < ALONG; i++)
            spread_drop(map, squares, log_odds(&whole, digit) - log_odds(&answers[i], digit),
                        i * STEP_PX, row * STEP_PX);
    }
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        map[i] /= squares[i] > 0.0f ? squares[i] : 1.0f;
    return status;
}
