#include "tests/trainer/augment/outliers/measures.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/trainer/drawings.h"

#define SIDE   DIGIT_SIDE_PX
#define IMAGES 500

struct rng generator(uint64_t index)
{
    return rng_make(5, RNG_OUTLIER, index);
}

void draw(float out[DIGIT_PIXELS], outlier_function *kind, const struct outlier_digits *digits,
          uint64_t index)
{
    struct rng rng = generator(index);
    drawing_fill(out, 0.0f);
    kind(out, digits, &rng);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        assert_true(isfinite(out[i]));
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = fminf(fmaxf(out[i], 0.0f), 1.0f);
}

/* Number of rows or columns from the first to the last one that is not blank, and the first of
 * them. In memory, the pixels of a line are `along` apart, and lines are `across` apart. */
static size_t lit_lines(size_t *first, const float image[DIGIT_PIXELS], size_t along, size_t across)
{
    size_t end = 0;
    *first = SIDE;
    for (size_t line = 0; line < SIDE; line++)
        for (size_t i = 0; i < SIDE; i++)
            if (image[line * across + i * along] >= 1.0f / 255.0f) {
                *first = line < *first ? line : *first;
                end = line + 1;
            }
    return end > *first ? end - *first : 0;
}

size_t height_of(const float image[DIGIT_PIXELS])
{
    size_t first;
    return lit_lines(&first, image, 1, SIDE);
}

size_t width_of(const float image[DIGIT_PIXELS])
{
    size_t first;
    return lit_lines(&first, image, SIDE, 1);
}

size_t area_of(const float image[DIGIT_PIXELS])
{
    size_t area = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        area += image[i] >= 0.5f;
    return area;
}

/* MNIST's centres of mass are from 14 to 15, pixel centres at one half: 0 to 1 from the image's
 * centre. */
static void assert_centred(double centre, size_t first, size_t size)
{
    bool is_held_back = first == 0 || first + size == SIDE;
    if (!is_held_back)
        assert_true(centre >= -0.01 && centre <= 1.01);
}

void assert_normalised(const float image[DIGIT_PIXELS])
{
    double x, y;
    size_t left, top;
    size_t width = lit_lines(&left, image, SIDE, 1), height = lit_lines(&top, image, 1, SIDE);
    assert_in_range(width > height ? width : height, 18, 20);
    drawing_centre(&x, &y, image);
    assert_centred(x, left, width);
    assert_centred(y, top, height);
}

void assert_strokes(outlier_function *kind, const struct outlier_digits *digits, size_t least_area)
{
    float last[DIGIT_PIXELS] = {0};
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        draw(image, kind, digits, index);
        assert_normalised(image);
        assert_in_range(area_of(image), least_area, 400);
        assert_false(drawing_is_same(image, last));
        memcpy(last, image, sizeof last);
    }
}
