#include "trainer/augment/warp.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "tests/test.h"
#include "tests/trainer/fixtures.h"

#define SEED 11

/* A filled disc of radius 6 around the centre, with a soft edge. */
static void draw_disc(uint8_t out[DIGIT_PIXELS])
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t column = i % DIGIT_SIDE_PX, row = i / DIGIT_SIDE_PX;
        float x = (float)column - 13.5f, y = (float)row - 13.5f;
        float inside = 6.5f - sqrtf(x * x + y * y);
        out[i] = (uint8_t)(255.0f * fminf(fmaxf(inside, 0.0f), 1.0f));
    }
}

/* A single bright pixel at (x, y). */
static void draw_dot(uint8_t out[DIGIT_PIXELS], size_t x, size_t y)
{
    memset(out, 0, DIGIT_PIXELS);
    out[y * DIGIT_SIDE_PX + x] = 255;
}

static bool is_same(const float a[DIGIT_PIXELS], const float b[DIGIT_PIXELS])
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

/* Sum of the pixels and their centre of mass, relative to the centre of the image. */
static void measure(const float image[DIGIT_PIXELS], float *mass, float *x, float *y)
{
    *mass = *x = *y = 0.0f;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t column = i % DIGIT_SIDE_PX, row = i / DIGIT_SIDE_PX;
        *mass += image[i];
        *x += image[i] * ((float)column - 13.5f);
        *y += image[i] * ((float)row - 13.5f);
    }
    *x /= *mass;
    *y /= *mass;
}

static void augment(float out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS],
                    const struct warp_ranges *ranges, float strength, uint64_t index)
{
    struct rng rng = rng_make(SEED, RNG_WARP, index);
    warp_image(out, image, ranges, strength, &rng);
}

TEST(strength_zero_is_the_identity)
{
    const struct warp_ranges ranges = all_warps;
    uint8_t image[DIGIT_PIXELS];
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        image[i] = (uint8_t)(i * 97);
    for (uint64_t index = 0; index < 100; index++) {
        float out[DIGIT_PIXELS];
        augment(out, image, &ranges, 0.0f, index);
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            assert_true(out[i] == (float)image[i] / 255.0f);
    }
}

TEST(ranges_of_zero_are_the_identity)
{
    const struct warp_ranges ranges = {0};
    uint8_t image[DIGIT_PIXELS];
    draw_disc(image);
    float out[DIGIT_PIXELS];
    augment(out, image, &ranges, 1.0f, 1);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        assert_true(out[i] == (float)image[i] / 255.0f);
}

TEST(the_same_random_numbers_give_the_same_image)
{
    const struct warp_ranges ranges = all_warps;
    uint8_t image[DIGIT_PIXELS];
    draw_disc(image);
    float first[DIGIT_PIXELS], again[DIGIT_PIXELS], other[DIGIT_PIXELS];
    augment(first, image, &ranges, 1.0f, 5);
    augment(other, image, &ranges, 1.0f, 6);
    augment(again, image, &ranges, 1.0f, 5);
    assert_true(is_same(first, again));
    assert_false(is_same(first, other));
}

TEST(values_stay_from_zero_to_one)
{
    struct warp_ranges ranges = all_warps;
    ranges.shift_px = 40.0f; /* far beyond the edges */
    ranges.elastic_px = 10.0f;
    uint8_t image[DIGIT_PIXELS];
    memset(image, 255, sizeof image);
    for (uint64_t index = 0; index < 2000; index++) {
        float out[DIGIT_PIXELS];
        augment(out, image, &ranges, 1.0f, index);
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            assert_true(out[i] >= 0.0f && out[i] <= 1.0f);
    }
}

/* A disc is scaled by at most 15 % along each axis and shifted by at most 2 px. */
TEST(mass_and_centre_move_within_the_ranges)
{
    struct warp_ranges ranges = all_warps;
    ranges.elastic_probability = 0.0f;
    uint8_t image[DIGIT_PIXELS];
    draw_disc(image);
    float plain[DIGIT_PIXELS], original, mass, x, y;
    augment(plain, image, &ranges, 0.0f, 0);
    measure(plain, &original, &x, &y);
    float low = 1.0f, high = 1.0f, furthest = 0.0f;
    for (uint64_t index = 0; index < 2000; index++) {
        float out[DIGIT_PIXELS];
        augment(out, image, &ranges, 1.0f, index);
        measure(out, &mass, &x, &y);
        low = fminf(low, mass / original);
        high = fmaxf(high, mass / original);
        furthest = fmaxf(furthest, fmaxf(fabsf(x), fabsf(y)));
    }
    /* Two per cent for resampling; the inner bounds check that the whole ranges are used. */
    assert_true(low > 0.85f * 0.85f - 0.02f && low < 0.80f);
    assert_true(high < 1.15f * 1.15f + 0.02f && high > 1.25f);
    assert_true(furthest < 2.02f && furthest > 1.9f);
}

