#include <math.h>

#include "tests/trainer/drawings.h"
#include "trainer/eval/mnist_c/kinds.h"

#include "tests/test.h"

static void find_edges(float image[DIGIT_PIXELS])
{
    struct rng rng = rng_make(1, RNG_CORRUPT, 0);
    corrupt_canny_edges(image, &rng);
}

static float at(const float image[DIGIT_PIXELS], size_t x, size_t y)
{
    return image[y * DIGIT_SIDE_PX + x];
}

/* 0 outside, 1 inside, 0.5 on the first and the last place, where the gradient is steepest. */
static float coverage(size_t place, size_t first, size_t last)
{
    if (place < first || place > last)
        return 0.0f;
    return place == first || place == last ? 0.5f : 1.0f;
}

/* A box of brightness `height` whose outermost pixels are half as bright. */
static void draw_soft_box(float out[DIGIT_PIXELS], size_t left, size_t top, size_t right,
                          size_t bottom, float height)
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = height * coverage(i % DIGIT_SIDE_PX, left, right) *
                 coverage(i / DIGIT_SIDE_PX, top, bottom);
}

TEST(a_box_becomes_its_outline)
{
    float image[DIGIT_PIXELS];
    draw_soft_box(image, 8, 6, 19, 21, 1.0f);
    find_edges(image);
    for (size_t y = 10; y < 18; y++)
        for (size_t x = 0; x < DIGIT_SIDE_PX; x++)
            assert_true(at(image, x, y) == (x == 8 || x == 19 ? 1.0f : 0.0f));
    for (size_t x = 12; x < 16; x++)
        for (size_t y = 0; y < DIGIT_SIDE_PX; y++)
            assert_true(at(image, x, y) == (y == 6 || y == 21 ? 1.0f : 0.0f));
}

/* With a deviation of 1, Sobel's gradient of a soft step of height h is 4 h (0.3989 + 0.2420) =
 * 2.56 h, which reaches the upper threshold of 0.2 at h = 0.078. */
TEST(faint_steps_are_not_edges)
{
    float image[DIGIT_PIXELS];
    draw_soft_box(image, 8, 6, 19, 21, 0.074f);
    find_edges(image);
    assert_true(drawing_sum(image) == 0.0);
    draw_soft_box(image, 8, 6, 19, 21, 0.082f);
    find_edges(image);
    assert_true(drawing_sum(image) > 0.0);
}

/* The height of a soft step falls from 0.12 to 0.045. 2.56 times that stays above the lower
 * threshold of 0.1, so the whole step is an edge. */
TEST(weak_edges_continue_strong_ones)
{
    float image[DIGIT_PIXELS];
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t x = i % DIGIT_SIDE_PX, y = i / DIGIT_SIDE_PX;
        image[i] = coverage(x, 14, 40) * (0.12f - 0.075f * (float)y / 27.0f);
    }
    find_edges(image);
    for (size_t y = 1; y < DIGIT_SIDE_PX - 1; y++)
        assert_true(at(image, 14, y) == 1.0f);
    assert_true(drawing_sum(image) == 26.0);
}

TEST(there_is_no_edge_at_the_border_or_in_a_uniform_image)
{
    float image[DIGIT_PIXELS];
    draw_soft_box(image, 0, 0, 27, 27, 1.0f);
    find_edges(image);
    for (size_t i = 0; i < DIGIT_SIDE_PX; i++)
        assert_true(at(image, i, 0) + at(image, i, 27) + at(image, 0, i) + at(image, 27, i) ==
                    0.0f);
    drawing_fill(image, 1.0f);
    find_edges(image);
    assert_true(drawing_sum(image) == 0.0);
}

TEST_MAIN(cmocka_unit_test(a_box_becomes_its_outline), cmocka_unit_test(faint_steps_are_not_edges),
          cmocka_unit_test(weak_edges_continue_strong_ones),
          cmocka_unit_test(there_is_no_edge_at_the_border_or_in_a_uniform_image))
