#include "cli/options.h"

#include <string.h>

#include "tests/support/failure.h"
#include "tests/test.h"

#define NAME_BYTES 6

struct settings {
    bool flag;
    bool loud;
    const char *folder;
    char name[NAME_BYTES];
    size_t epochs;
    double rate;
    size_t colour;
    struct option_list words;
};

static const char *const colours[] = {"red", "green", "blue", NULL};

/* The text begins with a letter. */
static enum digit_status check_name(const char *text, struct digit_error *reason)
{
    if (*text < 'a' || *text > 'z')
        return digit_fail(reason, DIGIT_INVALID, "must begin with a letter");
    return DIGIT_OK;
}

#define AT(member) .offset = offsetof(struct settings, member)

static const struct option_spec FLAG = {.type = OPTION_FLAG, AT(flag)};
static const struct option_spec LOUD = {.type = OPTION_BOOL, AT(loud)};
static const struct option_spec FOLDER = {.type = OPTION_TEXT, AT(folder)};
static const struct option_spec NAME = {
    .type = OPTION_STRING, AT(name), .min = 2, .max = NAME_BYTES - 1, .check = check_name};
static const struct option_spec EPOCHS = {.type = OPTION_COUNT, AT(epochs), .min = 1, .max = 100};
static const struct option_spec LARGE = {
    .type = OPTION_COUNT, AT(epochs), .max = 9007199254740992.};
static const struct option_spec RATE = {.type = OPTION_NUMBER, AT(rate), .min = 0, .max = 2};
static const struct option_spec COLOUR = {.type = OPTION_CHOICE, AT(colour), .choices = colours};
static const struct option_spec WORDS = {.type = OPTION_LIST, AT(words)};

static struct settings settings;
static struct digit_error error;

static void assert_set(const struct option_spec *spec, const char *text)
{
    error.message[0] = '\0';
    if (option_set(&settings, spec, text, "here", &error) != DIGIT_OK)
        fail_msg("%s", error.message);
}

TEST(every_type_is_stored_in_its_member)
{
    memset(&settings, 0, sizeof settings);
    assert_set(&FLAG, NULL);
    assert_true(settings.flag);
    assert_set(&LOUD, "true");
    assert_true(settings.loud);
    assert_set(&LOUD, "false");
    assert_false(settings.loud);
    assert_set(&FOLDER, "a=b");
    assert_string_equal(settings.folder, "a=b");
    assert_set(&EPOCHS, "7");
    assert_int_equal(settings.epochs, 7);
    assert_set(&RATE, "1.5e-1");
    assert_true(settings.rate == 0.15);
    assert_set(&COLOUR, "blue");
    assert_int_equal(settings.colour, 2);
    assert_set(&WORDS, "one");
    assert_set(&WORDS, "two");
    assert_int_equal(settings.words.count, 2);
    assert_string_equal(settings.words.items[1], "two");
}

TEST(limits_are_allowed_values)
{
    assert_set(&EPOCHS, "1");
    assert_set(&EPOCHS, "100");
    assert_set(&RATE, "0");
    assert_set(&RATE, "2");
    assert_set(&LARGE, "9007199254740992");
    assert_true(settings.epochs == 9007199254740992u);
    assert_failure(option_set(&settings, &LARGE, "9007199254740994", "here", &error), &error,
                   DIGIT_INVALID, "from 0 to 9007199254740992");
}

TEST(a_string_is_copied_within_its_limits)
{
    char text[] = "abcde";
    assert_set(&NAME, text);
    text[0] = 'x';
    assert_string_equal(settings.name, "abcde");
    assert_set(&NAME, "ab");
    assert_failure(option_set(&settings, &NAME, "a", "here", &error), &error, DIGIT_INVALID,
                   "here is 1 bytes long, must be from 2 to 5");
    assert_failure(option_set(&settings, &NAME, "abcdef", "here", &error), &error, DIGIT_INVALID,
                   "here is 6 bytes long, must be from 2 to 5");
    assert_failure(option_set(&settings, &NAME, "9bc", "here", &error), &error, DIGIT_INVALID,
                   "here is \"9bc\", must begin with a letter");
    assert_string_equal(settings.name, "ab");
}

