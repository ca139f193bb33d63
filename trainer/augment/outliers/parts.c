#include <string.h>

#include "trainer/augment/mnist_normalisation.h"
#include "trainer/augment/outliers/kinds.h"

#define SIDE     DIGIT_SIDE_PX
#define HALF     (SIDE / 2)
#define QUARTERS 4

/* Of a pair: how far the second overlaps the first at most, how far it is apart, and room for both. */
#define OVERLAP_PX 3
#define APART_PX   3
#define PAIR_PX    (2 * SIDE + APART_PX)

static const uint32_t TRIES = 100; /* to find a digit that has a half to take */

enum half { HALF_TOP, HALF_BOTTOM, HALF_LEFT };

/* The halves that are not digits themselves: that of a 3 above is often a 2, that of a
 * 5 below a 0. */
static const struct {
    uint8_t label;
    enum half half;
} TAKEN[] = {
    {0, HALF_TOP},  {0, HALF_BOTTOM}, {2, HALF_BOTTOM},
    {2, HALF_LEFT}, {3, HALF_BOTTOM}, {3, HALF_LEFT},
};

#define TAKEN_COUNT (sizeof TAKEN / sizeof TAKEN[0])

/* Whether a pixel is in that half. */
static bool is_kept(enum half half, size_t x, size_t y)
{
    return half == HALF_TOP ? y < HALF : half == HALF_BOTTOM ? y >= HALF : x < HALF;
}

static uint32_t draw_index(const struct outlier_digits *digits, struct rng *rng)
{
    return digits->indices[rng_below(rng, (uint32_t)digits->count)];
}

static const uint8_t *draw_digit(const struct outlier_digits *digits, struct rng *rng)
{
    return digits->images + (size_t)draw_index(digits, rng) * DIGIT_PIXELS;
}

/* A pair of digits where the data has none with such a half. */
void outlier_half(float out[DIGIT_PIXELS], const struct outlier_digits *digits, struct rng *rng)
{
    size_t taken = rng_below(rng, TAKEN_COUNT);
    uint32_t tries = TRIES, index;
    do
        index = draw_index(digits, rng);
    while (digits->labels[index] != TAKEN[taken].label && --tries > 0);
    if (tries == 0) {
        outlier_pair(out, digits, rng);
        return;
    }
    float picture[DIGIT_PIXELS];
    const uint8_t *image = digits->images + (size_t)index * DIGIT_PIXELS;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        picture[i] =
            is_kept(TAKEN[taken].half, i % SIDE, i / SIDE) ? (float)image[i] / 255.0f : 0.0f;
    mnist_normalise(out, picture, SIDE, SIDE);
}

/* Columns that have ink, the end not counted. */
static void find_columns(size_t *first, size_t *end, const uint8_t image[DIGIT_PIXELS])
{
    *first = SIDE;
    *end = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        if (image[i] == 0)
            continue;
        *first = i % SIDE < *first ? i % SIDE : *first;
        *end = i % SIDE + 1 > *end ? i % SIDE + 1 : *end;
    }
}

/* Draws the digit's columns with ink into picture [28][PAIR_PX] from column `at` on; returns the one
 * behind them. */
static size_t put_digit(float *picture, size_t at, const uint8_t image[DIGIT_PIXELS])
{
    size_t first, end;
    find_columns(&first, &end, image);
    for (size_t x = first; x < end; x++, at++)
        for (size_t y = 0; y < SIDE; y++)
            picture[y * PAIR_PX + at] += (float)image[y * SIDE + x] / 255.0f;
    return at;
}

/* Side by side, from a little overlap to a little apart. */
void outlier_pair(float out[DIGIT_PIXELS], const struct outlier_digits *digits, struct rng *rng)
{
    float picture[SIDE * PAIR_PX] = {0};
    size_t gap = rng_below(rng, OVERLAP_PX + APART_PX + 1);
    size_t at = put_digit(picture, 0, draw_digit(digits, rng)) + gap;
    put_digit(picture, at > OVERLAP_PX ? at - OVERLAP_PX : 0, draw_digit(digits, rng));
    mnist_normalise(out, picture, PAIR_PX, SIDE);
}

/* Four quarters of four digits, none where it was. */
void outlier_jigsaw(float out[DIGIT_PIXELS], const struct outlier_digits *digits, struct rng *rng)
{
    float picture[DIGIT_PIXELS];
    size_t moved = 1 + rng_below(rng, QUARTERS - 1);
    for (size_t quarter = 0; quarter < QUARTERS; quarter++) {
        const uint8_t *image = draw_digit(digits, rng);
        size_t from = (quarter + moved) % QUARTERS;
        for (size_t y = 0; y < HALF; y++)
            for (size_t x = 0; x < HALF; x++)
                picture[(quarter / 2 * HALF + y) * SIDE + quarter % 2 * HALF + x] =
                    (float)image[(from / 2 * HALF + y) * SIDE + from % 2 * HALF + x] / 255.0f;
    }
    mnist_normalise(out, picture, SIDE, SIDE);
}
