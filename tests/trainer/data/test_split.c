#include "trainer/data/split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT 1000

static void every_image_is_on_one_side_once(void **state)
{
    (void)state;
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
    assert_true(in_place < 10); /* one is expected of a shuffle */
}

/* Model files do not name their images: that of a 60,000 must stay what it was when they were made. */
static void the_split_of_mnist_is_the_one_of_all_models(void **state)
{
    (void)state;
    static const uint32_t last[] = {57844, 44631, 53894, 47712};
    static uint32_t split[60000];
    split_images(split, 60000);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(split[59996 + i], last[i]);
}

static void nothing_and_one_are_taken(void **state)
{
    (void)state;
    uint32_t one = 7;
    split_images(&one, 0);
    assert_int_equal(one, 7);
    split_images(&one, 1);
    assert_int_equal(one, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_image_is_on_one_side_once),
        cmocka_unit_test(the_split_of_mnist_is_the_one_of_all_models),
        cmocka_unit_test(nothing_and_one_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