TEST(a_list_is_only_so_long)
{
    memset(&settings, 0, sizeof settings);
    for (size_t i = 0; i < OPTIONS_LIST_MAX; i++)
        assert_set(&WORDS, "on");
    assert_int_equal(settings.words.count, OPTIONS_LIST_MAX);
    assert_failure(option_set(&settings, &WORDS, "on", "here", &error), &error, DIGIT_INVALID,
                   "here is given more than 64 times");
}

#define WHOLE  "must be a whole number from 1 to 100"
#define NUMBER "must be a number from 0 to 2"

TEST(a_wrong_value_is_quoted_with_what_it_must_be)
{
    static const struct {
        const struct option_spec *spec;
        const char *text;
        const char *message;
    } cases[] = {
        {&EPOCHS, "0", "here is \"0\", " WHOLE},
        {&EPOCHS, "101", "here is \"101\", " WHOLE},
        {&EPOCHS, "-1", "here is \"-1\", " WHOLE},
        {&EPOCHS, "+1", "here is \"+1\", " WHOLE},
        {&EPOCHS, "1.0", "here is \"1.0\", " WHOLE},
        {&EPOCHS, "1 ", "here is \"1 \", " WHOLE},
        {&EPOCHS, "0x1", "here is \"0x1\", " WHOLE},
        {&EPOCHS, "", "here is \"\", " WHOLE},
        {&EPOCHS, "99999999999999999999", "here is \"99999999999999999999\", " WHOLE},
        {&EPOCHS, "18446744073709551617", "here is \"18446744073709551617\", " WHOLE},
        {&RATE, "-0.1", "here is \"-0.1\", " NUMBER},
        {&RATE, "2.1", "here is \"2.1\", " NUMBER},
        {&RATE, "nan", "here is \"nan\", " NUMBER},
        {&RATE, "inf", "here is \"inf\", " NUMBER},
        {&RATE, "0x1", "here is \"0x1\", " NUMBER},
        {&RATE, "1e", "here is \"1e\", " NUMBER},
        {&RATE, " 1", "here is \" 1\", " NUMBER},
        {&RATE, "1e999", "here is \"1e999\", " NUMBER},
        {&RATE, "", "here is \"\", " NUMBER},
        {&LOUD, "1", "here is \"1\", must be true or false"},
        {&LOUD, "True", "here is \"True\", must be true or false"},
        {&COLOUR, "pink", "here is \"pink\", must be red, green or blue"},
        {&COLOUR, "re", "here is \"re\", must be red, green or blue"},
        {&FOLDER, "", "here is \"\", must not be empty"},
        {&WORDS, "", "here is \"\", must not be empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memset(&settings, 0, sizeof settings);
        assert_int_equal(option_set(&settings, cases[i].spec, cases[i].text, "here", &error),
                         DIGIT_INVALID);
        assert_string_equal(error.message, cases[i].message);
    }
}

TEST(a_long_value_is_cut_and_a_control_character_is_replaced)
{
    char text[201];
    memset(text, 'a', sizeof text - 1);
    text[200] = '\0';
    assert_failure(option_set(&settings, &COLOUR, text, "here", &error), &error, DIGIT_INVALID,
                   "aaa...\", must be red, green or blue");
    assert_failure(option_set(&settings, &COLOUR, "a\nb\x7f\x1b[0m", "here", &error), &error,
                   DIGIT_INVALID, "here is \"a?b??[0m\", must be");
}

TEST_MAIN(cmocka_unit_test(every_type_is_stored_in_its_member),
          cmocka_unit_test(limits_are_allowed_values),
          cmocka_unit_test(a_string_is_copied_within_its_limits),
          cmocka_unit_test(a_list_is_only_so_long),
          cmocka_unit_test(a_wrong_value_is_quoted_with_what_it_must_be),
          cmocka_unit_test(a_long_value_is_cut_and_a_control_character_is_replaced))
