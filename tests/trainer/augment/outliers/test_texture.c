#include "trainer/augment/outliers/texture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/trainer/augment/outliers/measures.h"
#include "tests/trainer/drawings.h"

#define SIDE DIGIT_SIDE_PX

/* The greatest step from a pixel to the one right of it, and the greatest size of a pixel. */
struct change {
    float step, size;
};

static struct change change_of(const float image[DIGIT_PIXELS])
{
    struct change change = {0.0f, 0.0f};
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        if (i % SIDE > 0)
            change.step = fmaxf(change.step, fabsf(image[i] - image[i - 1]));
        change.size = fmaxf(change.size, fabsf(image[i]));
    }
    return change;
}

static void clouds_are_within_the_amplitude_and_as_smooth_as_their_cells(void **state)
{
    (void)state;
    const float cells_px[] = {2.0f, 3.5f, 14.0f, 40.0f};
    for (uint64_t index = 0; index < 200; index++) {
        float image[DIGIT_PIXELS] = {0}, cell_px = cells_px[index % 4];
        struct rng rng = generator(index);
        texture_add_clouds(image, cell_px, 0.5f, &rng);
        struct change change = change_of(image);
        assert_true(change.size > 0.0f && change.size <= 0.5f);
        assert_true(change.step <= 1.0f / cell_px + 1e-5f);
    }
}

static void a_slope_is_a_plane_around_nothing(void **state)
{
    (void)state;
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

/* Of the area as much is lit as of a period, give or take what is cut off at the edges. */
static void stripes_have_their_share(void **state)
{
    (void)state;
    for (uint64_t index = 0; index < 100; index++) {
        float image[DIGIT_PIXELS] = {0};
        struct rng rng = generator(index);
        texture_add_stripes(image, 4.0f, 0.25f, 0.8f, &rng);
        assert_float_equal(drawing_sum(image) / (0.8 * DIGIT_PIXELS), 0.25, 0.06);
        assert_true(change_of(image).size <= 0.8f + 1e-5f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clouds_are_within_the_amplitude_and_as_smooth_as_their_cells),
        cmocka_unit_test(a_slope_is_a_plane_around_nothing),
        cmocka_unit_test(stripes_have_their_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
