#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/trainer/augment/outliers/measures.h"

static void scribbles_are_as_large_as_digits(void **state)
{
    (void)state;
    assert_strokes(outlier_scribble, NULL, 25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scribbles_are_as_large_as_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
