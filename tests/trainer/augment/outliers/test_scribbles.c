#include "tests/trainer/augment/outliers/measures.h"

#include "tests/test.h"

TEST(scribbles_are_as_large_as_digits)
{
    assert_strokes(outlier_scribble, NULL, 25);
}

TEST_MAIN(cmocka_unit_test(scribbles_are_as_large_as_digits))
