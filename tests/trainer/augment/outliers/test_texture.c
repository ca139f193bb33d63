#include "trainer/augment/outliers/texture.h"

#include <math.h>

#include "tests/test.h"
#include "tests/trainer/augment/outliers/measures.h"
#include "tests/trainer/drawings.h"

#define SIDE DIGIT_SIDE_PX

/* Largest difference between neighbours in a row, and largest magnitude of a pixel. */
struct range {
    float step, size;
};

static struct range range_of(const float image[DIGIT_PIXELS])
{
    struct range range = {0.0f, 0.0f};
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        if (i % SIDE > 0)
            range.step = fmaxf(range.step, fabsf(image[i] - image[i - 1]));
        range.size = fmaxf(range.size, fabsf(image[i]));
    }
    return range;
}

TEST(clouds_stay_within_their_amplitude_and_slope)
{
    const float cells_px[] = {2.0f, 3.5f, 14.0f, 40.0f};
    for (uint64_t index = 0; index < 200; index++) {
        float image[DIGIT_PIXELS] = {0}, cell_px = cells_px[index % 4];
        struct rng rng = generator(index);
        texture_add_clouds(image, cell_px, 0.5f, &rng);
        struct range range = range_of(image);
        assert_true(range.size > 0.0f && range.size <= 0.5f);
        assert_true(range.step <= 1.0f / cell_px + 1e-5f);
    }
}

TEST(a_slope_is_a_plane_through_zero)
{
    for (uint64_t index = 0; index < 50; index++) {
        float image[DIGIT_PIXELS] = {0};
        struct rng rng = generator(index);
        texture_add_slope(image, 2.0f, &rng);
        float dx = image[1] - image[0], dy = image[SIDE] - image[0];
        assert_float_equal(hypotf(dx, dy), 2.0f / SIDE, 1e-4);
        assert_float_equal(drawing_sum(image), 0.0, 1e-3);
        assert_float_equal(image[DIGIT_PIXELS - 1] - image[0], 27.0f * (dx + dy), 1e-3);
    }
}

/* The share of the area that is bright is that of a period, except for what the edges cut off. */
TEST(stripes_cover_their_share)
{
    for (uint64_t index = 0; index < 100; index++) {
        float image[DIGIT_PIXELS] = {0};
        struct rng rng = generator(index);
        texture_add_stripes(image, 4.0f, 0.25f, 0.8f, &rng);
        assert_float_equal(drawing_sum(image) / (0.8 * DIGIT_PIXELS), 0.25, 0.06);
        assert_true(range_of(image).size <= 0.8f + 1e-5f);
    }
}

TEST_MAIN(cmocka_unit_test(clouds_stay_within_their_amplitude_and_slope),
          cmocka_unit_test(a_slope_is_a_plane_through_zero),
          cmocka_unit_test(stripes_cover_their_share))
