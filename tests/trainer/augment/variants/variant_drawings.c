#include "tests/trainer/augment/variants/variant_drawings.h"

#include <math.h>

#include "trainer/augment/mnist_normalisation.h"
#include "trainer/augment/pen.h"
#include "trainer/augment/variants/variants.h"

#define SIDE DIGIT_SIDE_PX

const struct variant_settings all_variants = {.flag_probability = 1.0f,
                                              .flag_length = 0.8f,
                                              .bar_probability = 1.0f,
                                              .slash_probability = 1.0f,
                                              .four_probability = 1.0f};

void draw_polyline(float image[DIGIT_PIXELS], const struct pen_point *points, size_t count,
                   float half_width_px)
{
    for (size_t i = 0; i + 1 < count; i++)
        pen_line(image, points[i], points[i + 1], &(struct pen){half_width_px, 1.0f});
}

void draw_ellipse(float image[DIGIT_PIXELS], float half_wide_px, float half_high_px,
                  float half_width_px)
{
    struct pen_point points[33];
    for (size_t k = 0; k < 33; k++) {
        float angle = 0.19634954f * (float)k;
        points[k].x = 14.0f + half_wide_px * cosf(angle);
        points[k].y = 14.0f + half_high_px * sinf(angle);
    }
    draw_polyline(image, points, 33, half_width_px);
}

void draw_one(uint8_t out[DIGIT_PIXELS], float lean_px)
{
    float image[DIGIT_PIXELS] = {0};
    pen_line(image, (struct pen_point){13.5f + 0.5f * lean_px, 5.5f},
             (struct pen_point){13.5f - 0.5f * lean_px, 21.5f}, &(struct pen){1.25f, 1.0f});
    mnist_normalise_bytes(out, image);
}

bool draw_variant(uint8_t out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS], uint8_t label,
                  uint64_t index)
{
    struct rng rng = rng_make(5, RNG_VARIANT, index);
    return variant_image(out, image, label, &all_variants, 1.0f, &rng);
}

size_t row_width(const uint8_t *row)
{
    size_t first = SIDE, end = 0;
    for (size_t x = 0; x < SIDE; x++)
        if (row[x] >= 128) {
            first = x < first ? x : first;
            end = x + 1;
        }
    return end > first ? end - first : 0;
}

long sum_of(const uint8_t image[DIGIT_PIXELS])
{
    long sum = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        sum += image[i];
    return sum;
}
