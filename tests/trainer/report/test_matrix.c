#include "trainer/report/matrix.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

static const char *const LABELS[DIGIT_CLASSES] = {
    "T-shirt/top", "<b>", "2", "3", "4", "5", "6", "7", "a label of a great many letters", "9"};

static char *draw(enum matrix_kind kind)
{
    struct confusion confusion = {0};
    confusion.images[0][0] = 97;
    confusion.images[0][1] = 3;
    confusion.images[2][2] = 5;
    struct buffer buffer = {0};
    matrix_add(&buffer, kind, &confusion, LABELS);
    assert_false(buffer.failed);
    return buffer.bytes;
}

TEST(cells_show_counts_or_shares)
{
    char *counts = draw(MATRIX_COUNTS), *shares = draw(MATRIX_SHARES);
    assert_non_null(strstr(counts, ">97</text>"));
    assert_non_null(strstr(counts, "<title>T-shirt/top predicted as &lt;b&gt;: 3 of 100</title>"));
    assert_non_null(strstr(shares, ">97.0</text>"));
    assert_non_null(strstr(shares, ">3.00</text>"));
    assert_non_null(strstr(shares, ">100</text>"));
    free(shares);
    free(counts);
}

TEST(classes_without_images_are_empty_cells)
{
    char *svg = draw(MATRIX_SHARES);
    assert_null(strstr(svg, "nan"));
    assert_non_null(strstr(svg, "<title>9 predicted as 9: 0 of 0</title>"));
    free(svg);
}

TEST(long_names_are_truncated_and_escaped)
{
    char *svg = draw(MATRIX_COUNTS);
    assert_non_null(strstr(svg, ">a label of a g\xe2\x80\xa6</text>"));
    assert_non_null(strstr(svg, ">&lt;b&gt;</text>"));
    assert_non_null(strstr(svg, "<title>a label of a great many letters predicted as"));
    free(svg);
}

TEST_MAIN(cmocka_unit_test(cells_show_counts_or_shares),
          cmocka_unit_test(classes_without_images_are_empty_cells),
          cmocka_unit_test(long_names_are_truncated_and_escaped))
