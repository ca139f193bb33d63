#include "tests/trainer/augment/outliers/measures.h"

#include "tests/test.h"

/* The smallest figure has four parts, two of them bars, drawn with the thinnest pen. */
TEST(figures_are_as_large_as_digits)
{
    assert_strokes(outlier_figure, NULL, 20);
}

TEST_MAIN(cmocka_unit_test(figures_are_as_large_as_digits))
