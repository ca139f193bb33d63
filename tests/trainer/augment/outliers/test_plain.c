#include "tests/trainer/augment/outliers/measures.h"
#include "tests/trainer/drawings.h"

#include "tests/test.h"

#define IMAGES 1200

static bool has_one_level(const float image[DIGIT_PIXELS])
{
    for (size_t i = 1; i < DIGIT_PIXELS; i++)
        if (image[i] != image[0])
            return false;
    return true;
}

/* A sixth is blank. Another sixth has a single grey level, which is the background's, 0, in half of
 * them. The other kinds have a pattern, except for bands over the whole image. */
TEST(a_third_has_a_single_grey_level)
{
    size_t blank = 0, even = 0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        draw(image, outlier_plain, NULL, index);
        bool is_blank = drawing_sum(image) == 0.0;
        blank += is_blank;
        even += !is_blank && has_one_level(image);
    }
    /* Deviations are 15 and 10. */
    assert_in_range(blank, IMAGES / 4 - 60, IMAGES / 4 + 60);
    assert_in_range(even, IMAGES / 12 - 40, IMAGES / 12 + 60); /* and bands over the whole image */
}

/* An upright stroke narrower than 8 px would be a 1. */
TEST(no_image_is_a_single_stroke)
{
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        draw(image, outlier_plain, NULL, index);
        if (drawing_sum(image) > 28.0) /* not almost blank */
            assert_true(width_of(image) >= 8 && height_of(image) >= 8);
    }
}

TEST_MAIN(cmocka_unit_test(a_third_has_a_single_grey_level),
          cmocka_unit_test(no_image_is_a_single_stroke))
