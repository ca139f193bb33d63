#include "trainer/report/markup.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

typedef void add_fn(struct buffer *out, const char *text);

static void assert_becomes(add_fn *add, const char *text, const char *expected)
{
    struct buffer buffer = {0};
    buffer_text(&buffer, "");
    add(&buffer, text);
    assert_string_equal(buffer.bytes, expected);
    buffer_release(&buffer);
}

TEST(markup_characters_are_escaped)
{
    assert_becomes(markup_text, "<a href=\"x\">'&amp;'</a>",
                   "&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;&#39;&lt;/a&gt;");
}

TEST(utf8_is_kept_and_other_bytes_are_replaced)
{
    assert_becomes(markup_text, "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82",
                   "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82");
    /* Control characters, a C1 control, an invalid byte, an overlong sequence, a surrogate, a
     * truncated sequence, a code point beyond U+10FFFF: one replacement for each byte that begins
     * no character. */
    assert_becomes(markup_text, "\x01", "\xef\xbf\xbd");
    assert_becomes(markup_text, "\x7f", "\xef\xbf\xbd");
    assert_becomes(markup_text, "\xc2\x80", "\xef\xbf\xbd\xef\xbf\xbd");
    assert_becomes(markup_text, "\xff", "\xef\xbf\xbd");
    assert_becomes(markup_text, "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd");
    assert_becomes(markup_text, "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    assert_becomes(markup_text, "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd");
    assert_becomes(markup_text, "\xf4\x90\x80\x80",
                   "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(json_syntax_is_not_escaped)
{
    assert_becomes(markup_utf8, "{\"a\":\n\t\"<\xff>\"}", "{\"a\":\n\t\"<\xef\xbf\xbd>\"}");
}

TEST(a_long_text_ends_in_an_ellipsis)
{
    struct buffer buffer = {0};
    markup_short(&buffer, "abc", 3);
    markup_short(&buffer, "a\xc3\xa9<d", 3);
    assert_string_equal(buffer.bytes, "abca\xc3\xa9&lt;\xe2\x80\xa6");
    buffer_release(&buffer);
    assert_int_equal(markup_length("a\xc3\xa9<\xff"), 4);
}

TEST(counts_are_grouped_by_thousands)
{
    static const struct {
        size_t count;
        const char *text;
    } cases[] = {
        {0, "0"}, {999, "999"}, {1000, "1,000"}, {123456, "123,456"}, {1234567, "1,234,567"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer buffer = {0};
        markup_count(&buffer, cases[i].count);
        assert_string_equal(buffer.bytes, cases[i].text);
        buffer_release(&buffer);
    }
}

TEST(durations_have_at_most_two_units)
{
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {{8.44, "8.4\xc2\xa0s"},
                 {59.99, "60.0\xc2\xa0s"},
                 {61.0, "1\xc2\xa0min\xc2\xa0"
                        "01\xc2\xa0s"},
                 {3599.9, "1\xc2\xa0h\xc2\xa0"
                          "00\xc2\xa0min"},
                 {7384.0, "2\xc2\xa0h\xc2\xa0"
                          "03\xc2\xa0min"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer buffer = {0};
        markup_duration(&buffer, cases[i].seconds);
        assert_string_equal(buffer.bytes, cases[i].text);
        buffer_release(&buffer);
    }
}

TEST_MAIN(cmocka_unit_test(markup_characters_are_escaped),
          cmocka_unit_test(utf8_is_kept_and_other_bytes_are_replaced),
          cmocka_unit_test(json_syntax_is_not_escaped),
          cmocka_unit_test(a_long_text_ends_in_an_ellipsis),
          cmocka_unit_test(counts_are_grouped_by_thousands),
          cmocka_unit_test(durations_have_at_most_two_units))
