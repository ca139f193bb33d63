#include "tests/trainer/augment/outliers/measures.h"

#include "tests/test.h"

/* The smallest letter is two short strokes of the thinnest pen. */
TEST(letters_are_as_large_as_digits)
{
    assert_strokes(outlier_letter, NULL, 20);
}

TEST_MAIN(cmocka_unit_test(letters_are_as_large_as_digits))
