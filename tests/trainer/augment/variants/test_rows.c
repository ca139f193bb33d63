#include "trainer/augment/variants/rows.h"

#include "tests/test.h"

TEST(runs_are_listed_from_left_to_right)
{
    float image[DIGIT_PIXELS] = {0};
    struct run runs[ROW_MAX_RUNS];
    float *row = image + 9 * DIGIT_SIDE_PX;
    row[0] = 1.0f;
    row[1] = 0.5f;
    row[2] = 0.25f;
    row[20] = 0.25f;
    row[21] = 1.0f;
    row[22] = 0.25f;
    assert_int_equal(row_runs(runs, image, 8), 0);
    assert_int_equal(row_runs(runs, image, 9), 2);
    assert_int_equal(runs[0].first, 0);
    assert_int_equal(runs[0].end, 2);
    assert_float_equal(runs[0].width_px, 1.75f, 1e-6f);
    assert_float_equal(runs[0].middle_px, 1.0f / 1.75f, 1e-6f);
    assert_int_equal(runs[1].first, 21);
    assert_int_equal(runs[1].end, 22);
    assert_float_equal(runs[1].width_px, 1.5f, 1e-6f);
    assert_float_equal(runs[1].middle_px, 21.0f, 1e-6f);
}

TEST(a_row_has_at_most_every_other_pixel_as_a_run)
{
    float image[DIGIT_PIXELS] = {0};
    struct run runs[ROW_MAX_RUNS];
    for (size_t x = 1; x < DIGIT_SIDE_PX; x += 2)
        image[x] = 1.0f;
    assert_int_equal(row_runs(runs, image, 0), ROW_MAX_RUNS);
    assert_int_equal(runs[ROW_MAX_RUNS - 1].end, DIGIT_SIDE_PX);
    for (size_t x = 0; x < DIGIT_SIDE_PX; x++)
        image[x] = 1.0f;
    assert_int_equal(row_runs(runs, image, 0), 1);
    assert_int_equal(runs[0].end, DIGIT_SIDE_PX);
}

TEST_MAIN(cmocka_unit_test(runs_are_listed_from_left_to_right),
          cmocka_unit_test(a_row_has_at_most_every_other_pixel_as_a_run))
