#include "core/layers/pad2d.h"

#include "tests/support/arrays.h"
#include "tests/test.h"

static void assert_padded(const struct pad2d *pad, const float *in, size_t images,
                          const float *expected)
{
    size_t count = images * pad2d_out_elements(pad);
    float *out = array_guarded(count);
    pad2d_forward(out, in, images, pad);
    assert_memory_equal(out, expected, count * sizeof *out);
    assert_guards(out, count);
    array_free(out);
}

static const float four_pixels[] = {1, 2, 3, 4, 5, 6, 7, 8};

TEST(zeros_lie_around_each_picture)
{
    const struct pad2d pad = {1, 2, 2, 1, 1, 3, 4};
    const float expected[] = {0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0,
                              0, 0, 0, 0, 0, 5, 6, 0, 0, 7, 8, 0};
    assert_padded(&pad, four_pixels, 2, expected);
}

TEST(channels_stay_together)
{
    const struct pad2d pad = {2, 1, 2, 0, 1, 1, 3};
    const float expected[] = {0, 0, 1, 2, 3, 4};
    assert_padded(&pad, four_pixels, 1, expected);
}

TEST(what_lies_beyond_the_size_is_left_out)
{
    const struct pad2d corner = {1, 2, 2, 1, 1, 2, 2};
    const struct pad2d outside = {1, 2, 2, 3, 3, 2, 2};
    const float expected[] = {0, 0, 0, 1}, nothing[] = {0, 0, 0, 0};
    assert_padded(&corner, four_pixels, 1, expected);
    assert_padded(&outside, four_pixels, 1, nothing);
}

TEST_MAIN(cmocka_unit_test(zeros_lie_around_each_picture), cmocka_unit_test(channels_stay_together),
          cmocka_unit_test(what_lies_beyond_the_size_is_left_out))
