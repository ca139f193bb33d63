#include "trainer/augment/outliers/outliers.h"

#include <string.h>

#include "tests/test.h"
#include "tests/trainer/augment/outliers/measures.h"

#define DRAWN 2000

/* A cross is the only training image. */
static uint8_t cross[DIGIT_PIXELS];
static const uint8_t label = 3;
static const uint32_t index_of_cross = 0;
static const struct outlier_digits digits = {cross, &label, &index_of_cross, 1};

static int make_cross(void **state)
{
    (void)state;
    for (size_t i = 4; i < 24; i++)
        cross[i * DIGIT_SIDE_PX + 13] = cross[13 * DIGIT_SIDE_PX + i] = 200;
    return 0;
}

TEST(kinds_have_different_names)
{
    assert_true(outlier_kind_count() > 1);
    for (size_t i = 0; i < outlier_kind_count(); i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(outlier_kind_name(i), outlier_kind_name(k));
}

TEST(the_same_random_numbers_draw_the_same_outlier)
{
    for (size_t kind = 0; kind < outlier_kind_count(); kind++) {
        uint8_t a[DIGIT_PIXELS], b[DIGIT_PIXELS];
        for (uint64_t index = 0; index < 20; index++) {
            struct rng of_a = generator(index), of_b = generator(index);
            bool is_written = outlier_draw_kind(a, kind, &digits, &of_a);
            memset(b, 77, sizeof b); /* earlier contents do not matter */
            assert_int_equal(outlier_draw_kind(b, kind, &digits, &of_b), is_written);
            assert_memory_equal(a, b, sizeof a);
            assert_true(rng_u64(&of_a) == rng_u64(&of_b));
        }
    }
}

/* Kinds made of strokes have weights of 22 in 28.5. */
TEST(most_outliers_are_strokes)
{
    size_t written = 0;
    for (uint64_t index = 0; index < DRAWN; index++) {
        uint8_t image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        written += outlier_draw(image, &digits, &rng);
    }
    assert_in_range(written, 1544 - 75, 1544 + 75); /* four deviations of 18.8 */
}

TEST_MAIN_WITH(make_cross, NULL, cmocka_unit_test(kinds_have_different_names),
               cmocka_unit_test(the_same_random_numbers_draw_the_same_outlier),
               cmocka_unit_test(most_outliers_are_strokes))
