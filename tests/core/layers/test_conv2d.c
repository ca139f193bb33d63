#include "core/layers/conv2d.h"

#include "tests/test.h"

TEST(sizes_follow_from_the_shape)
{
    const struct conv2d padded = {3, 5, 4, 7, 6, 5, 2, 2, 1, 1, 1, 1};
    assert_int_equal(conv2d_in_elements(&padded), 60);
    assert_int_equal(conv2d_out_elements(&padded), 210);
    assert_int_equal(conv2d_padded_elements(&padded), 7 * 6 * 3);
    assert_int_equal(conv2d_depth(&padded), 12);
    assert_true(conv2d_is_padded(&padded));
    struct conv2d bare = padded;
    bare.padding_height = bare.padding_width = 0;
    assert_false(conv2d_is_padded(&bare));
}

TEST(padding_lies_around_the_picture)
{
    const struct conv2d conv = {1, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2};
    const float in[] = {1, 2, 3, 4, 5, 6, 7, 8};
    const float expected[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 3, 4,
                              0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                              5, 6, 0, 0, 0, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0};
    float out[48];
    conv2d_pad(out, in, 2, &conv);
    assert_memory_equal(out, expected, sizeof out);
}

TEST_MAIN(cmocka_unit_test(sizes_follow_from_the_shape),
          cmocka_unit_test(padding_lies_around_the_picture))
