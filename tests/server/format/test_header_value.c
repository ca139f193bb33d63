#include <string.h>

#include "server/format/header_value.h"

#include "tests/test.h"

TEST(header_value_parse_lowers_and_trims)
{
    static const char *const texts[] = {"image/png", " Image/PNG \t", "IMAGE/png;q=1",
                                        "image/png ;"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct header_value value;
        assert_true(header_value_parse(&value, texts[i]));
        assert_string_equal(value.value, "image/png");
    }
}

TEST(header_value_parse_refuses_no_value_and_space_inside)
{
    char longest[HEADER_VALUE_BYTES + 1];
    struct header_value value;
    assert_false(header_value_parse(&value, ""));
    assert_false(header_value_parse(&value, "  ;a=b"));
    assert_false(header_value_parse(&value, "image png"));
    assert_false(header_value_parse(&value, "image\x01"));
    assert_false(header_value_parse(&value, "im\xc3\xa9ge/png"));
    memset(longest, 'x', sizeof longest);
    longest[HEADER_VALUE_BYTES] = '\0';
    assert_false(header_value_parse(&value, longest));
    longest[HEADER_VALUE_BYTES - 1] = '\0';
    assert_true(header_value_parse(&value, longest));
}

static enum header_parameter find(char *out, size_t out_bytes, const char *text, const char *name)
{
    struct header_value value;
    assert_true(header_value_parse(&value, text));
    return header_value_parameter(out, out_bytes, &value, name);
}

TEST(header_value_parameter_reads_tokens_and_quoted_strings)
{
    static const struct {
        const char *text;
        const char *expected;
    } found[] = {
        {"a;b=c", "c"},
        {"a ; B=c", "c"},
        {"a;;x=y; ;b=c;", "c"},
        {"a;b=\"c\"", "c"},
        {"a;b=\"\"", ""},
        {"a;b=\"c;d=e\"", "c;d=e"},
        {"a;b=\"c\\\"d\\\\\"", "c\"d\\"},
        {"a;bb=x;b=c ;d=e", "c"},
    };
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        char out[16];
        assert_int_equal(find(out, sizeof out, found[i].text, "b"), HEADER_PARAMETER_FOUND);
        assert_string_equal(out, found[i].expected);
    }
}

TEST(header_value_parameter_misses_what_is_not_there)
{
    char out[16];
    assert_int_equal(find(out, sizeof out, "a", "b"), HEADER_PARAMETER_MISSING);
    assert_int_equal(find(out, sizeof out, "a;", "b"), HEADER_PARAMETER_MISSING);
    assert_int_equal(find(out, sizeof out, "a;c=\"b=d\"", "b"), HEADER_PARAMETER_MISSING);
}

TEST(header_value_parameter_refuses_what_breaks_the_grammar)
{
    static const char *const malformed[] = {
        "a;b",
        "a;b=",
        "a;b =c",
        "a;b= c",
        "a;=c",
        "a;b=\"c",
        "a;b=\"c\\",
        "a;b=\"c\"d",
        "a;b=c d",
        "a;b=c;b=c",
        "a;b=c;B=d",
        "a;b=c;d",
        "a;b=c,",
        "a;\"b\"=c",
        "a;b=sixteen-letters.",
        "a;b=\"c\";e=f g",
    };
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        char out[16];
        assert_int_equal(find(out, sizeof out, malformed[i], "b"), HEADER_PARAMETER_MALFORMED);
    }
}

TEST_MAIN(cmocka_unit_test(header_value_parse_lowers_and_trims),
          cmocka_unit_test(header_value_parse_refuses_no_value_and_space_inside),
          cmocka_unit_test(header_value_parameter_reads_tokens_and_quoted_strings),
          cmocka_unit_test(header_value_parameter_misses_what_is_not_there),
          cmocka_unit_test(header_value_parameter_refuses_what_breaks_the_grammar))
