#include "trainer/data/tsv.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/test.h"
#include "tests/trainer/fixtures.h"

static enum digit_status read_bytes(struct tsv *out, const char *bytes, size_t size_bytes,
                                    struct digit_error *error)
{
    char *folder = folder_make();
    folder_put(folder, "table.tsv", bytes, size_bytes);
    char *path = folder_path(folder, "table.tsv");
    enum digit_status status = tsv_read(out, path, error);
    free(path);
    folder_remove(folder);
    return status;
}

static void assert_refused(const char *bytes, size_t size_bytes, enum digit_status status,
                           const char *reason)
{
    struct tsv table;
    struct digit_error error;
    assert_int_equal(read_bytes(&table, bytes, size_bytes, &error), status);
    assert_non_null(strstr(error.message, reason));
    assert_null(table.text);
    assert_null(table.fields);
}

static void assert_malformed(const char *text, const char *reason)
{
    assert_refused(text, strlen(text), DIGIT_MALFORMED, reason);
}

TEST(rows_and_columns_are_found)
{
    static const char text[] = "file\tlabel\nseven one.png\t7\n\t0\n";
    struct tsv table;
    assert_int_equal(read_bytes(&table, text, sizeof text - 1, NULL), DIGIT_OK);
    assert_int_equal(table.rows, 2);
    assert_int_equal(table.columns, 2);
    size_t file = tsv_column(&table, "file"), label = tsv_column(&table, "label");
    assert_string_equal(tsv_field(&table, 0, file), "seven one.png");
    assert_string_equal(tsv_field(&table, 0, label), "7");
    assert_string_equal(tsv_field(&table, 1, file), "");
    assert_string_equal(tsv_field(&table, 1, label), "0");
    assert_int_equal(tsv_column(&table, "kind"), 2);
    tsv_release(&table);
}

TEST(the_last_newline_may_be_missing)
{
    struct tsv table;
    assert_int_equal(read_bytes(&table, "a\tb\n1\t2", 7, NULL), DIGIT_OK);
    assert_int_equal(table.rows, 1);
    assert_string_equal(tsv_field(&table, 0, 1), "2");
    tsv_release(&table);
}

TEST(a_line_of_names_is_a_table_without_rows)
{
    struct tsv table;
    assert_int_equal(read_bytes(&table, "a\tb\n", 4, NULL), DIGIT_OK);
    assert_int_equal(table.rows, 0);
    tsv_release(&table);
}

TEST(malformed_tables_are_refused)
{
    assert_malformed("", "empty");
    assert_malformed("a\tb\r\n1\t2\r\n", "carriage return");
    assert_malformed("a\tb\n1\n", "line 2 has 1 fields, expected 2");
    assert_malformed("a\tb\n1\t2\n1\t2\t3\n", "line 3 has 3 fields, expected 2");
    assert_malformed("a\tb\n\n1\t2\n", "line 2 is empty");
    assert_malformed("\n1\n", "line 1 is empty");
    assert_malformed("a\t\n1\t2\n", "column 2 has no name");
    assert_malformed("a\ta\n1\t2\n", "two columns are named \"a\"");
    assert_refused("a\n\0\n", 4, DIGIT_MALFORMED, "NUL");
}

TEST(too_many_columns_are_refused)
{
    char text[2 * (TSV_MAX_COLUMNS + 1)];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 2 == 0 ? 'a' : '\t';
    text[sizeof text - 1] = '\n';
    assert_refused(text, sizeof text, DIGIT_LIMIT, "65 columns, the limit is 64");
}

TEST(a_file_over_the_size_limit_is_refused)
{
    char *folder = folder_make();
    folder_put(folder, "table.tsv", "a\n", 2);
    char *path = folder_path(folder, "table.tsv");
    assert_int_equal(truncate(path, (off_t)TSV_MAX_BYTES + 1), 0);
    struct tsv table;
    assert_int_equal(tsv_read(&table, path, NULL), DIGIT_LIMIT);
    free(path);
    folder_remove(folder);
}

TEST(a_missing_file_is_an_error)
{
    struct tsv table;
    assert_int_equal(tsv_read(&table, "/nowhere/labels.tsv", NULL), DIGIT_IO);
}

TEST_MAIN(cmocka_unit_test(rows_and_columns_are_found),
          cmocka_unit_test(the_last_newline_may_be_missing),
          cmocka_unit_test(a_line_of_names_is_a_table_without_rows),
          cmocka_unit_test(malformed_tables_are_refused),
          cmocka_unit_test(too_many_columns_are_refused),
          cmocka_unit_test(a_file_over_the_size_limit_is_refused),
          cmocka_unit_test(a_missing_file_is_an_error))
