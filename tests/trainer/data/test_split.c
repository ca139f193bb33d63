#include "trainer/data/split.h"

#include <stdbool.h>

#include "tests/test.h"

#define COUNT 1000

TEST(every_image_occurs_once)
{
    uint32_t split[COUNT];
    bool seen[COUNT] = {false};
    size_t in_place = 0;
    split_images(split, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_in_range(split[i], 0, COUNT - 1);
        assert_false(seen[split[i]]);
        seen[split[i]] = true;
        in_place += split[i] == i;
    }
    assert_true(in_place < 10); /* a shuffle leaves one on average */
}

/* Model files do not list their validation images, so the split of MNIST must never change. */
TEST(the_split_of_mnist_does_not_change)
{
    static const uint32_t last[] = {57844, 44631, 53894, 47712};
    static uint32_t split[60000];
    split_images(split, 60000);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(split[59996 + i], last[i]);
}

TEST(zero_images_and_one_are_allowed)
{
    uint32_t one = 7;
    split_images(&one, 0);
    assert_int_equal(one, 7);
    split_images(&one, 1);
    assert_int_equal(one, 0);
}

TEST_MAIN(cmocka_unit_test(every_image_occurs_once),
          cmocka_unit_test(the_split_of_mnist_does_not_change),
          cmocka_unit_test(zero_images_and_one_are_allowed))