TEST(half_strength_moves_half_as_far)
{
    struct warp_ranges ranges = {.shift_px = 4.0f};
    uint8_t image[DIGIT_PIXELS];
    draw_disc(image);
    float full[DIGIT_PIXELS], half[DIGIT_PIXELS], mass, x, y, half_x, half_y;
    augment(full, image, &ranges, 1.0f, 3);
    augment(half, image, &ranges, 0.5f, 3);
    measure(full, &mass, &x, &y);
    measure(half, &mass, &half_x, &half_y);
    assert_true(fabsf(x) > 0.5f);
    assert_float_equal(half_x, x / 2.0f, 1e-3f);
    assert_float_equal(half_y, y / 2.0f, 1e-3f);
}

/* A dot to the right of the centre, rotated by the limit. */
TEST(rotation_stops_at_its_limit)
{
    struct warp_ranges ranges = {.rotation_deviation_deg = 1e6f, .rotation_limit_deg = 15.0f};
    uint8_t image[DIGIT_PIXELS];
    draw_dot(image, 23, 13);
    float out[DIGIT_PIXELS], mass, x, y;
    augment(out, image, &ranges, 1.0f, 2);
    measure(out, &mass, &x, &y);
    float angle = (atan2f(y, x) - atan2f(-0.5f, 9.5f)) * 57.29578f;
    /* Bilinear weights of a single dot on a rotated grid are good to 0.1 px of 9.5. */
    assert_float_equal(fabsf(angle), 15.0f, 0.6f);
    assert_float_equal(sqrtf(x * x + y * y), sqrtf(9.5f * 9.5f + 0.25f), 0.1f);
}

TEST(elastic_displacement_moves_pixels_by_about_its_deviation)
{
    const struct warp_ranges ranges = {.elastic_probability = 1.0f, .elastic_px = 1.0f};
    uint8_t image[DIGIT_PIXELS];
    draw_disc(image);
    double sum = 0.0;
    size_t count = 500;
    for (uint64_t index = 0; index < count; index++) {
        float out[DIGIT_PIXELS], mass, x, y;
        augment(out, image, &ranges, 1.0f, index);
        measure(out, &mass, &x, &y);
        sum += (double)(x * x + y * y);
    }
    /* The centre of a 12 px disc averages a field of deviation 0.48 over about two intervals. */
    double deviation = sqrt(sum / (2.0 * (double)count));
    assert_true(deviation > 0.2 && deviation < 0.48);
}

TEST(about_half_of_the_images_are_displaced_elastically)
{
    struct warp_ranges ranges = {.elastic_probability = 0.5f, .elastic_px = 1.0f};
    uint8_t image[DIGIT_PIXELS];
    draw_disc(image);
    float plain[DIGIT_PIXELS], out[DIGIT_PIXELS];
    augment(plain, image, &ranges, 0.0f, 0);
    size_t displaced = 0;
    for (uint64_t index = 0; index < 1000; index++) {
        augment(out, image, &ranges, 1.0f, index);
        displaced += !is_same(out, plain);
    }
    assert_in_range(displaced, 437, 563); /* four standard deviations of 15.8 */
}

TEST_MAIN(cmocka_unit_test(strength_zero_is_the_identity),
          cmocka_unit_test(ranges_of_zero_are_the_identity),
          cmocka_unit_test(the_same_random_numbers_give_the_same_image),
          cmocka_unit_test(values_stay_from_zero_to_one),
          cmocka_unit_test(mass_and_centre_move_within_the_ranges),
          cmocka_unit_test(half_strength_moves_half_as_far),
          cmocka_unit_test(rotation_stops_at_its_limit),
          cmocka_unit_test(elastic_displacement_moves_pixels_by_about_its_deviation),
          cmocka_unit_test(about_half_of_the_images_are_displaced_elastically))
