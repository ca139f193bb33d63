#include <digit/status.h>

#include <string.h>

#include "tests/test.h"

TEST(digit_fail_returns_the_status_and_writes_it_with_the_message)
{
    struct digit_error error = {0};
    assert_int_equal(digit_fail(&error, DIGIT_LIMIT, "%s: %d of %zu", "file", 7, (size_t)5),
                     DIGIT_LIMIT);
    assert_int_equal(error.status, DIGIT_LIMIT);
    assert_string_equal(error.message, "file: 7 of 5");
}

TEST(digit_fail_takes_no_error)
{
    assert_int_equal(digit_fail(NULL, DIGIT_IO, "%s", "unread"), DIGIT_IO);
}

TEST(digit_fail_cuts_a_long_message_and_stays_inside)
{
    struct {
        struct digit_error error;
        char guard[16];
    } place;
    memset(&place, '#', sizeof place);
    char text[2 * DIGIT_ERROR_BYTES];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    digit_fail(&place.error, DIGIT_INVALID, "%s", text);
    assert_int_equal(strlen(place.error.message), DIGIT_ERROR_BYTES - 1);
    for (size_t i = 0; i < sizeof place.guard; i++)
        assert_int_equal(place.guard[i], '#');
}

TEST(digit_fail_keeps_a_message_with_foreign_text_on_one_line)
{
    struct digit_error error;
    digit_fail(&error, DIGIT_INVALID, "tensor %s is not in the architecture", "a\nb\x1b[31m\x7f\t");
    assert_string_equal(error.message, "tensor a?b?[31m?? is not in the architecture");
}

TEST(digit_fail_quotes_nothing_that_a_terminal_obeys)
{
    struct digit_error error;
    digit_fail(&error, DIGIT_INVALID, "\"%s\"",
               "\u00e9\xc2\x9b"
               "2J\u202e\u20ac\x9b\xffx\U0001f600\u2066");
    assert_string_equal(error.message, "\"\u00e9?2J?\u20ac??x\U0001f600?\"");
    digit_fail(&error, DIGIT_INVALID, "%.*s", 4, "ab\u20ac");
    assert_string_equal(error.message, "ab??");
}

TEST_MAIN(cmocka_unit_test(digit_fail_returns_the_status_and_writes_it_with_the_message),
          cmocka_unit_test(digit_fail_takes_no_error),
          cmocka_unit_test(digit_fail_cuts_a_long_message_and_stays_inside),
          cmocka_unit_test(digit_fail_keeps_a_message_with_foreign_text_on_one_line),
          cmocka_unit_test(digit_fail_quotes_nothing_that_a_terminal_obeys))
