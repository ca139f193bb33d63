#include "trainer/augment/distort/resample.h"

#include "tests/test.h"
#include "tests/trainer/drawings.h"

#define SIDE DIGIT_SIDE_PX

/* Sum of the weights of one place of the result. */
static double row_sum(const struct axis_filter *filter, size_t to)
{
    double sum = 0.0;
    for (size_t k = 0; k < filter->from; k++)
        sum += (double)filter->weights[to][k];
    return sum;
}

/* Half of the first cell lies before the image, and of the last one beyond it. */
TEST(a_cell_is_the_mean_of_what_it_covers)
{
    struct axis_filter down;
    axis_filter_reduce(&down, 2.0f, 0.5f);
    assert_int_equal(down.to, 15);
    assert_int_equal(down.from, SIDE);
    for (size_t cell = 0; cell < down.to; cell++)
        assert_float_equal(row_sum(&down, cell), cell == 0 || cell == 14 ? 0.5 : 1.0, 1e-6);
    assert_float_equal(down.weights[1][0], 0.0f, 1e-6f);
    assert_float_equal(down.weights[1][1], 0.5f, 1e-6f);
    assert_float_equal(down.weights[1][2], 0.5f, 1e-6f);
}

TEST(every_pixel_belongs_to_the_cells_in_equal_measure)
{
    struct axis_filter down;
    axis_filter_reduce(&down, 2.3f, 0.7f);
    for (size_t pixel = 0; pixel < SIDE; pixel++) {
        double sum = 0.0;
        for (size_t cell = 0; cell < down.to; cell++)
            sum += (double)down.weights[cell][pixel];
        assert_float_equal(sum, 1.0 / 2.3, 1e-5);
    }
}

TEST(the_smallest_cells_change_nothing)
{
    struct axis_filter down, up;
    float image[DIGIT_PIXELS], cells[AXIS_MAX * AXIS_MAX], out[DIGIT_PIXELS];
    drawing_seven(image);
    axis_filter_reduce(&down, 1.0f, 0.0f);
    for (int linear = 0; linear < 2; linear++) {
        axis_filter_enlarge(&up, &down, linear == 1);
        resample(cells, image, &down, &down);
        resample(out, cells, &up, &up);
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            assert_float_equal(out[i], image[i], 1e-5f);
    }
}

/* Cells of 4 px: repeated, a lit one is a square; interpolated, it falls off to the next middle. */
TEST(cells_are_repeated_or_interpolated)
{
    struct axis_filter down, up;
    float cells[AXIS_MAX * AXIS_MAX] = {0}, out[DIGIT_PIXELS];
    axis_filter_reduce(&down, 4.0f, 0.0f);
    assert_int_equal(down.to, 7);
    cells[2 * 7 + 3] = 1.0f;
    axis_filter_enlarge(&up, &down, false);
    resample(out, cells, &up, &up);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        bool lit = i / SIDE / 4 == 2 && i % SIDE / 4 == 3;
        assert_float_equal(out[i], lit ? 1.0f : 0.0f, 1e-6f);
    }
    axis_filter_enlarge(&up, &down, true);
    resample(out, cells, &up, &up);
    assert_float_equal(out[9 * SIDE + 13], 0.875f * 0.875f, 1e-5f);
    assert_float_equal(out[9 * SIDE + 16], 0.875f * 0.375f, 1e-5f);
    assert_float_equal(drawing_sum(out), 16.0, 1e-4);
}

TEST(rows_and_columns_have_filters_of_their_own)
{
    struct axis_filter few, many;
    float image[DIGIT_PIXELS], cells[AXIS_MAX * AXIS_MAX];
    axis_filter_reduce(&few, 14.0f, 0.0f);
    axis_filter_reduce(&many, 7.0f, 0.0f);
    drawing_box(image, 7, 14, 13, 27);
    resample(cells, image, &few, &many); /* two rows of four */
    for (size_t i = 0; i < 8; i++)
        assert_float_equal(cells[i], i == 5 ? 1.0f : 0.0f, 1e-6f);
}

TEST(an_image_shrinks_towards_its_middle)
{
    struct axis_filter shrink;
    float image[DIGIT_PIXELS], out[DIGIT_PIXELS];
    double x, y;
    drawing_box(image, 4, 6, 23, 21);
    axis_filter_shrink(&shrink, 1.25f);
    resample(out, image, &shrink, &shrink);
    drawing_centre(&x, &y, out);
    assert_float_equal(x, 0.0, 1e-4);
    assert_float_equal(y, 0.0, 1e-4);
    assert_float_equal(drawing_sum(out), 16.0 * 12.8, 4.0);
}

TEST_MAIN(cmocka_unit_test(a_cell_is_the_mean_of_what_it_covers),
          cmocka_unit_test(every_pixel_belongs_to_the_cells_in_equal_measure),
          cmocka_unit_test(the_smallest_cells_change_nothing),
          cmocka_unit_test(cells_are_repeated_or_interpolated),
          cmocka_unit_test(rows_and_columns_have_filters_of_their_own),
          cmocka_unit_test(an_image_shrinks_towards_its_middle))
