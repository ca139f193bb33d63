#include <string.h>

#include "core/preprocess/histogram.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

static uint32_t total_of(const struct histogram *histogram)
{
    uint32_t total = 0;
    for (size_t i = 0; i < HISTOGRAM_LEVELS; i++)
        total += histogram->counts[i];
    return total;
}

TEST(a_plane_of_any_size_is_counted_whole)
{
    for (size_t width = 1; width <= 9; width++)
        for (size_t height = 1; height <= 3; height++) {
            struct canvas canvas = canvas_make(width, height, 7);
            struct plane plane = canvas_plane(&canvas);
            struct histogram histogram;
            canvas_set(&canvas, width - 1, height - 1, 255);
            histogram_of_plane(&histogram, &plane);
            assert_int_equal(histogram.counts[7], width * height - 1);
            assert_int_equal(histogram.counts[255], 1);
            assert_int_equal(total_of(&histogram), width * height);
            canvas_free(&canvas);
        }
}

TEST(steps_are_differences_along_rows_without_signs)
{
    uint8_t pixels[] = {10, 15, 5, 200, 200, 0};
    struct plane plane = {pixels, 3, 2};
    struct histogram steps;
    histogram_of_steps(&steps, &plane);
    assert_int_equal(steps.counts[5], 1);
    assert_int_equal(steps.counts[10], 1);
    assert_int_equal(steps.counts[0], 1);
    assert_int_equal(steps.counts[200], 1);
    assert_int_equal(total_of(&steps), 4);
}

TEST(a_plane_of_one_column_has_no_steps)
{
    uint8_t pixels[] = {10, 15, 5};
    struct plane plane = {pixels, 1, 3};
    struct histogram steps;
    histogram_of_steps(&steps, &plane);
    assert_int_equal(total_of(&steps), 0);
}

TEST(a_ring_has_the_pixels_at_its_depth)
{
    struct canvas canvas = canvas_make(7, 6, 1);
    struct plane plane = canvas_plane(&canvas);
    struct histogram ring;
    canvas_box(&canvas, 1, 1, 5, 4, 2);
    canvas_box(&canvas, 2, 2, 3, 2, 3);
    for (size_t depth = 0; depth < 3; depth++) {
        histogram_of_ring(&ring, &plane, depth);
        assert_int_equal(ring.counts[depth + 1], 2 * (7 - 2 * depth) + 2 * (6 - 2 * depth));
        assert_int_equal(total_of(&ring), ring.counts[depth + 1]);
    }
    canvas_free(&canvas);
}

TEST(quantiles_are_the_lowest_levels_that_reach_the_share)
{
    struct histogram histogram = {{0}};
    histogram.counts[10] = 2;
    histogram.counts[20] = 1;
    histogram.counts[255] = 1;
    assert_int_equal(histogram_quantile(&histogram, 0, 0), 10);
    assert_int_equal(histogram_quantile(&histogram, 0, 128), 10);
    assert_int_equal(histogram_quantile(&histogram, 0, 129), 20);
    assert_int_equal(histogram_quantile(&histogram, 0, 193), 255);
    assert_int_equal(histogram_quantile(&histogram, 11, 128), 20);
    assert_int_equal(histogram_median(&histogram, 0), 10);
    assert_int_equal(histogram_lowest(&histogram), 10);
    assert_int_equal(histogram_highest(&histogram), 255);
}

TEST(without_pixels_quantiles_are_0)
{
    struct histogram histogram = {{0}};
    histogram.counts[3] = 5;
    assert_int_equal(histogram_median(&histogram, 4), 0);
    histogram.counts[3] = 0;
    assert_int_equal(histogram_lowest(&histogram), 0);
    assert_int_equal(histogram_highest(&histogram), 0);
}

/* Variance between the classes up to level and above it, times the square of the count. */
static double variance_at(const struct histogram *histogram, int level)
{
    double count[2] = {0, 0}, sum[2] = {0, 0};
    for (int i = 0; i < HISTOGRAM_LEVELS; i++) {
        count[i > level] += histogram->counts[i];
        sum[i > level] += (double)histogram->counts[i] * i;
    }
    if (count[0] == 0 || count[1] == 0)
        return 0;
    double apart = sum[0] / count[0] - sum[1] / count[1];
    return count[0] * count[1] * apart * apart;
}

TEST(otsu_parts_where_the_means_are_furthest_apart)
{
    uint64_t seed = 1;
    for (int round = 0; round < 50; round++) {
        struct histogram histogram = {{0}};
        double best = 0;
        for (int i = 0; i < 20 + 5 * round; i++)
            histogram.counts[drawing_random(&seed) % HISTOGRAM_LEVELS] +=
                drawing_random(&seed) % 90;
        for (int i = 0; i < HISTOGRAM_LEVELS; i++)
            best = variance_at(&histogram, i) > best ? variance_at(&histogram, i) : best;
        assert_true(best > 0);
        /* Rounding of sums in another order. */
        assert_true(variance_at(&histogram, histogram_otsu(&histogram)) >= best * (1 - 1e-12));
    }
}

TEST(otsu_of_two_levels_is_between_them)
{
    struct histogram histogram = {{0}};
    histogram.counts[40] = 1000;
    histogram.counts[60] = 3;
    assert_int_equal(histogram_otsu(&histogram), 49); /* of 40 to 59 */
}

TEST(otsu_of_equally_good_levels_is_in_their_middle)
{
    struct histogram histogram = {{0}};
    histogram.counts[20] = 1000;
    histogram.counts[100] = 10;
    histogram.counts[180] = 1000;
    assert_int_equal(histogram_otsu(&histogram), 99); /* of 20 to 179 */
    histogram.counts[240] = 1;
    assert_int_equal(histogram_otsu(&histogram), 139); /* of 100 to 179 */
}

TEST(otsu_takes_as_many_pixels_as_a_plane_may_have)
{
    struct histogram histogram = {{0}};
    histogram.counts[254] = 1;
    histogram.counts[255] = PLANE_PIXELS_MAX - 1;
    assert_int_equal(histogram_otsu(&histogram), 254);
}

TEST(otsu_of_one_level_is_half_of_all)
{
    struct histogram histogram = {{0}};
    assert_int_equal(histogram_otsu(&histogram), 128);
    histogram.counts[3] = 9;
    assert_int_equal(histogram_otsu(&histogram), 128);
}

TEST_MAIN(cmocka_unit_test(a_plane_of_any_size_is_counted_whole),
          cmocka_unit_test(steps_are_differences_along_rows_without_signs),
          cmocka_unit_test(a_plane_of_one_column_has_no_steps),
          cmocka_unit_test(a_ring_has_the_pixels_at_its_depth),
          cmocka_unit_test(quantiles_are_the_lowest_levels_that_reach_the_share),
          cmocka_unit_test(without_pixels_quantiles_are_0),
          cmocka_unit_test(otsu_parts_where_the_means_are_furthest_apart),
          cmocka_unit_test(otsu_of_two_levels_is_between_them),
          cmocka_unit_test(otsu_of_equally_good_levels_is_in_their_middle),
          cmocka_unit_test(otsu_takes_as_many_pixels_as_a_plane_may_have),
          cmocka_unit_test(otsu_of_one_level_is_half_of_all))
