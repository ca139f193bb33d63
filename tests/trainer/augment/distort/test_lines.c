#include <math.h>
#include <stdbool.h>

#include "tests/trainer/drawings.h"
#include "trainer/augment/distort/kinds.h"

#include "tests/test.h"

#define IMAGES 300

static struct rng generator(uint64_t index)
{
    return rng_make(5, RNG_WARP, index);
}

TEST(lines_only_brighten_pixels)
{
    const struct distort_ranges ranges = {.line_count = 2.0f};
    double most = 0.0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        float seven[DIGIT_PIXELS], image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        drawing_seven(seven);
        drawing_seven(image);
        distort_lines(image, &ranges, &rng);
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            assert_true(image[i] >= seven[i] && image[i] <= 1.0f);
        most = fmax(most, drawing_sum(image) - drawing_sum(seven));
    }
    assert_true(most > 40.0 && most < 2.0 * 40.0 * 4.0);
}

/* Ruled lines are 4 to 10 px apart and cover less than half of the image. */
TEST(ruled_lines_repeat)
{
    const struct distort_ranges ranges = {0};
    for (uint64_t index = 0; index < IMAGES; index++) {
        float image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        drawing_fill(image, 0.0f);
        distort_ruled(image, &ranges, &rng);
        size_t changes[2] = {0}; /* from background to line along the middle row and column */
        for (size_t i = 1; i < DIGIT_SIDE_PX; i++) {
            const float *row = &image[14 * DIGIT_SIDE_PX], *column = &image[14];
            changes[0] += row[i - 1] == 0.0f && row[i] > 0.0f;
            changes[1] +=
                column[(i - 1) * DIGIT_SIDE_PX] == 0.0f && column[i * DIGIT_SIDE_PX] > 0.0f;
        }
        size_t lines = changes[0] > changes[1] ? changes[0] : changes[1];
        assert_in_range(lines, 1, 7);
        assert_true(drawing_sum(image) < 0.5 * DIGIT_PIXELS);
    }
}

TEST_MAIN(cmocka_unit_test(lines_only_brighten_pixels), cmocka_unit_test(ruled_lines_repeat))
