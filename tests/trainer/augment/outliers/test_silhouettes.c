#include "tests/trainer/augment/outliers/measures.h"

#include "tests/test.h"

#define IMAGES 1000

/* Upright and lying ones; at most a quarter is dark. */
TEST(silhouettes_reach_the_edges)
{
    size_t upright = 0, lying = 0, dark = 0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        draw(image, outlier_silhouette, NULL, index);
        upright += height_of(image) >= DIGIT_SIDE_PX - 1;
        lying += width_of(image) >= DIGIT_SIDE_PX - 1;
        dark += area_of(image) == 0;
    }
    assert_in_range(upright, IMAGES / 50, IMAGES / 2);
    assert_in_range(lying, IMAGES / 50, IMAGES / 2);
    assert_true(dark < IMAGES / 4);
}

TEST_MAIN(cmocka_unit_test(silhouettes_reach_the_edges))
