#include "server/format/percent.h"

#include <string.h>

#include "tests/test.h"

TEST(percent_decode_decodes_in_place)
{
    static const struct {
        const char *text, *decoded;
    } texts[] = {
        {"", ""},
        {"abc", "abc"},
        {"%41", "A"},
        {"a%20b+c", "a b+c"}, /* a plus sign stays */
        {"%2525", "%25"},     /* decoded once */
        {"%c3%A4%ff", "\xc3\xa4\xff"},
        {"%01%7f", "\x01\x7f"},
        {"%2f%3F%10", "/?\x10"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[32];
        strcpy(text, texts[i].text);
        assert_true(percent_decode(text));
        assert_string_equal(text, texts[i].decoded);
    }
}

TEST(percent_decode_refuses_what_is_no_encoding_or_a_nul)
{
    static const char *const refused[] = {"%",    "%4",  "a%",   "%g0", "%0g",   "%%41",
                                          "% 41", "%-1", "%x41", "%00", "a%00b", "%4\xff"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char text[32];
        strcpy(text, refused[i]);
        if (percent_decode(text))
            fail_msg("%s was decoded", refused[i]);
    }
}

TEST_MAIN(cmocka_unit_test(percent_decode_decodes_in_place),
          cmocka_unit_test(percent_decode_refuses_what_is_no_encoding_or_a_nul))
