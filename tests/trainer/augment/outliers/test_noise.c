#include <math.h>

#include "tests/trainer/augment/outliers/measures.h"

#include "tests/test.h"

#define IMAGES 1000

static double deviation_of(const float image[DIGIT_PIXELS])
{
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        sum += (double)image[i];
        squares += (double)image[i] * (double)image[i];
    }
    double mean = sum / DIGIT_PIXELS;
    return sqrt(squares / DIGIT_PIXELS - mean * mean);
}

/* From faint noise to black and white; impulses may all have one colour. */
TEST(noise_has_any_strength)
{
    size_t faint = 0, strong = 0, windows = 0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        draw(image, outlier_noise, NULL, index);
        double deviation = deviation_of(image);
        faint += deviation < 0.1;
        strong += deviation > 0.4;
        windows += width_of(image) < DIGIT_SIDE_PX - 1 || height_of(image) < DIGIT_SIDE_PX - 1;
    }
    assert_in_range(faint, IMAGES / 20, IMAGES / 2);
    assert_in_range(strong, IMAGES / 20, IMAGES / 2);
    assert_in_range(windows, IMAGES / 5, IMAGES / 3); /* a quarter, few of which fill the image */
}

TEST_MAIN(cmocka_unit_test(noise_has_any_strength))
