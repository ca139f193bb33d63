#include <math.h>
#include <stdbool.h>

#include "tests/trainer/drawings.h"
#include "trainer/augment/distort/brightness.h"
#include "trainer/augment/distort/kinds.h"

#include "tests/test.h"

#define IMAGES 300
#define SIDE   DIGIT_SIDE_PX

static void lower(float image[DIGIT_PIXELS], float fewest_px, uint64_t index)
{
    const struct distort_ranges ranges = {.resolution_px = fewest_px};
    struct rng rng = rng_make(5, RNG_WARP, index);
    drawing_seven(image);
    distort_resolution(image, &ranges, &rng);
}

static double difference(const float a[DIGIT_PIXELS], const float b[DIGIT_PIXELS])
{
    double sum = 0.0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        sum += fabs((double)a[i] - (double)b[i]);
    return sum;
}

TEST(the_digit_stays_in_its_place_and_as_bright)
{
    float seven[DIGIT_PIXELS], image[DIGIT_PIXELS];
    double x, y, own_x, own_y;
    drawing_seven(seven);
    drawing_centre(&own_x, &own_y, seven);
    for (uint64_t index = 0; index < IMAGES; index++) {
        lower(image, 8.0f, index);
        drawing_centre(&x, &y, image);
        assert_true(fabs(x - own_x) < 1.3 && fabs(y - own_y) < 1.3);
        assert_float_equal(brightest_pixel(image), 1.0f, 1e-5f);
        assert_in_range(drawing_sum(image), 0.7 * drawing_sum(seven), 1.6 * drawing_sum(seven));
    }
}

/* With 20 px nothing is lost but by pixels that lie across two; with few, much is. */
TEST(fewer_pixels_lose_more)
{
    float seven[DIGIT_PIXELS], image[DIGIT_PIXELS];
    double fine = 0.0, coarse = 0.0;
    drawing_seven(seven);
    for (uint64_t index = 0; index < IMAGES; index++) {
        lower(image, 20.0f, index);
        fine += difference(image, seven);
        lower(image, 6.0f, index);
        coarse += difference(image, seven);
    }
    assert_true(coarse > 1.5 * fine);
}

/* Of the pictures with 12 px or more, a third has two levels, and half of these are enlarged by
 * repetition: most of their pixels are black or white. */
TEST(some_pictures_have_two_levels)
{
    size_t count = 0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        size_t grey = 0;
        lower(image, 12.0f, index);
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            grey += image[i] > 0.001f && image[i] < 0.999f && image[i] != 0.5f;
        count += grey < 110;
    }
    assert_in_range(count, 10, 160);
}

TEST_MAIN(cmocka_unit_test(the_digit_stays_in_its_place_and_as_bright),
          cmocka_unit_test(fewer_pixels_lose_more), cmocka_unit_test(some_pictures_have_two_levels))
