#include <string.h>

#include "trainer/augment/mnist_normalisation.h"
#include "trainer/augment/outliers/kinds.h"

#define SIDE     DIGIT_SIDE_PX
#define HALF     (SIDE / 2)
#define QUARTERS 4

/* In a pair, the second digit overlaps the first by up to OVERLAP_PX or is up to APART_PX away. */
#define OVERLAP_PX 3
#define APART_PX   3
#define PAIR_PX    (2 * SIDE + APART_PX) /* width of the picture of both */

static const uint32_t TRIES = 100; /* to find a digit with the label that is wanted */

enum half { HALF_TOP, HALF_BOTTOM, HALF_LEFT };

/* Halves that do not look like digits. Others often do: the upper half of a 3 is a 2, the lower
 * half of a 5 a 0. */
static const struct {
    uint8_t label;
    enum half half;
} HALVES[] = {
    {0, HALF_TOP},  {0, HALF_BOTTOM}, {2, HALF_BOTTOM},
    {2, HALF_LEFT}, {3, HALF_BOTTOM}, {3, HALF_LEFT},
};

#define HALF_COUNT (sizeof HALVES / sizeof HALVES[0])

static bool is_in_half(enum half half, size_t x, size_t y)
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

/* Draws a pair of digits instead if no digit with a label of HALVES is found. */
void outlier_half(float out[DIGIT_PIXELS], const struct outlier_digits *digits, struct rng *rng)
{
    size_t drawn = rng_below(rng, HALF_COUNT);
    uint32_t tries = TRIES, index;
    do
        index = draw_index(digits, rng);
    while (digits->labels[index] != HALVES[drawn].label && --tries > 0);
    if (tries == 0) {
        outlier_pair(out, digits, rng);
        return;
    }
    float picture[DIGIT_PIXELS];
    const uint8_t *image = digits->images + (size_t)index * DIGIT_PIXELS;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        picture[i] =
            is_in_half(HALVES[drawn].half, i % SIDE, i / SIDE) ? (float)image[i] / 255.0f : 0.0f;
    mnist_normalise(out, picture, SIDE, SIDE);
}

/* Columns that are not blank, `end` excluded. */
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

/* Draws the digit, without blank columns beside it, into picture [28][PAIR_PX] from column `at` on;
 * returns the column after it. */
static size_t put_digit(float *picture, size_t at, const uint8_t image[DIGIT_PIXELS])
{
    size_t first, end;
    find_columns(&first, &end, image);
    for (size_t x = first; x < end; x++, at++)
        for (size_t y = 0; y < SIDE; y++)
            picture[y * PAIR_PX + at] += (float)image[y * SIDE + x] / 255.0f;
    return at;
}

/* Two digits side by side, slightly overlapping to slightly apart. */
void outlier_pair(float out[DIGIT_PIXELS], const struct outlier_digits *digits, struct rng *rng)
{
    float picture[SIDE * PAIR_PX] = {0};
    size_t gap = rng_below(rng, OVERLAP_PX + APART_PX + 1);
    size_t at = put_digit(picture, 0, draw_digit(digits, rng)) + gap;
    put_digit(picture, at > OVERLAP_PX ? at - OVERLAP_PX : 0, draw_digit(digits, rng));
    mnist_normalise(out, picture, PAIR_PX, SIDE);
}

/* Quarters of four digits, all moved to another corner. */
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
