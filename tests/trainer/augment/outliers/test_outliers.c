#include "trainer/augment/outliers/outliers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/trainer/augment/outliers/measures.h"

#define DRAWN 2000

/* A cross, the one digit there is. */
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

static void kinds_have_names_of_their_own(void **state)
{
    (void)state;
    assert_true(outlier_kinds() > 1);
    for (size_t i = 0; i < outlier_kinds(); i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(outlier_kind_name(i), outlier_kind_name(k));
}

static void the_same_numbers_draw_the_same_picture(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < outlier_kinds(); kind++) {
        uint8_t a[DIGIT_PIXELS], b[DIGIT_PIXELS];
        for (uint64_t index = 0; index < 20; index++) {
            struct rng of_a = generator(index), of_b = generator(index);
            bool is_written = outlier_draw_kind(a, kind, &digits, &of_a);
            memset(b, 77, sizeof b); /* what was there does not matter */
            assert_int_equal(outlier_draw_kind(b, kind, &digits, &of_b), is_written);
            assert_memory_equal(a, b, sizeof a);
            assert_true(rng_u64(&of_a) == rng_u64(&of_b));
        }
    }
}

/* Weights are 20 of 26.5 for what is written. */
static void most_of_it_is_written(void **state)
{
    (void)state;
    size_t written = 0;
    for (uint64_t index = 0; index < DRAWN; index++) {
        uint8_t image[DIGIT_PIXELS];
        struct rng rng = generator(index);
        written += outlier_draw(image, &digits, &rng);
    }
    assert_in_range(written, 1509 - 77, 1509 + 77); /* four deviations of 19 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_have_names_of_their_own),
        cmocka_unit_test(the_same_numbers_draw_the_same_picture),
        cmocka_unit_test(most_of_it_is_written),
    };
    return cmocka_run_group_tests(tests, make_cross, NULL);
}
