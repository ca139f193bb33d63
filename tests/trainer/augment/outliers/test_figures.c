#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/trainer/augment/outliers/measures.h"

/* The smallest figure has four parts, two of them bars, drawn with the thinnest pen. */
static void figures_are_as_large_as_digits(void **state)
{
    (void)state;
    assert_strokes(outlier_figure, NULL, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_as_large_as_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
