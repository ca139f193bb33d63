#include <math.h>

#include "tests/trainer/drawings.h"
#include "trainer/eval/mnist_c/kinds.h"

#include "tests/test.h"

#define IMAGES 40

static struct rng generator(uint64_t index)
{
    return rng_make(1, RNG_CORRUPT, index);
}

TEST(brightness_adds_a_half)
{
    float image[DIGIT_PIXELS];
    struct rng rng = generator(0);
    drawing_box(image, 4, 4, 8, 8);
    corrupt_brightness(image, &rng);
    assert_true(image[0] == 0.5f && image[5 * DIGIT_SIDE_PX + 5] == 1.5f);
}

/* With black and white pixels, fog is scaled to at most 3/4 and white to 1/4, which add up to 1. */
TEST(fog_stays_below_white_and_above_the_image)
{
    double sum = 0.0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float seven[DIGIT_PIXELS], image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        drawing_seven(seven);
        drawing_seven(image);
        corrupt_fog(image, &rng);
        for (size_t i = 0; i < DIGIT_PIXELS; i++) {
            float fog = image[i] - 0.25f * seven[i];
            assert_true(fog > -1e-6f && fog < 0.75f + 1e-6f);
            sum += (double)fog;
        }
    }
    /* The map is symmetric about the middle of 0 to 0.75, but its corner can have any level. */
    assert_float_equal(sum / (IMAGES * DIGIT_PIXELS), 0.375, 0.1);
}

/* Neighbours differ much less than pixels ten apart do. */
TEST(fog_is_smooth)
{
    double near = 0.0, far = 0.0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS] = {1.0f};
        struct rng rng = generator(index);
        corrupt_fog(image, &rng);
        for (size_t i = DIGIT_SIDE_PX; i < DIGIT_PIXELS - 10; i++) {
            near += fabs((double)image[i] - (double)image[i + 1]);
            far += fabs((double)image[i] - (double)image[i + 10]);
        }
    }
    assert_true(far > 1.5 * near);
}

TEST(a_dark_image_has_no_fog)
{
    float image[DIGIT_PIXELS];
    struct rng rng = generator(0);
    drawing_fill(image, 0.0f);
    corrupt_fog(image, &rng);
    assert_true(drawing_sum(image) == 0.0);
}

/* Thick mud turns white to 63/255; thin mud is removed. */
TEST(mud_is_dark_grey_and_never_thin)
{
    size_t covered = 0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        drawing_fill(image, 1.0f);
        corrupt_spatter(image, &rng);
        for (size_t i = 0; i < DIGIT_PIXELS; i++) {
            float mud = (1.0f - image[i]) / (1.0f - 63.0f / 255.0f);
            assert_true(mud == 0.0f || (mud > 0.8f - 1e-5f && mud < 1.0f + 1e-5f));
            covered += mud > 0.0f;
        }
    }
    /* Half of the image is above the threshold; smoothing by 1.5 px and the limit of 0.8 leave
     * about a fifth. */
    assert_in_range(covered, IMAGES * DIGIT_PIXELS / 10, IMAGES * DIGIT_PIXELS * 3 / 10);
}

TEST_MAIN(cmocka_unit_test(brightness_adds_a_half),
          cmocka_unit_test(fog_stays_below_white_and_above_the_image),
          cmocka_unit_test(fog_is_smooth), cmocka_unit_test(a_dark_image_has_no_fog),
          cmocka_unit_test(mud_is_dark_grey_and_never_thin))
