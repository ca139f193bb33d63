#include "trainer/augment/extent.h"

#include "tests/test.h"
#include "tests/trainer/drawings.h"

static void check(const float image[DIGIT_PIXELS], float least, size_t left, size_t right,
                  size_t top, size_t bottom)
{
    size_t first, end;
    extent_columns(&first, &end, image, least);
    assert_int_equal(first, left);
    assert_int_equal(end, right);
    extent_rows(&first, &end, image, least);
    assert_int_equal(first, top);
    assert_int_equal(end, bottom);
}

TEST(pixels_that_reach_the_least_value_count)
{
    float image[DIGIT_PIXELS];
    drawing_box(image, 3, 5, 9, 20);
    check(image, 0.5f, 3, 10, 5, 21);
    image[24 * DIGIT_SIDE_PX + 2] = 0.25f;
    check(image, 0.26f, 3, 10, 5, 21);
    check(image, 0.25f, 2, 10, 5, 25);
}

TEST(a_blank_image_ends_before_it_begins)
{
    float image[DIGIT_PIXELS] = {0};
    check(image, 0.5f, DIGIT_SIDE_PX, 0, DIGIT_SIDE_PX, 0);
}

TEST_MAIN(cmocka_unit_test(pixels_that_reach_the_least_value_count),
          cmocka_unit_test(a_blank_image_ends_before_it_begins))
