#include "trainer/base/options.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

#define MAX_ARGUMENTS (2 * OPTIONS_LIST_MAX + 2)
#define VARIABLE      "DIGITD_TEST_FOLDER"

struct settings {
    bool loud;
    const char *folder;
    size_t epochs;
    double rate;
    size_t colour;
    struct option_list words;
};

static const char *const COLOURS[] = {"red", "green", NULL};

static const struct option_spec ITEMS[] = {
    {.name = "loud",
     .type = OPTION_FLAG,
     .offset = offsetof(struct settings, loud),
     .help = "shout"},
    {.name = "folder",
     .type = OPTION_TEXT,
     .offset = offsetof(struct settings, folder),
     .environment = VARIABLE,
     .value = "DIR",
     .help = "where"},
    {.name = "epochs",
     .type = OPTION_COUNT,
     .offset = offsetof(struct settings, epochs),
     .fallback = "30",
     .min = 1,
     .max = 100,
     .value = "N",
     .help = "how often"},
    {.name = "rate",
     .type = OPTION_NUMBER,
     .offset = offsetof(struct settings, rate),
     .fallback = "0.5",
     .min = 0,
     .max = 2,
     .value = "X",
     .help = "how fast"},
    {.name = "colour",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct settings, colour),
     .fallback = "green",
     .choices = COLOURS,
     .value = "NAME",
     .help = "which"},
    {.name = "word",
     .type = OPTION_LIST,
     .offset = offsetof(struct settings, words),
     .value = "WORD",
     .help = "says it; repeatable"},
};

static const struct option_table TABLE = {
    .usage = "test [options]", .summary = "Tests.", .items = ITEMS, .count = 6};

/* Parses up to MAX_ARGUMENTS arguments, the last followed by NULL. */
static enum digit_status parse(struct settings *out, const char *const *arguments,
                               struct digit_error *error)
{
    static char name[] = "test";
    static char texts[MAX_ARGUMENTS][64];
    char *argv[MAX_ARGUMENTS + 2] = {name};
    int argc = 1;
    for (; arguments[argc - 1] != NULL; argc++) {
        snprintf(texts[argc - 1], sizeof texts[0], "%s", arguments[argc - 1]);
        argv[argc] = texts[argc - 1];
    }
    memset(out, 0, sizeof *out);
    return options_parse(out, &TABLE, argc, argv, error);
}

TEST(defaults_come_from_the_table)
{
    struct settings settings;
    assert_int_equal(parse(&settings, (const char *[]){NULL}, NULL), DIGIT_OK);
    assert_false(settings.loud);
    assert_null(settings.folder);
    assert_int_equal(settings.epochs, 30);
    assert_true(settings.rate == 0.5);
    assert_int_equal(settings.colour, 1);
}

TEST(both_forms_of_a_value_are_accepted)
{
    struct settings settings;
    const char *arguments[] = {"--epochs", "7",        "--rate=1.5e-1", "--colour=red",
                               "--loud",   "--folder", "a=b",           NULL};
    assert_int_equal(parse(&settings, arguments, NULL), DIGIT_OK);
    assert_true(settings.loud);
    assert_string_equal(settings.folder, "a=b");
    assert_int_equal(settings.epochs, 7);
    assert_true(settings.rate == 0.15);
    assert_int_equal(settings.colour, 0);
}

TEST(a_list_keeps_every_value_in_order)
{
    struct settings settings;
    const char *arguments[] = {"--word", "one", "--loud", "--word=two=2", "--word", "one", NULL};
    assert_int_equal(parse(&settings, arguments, NULL), DIGIT_OK);
    assert_int_equal(settings.words.count, 3);
    assert_string_equal(settings.words.items[0], "one");
    assert_string_equal(settings.words.items[1], "two=2");
    assert_string_equal(settings.words.items[2], "one");
}

TEST(a_list_has_a_maximum_length)
{
    struct settings settings;
    struct digit_error error;
    const char *arguments[OPTIONS_LIST_MAX + 2] = {NULL};
    for (size_t i = 0; i < OPTIONS_LIST_MAX; i++)
        arguments[i] = "--word=on";
    assert_int_equal(parse(&settings, arguments, &error), DIGIT_OK);
    assert_int_equal(settings.words.count, OPTIONS_LIST_MAX);
    arguments[OPTIONS_LIST_MAX] = "--word=on";
    assert_int_equal(parse(&settings, arguments, &error), DIGIT_INVALID);
    assert_string_equal(error.message, "--word: given more than 64 times");
}

TEST(limits_are_inclusive)
{
    struct settings settings;
    const char *low[] = {"--epochs", "1", "--rate", "0", NULL};
    const char *high[] = {"--epochs", "100", "--rate", "2", NULL};
    assert_int_equal(parse(&settings, low, NULL), DIGIT_OK);
    assert_int_equal(parse(&settings, high, NULL), DIGIT_OK);
}

TEST(the_command_line_overrides_the_environment)
{
    struct settings settings;
    setenv(VARIABLE, "there", 1);
    assert_int_equal(parse(&settings, (const char *[]){NULL}, NULL), DIGIT_OK);
    assert_string_equal(settings.folder, "there");
    assert_int_equal(parse(&settings, (const char *[]){"--folder", "here", NULL}, NULL), DIGIT_OK);
    assert_string_equal(settings.folder, "here");
    unsetenv(VARIABLE);
}

TEST(an_empty_environment_variable_is_reported)
{
    struct settings settings;
    struct digit_error error;
    setenv(VARIABLE, "", 1);
    assert_int_equal(parse(&settings, (const char *[]){NULL}, &error), DIGIT_INVALID);
    assert_string_equal(error.message, VARIABLE ": must not be empty");
    unsetenv(VARIABLE);
}

TEST(invalid_arguments_are_reported)
{
    static const struct {
        const char *arguments[4];
        const char *message;
    } cases[] = {
        {{"--epoch", "3"}, "\"--epoch\" is not an option, see --help"},
        {{"--epochsx=3"}, "\"--epochsx=3\" is not an option, see --help"},
        {{"epochs"}, "\"epochs\" is not an option, see --help"},
        {{"-epochs", "3"}, "\"-epochs\" is not an option, see --help"},
        {{"--"}, "\"--\" is not an option, see --help"},
        {{"--epochs"}, "--epochs needs a value (N)"},
        {{"--loud=yes"}, "--loud takes no value, got \"yes\""},
        {{"--loud", "--loud"}, "--loud is given twice"},
        {{"--rate=1", "--rate=1"}, "--rate is given twice"},
        {{"--folder="}, "--folder: must not be empty"},
        {{"--word="}, "--word: must not be empty"},
        {{"--word"}, "--word needs a value (WORD)"},
        {{"--epochs", "0"}, "--epochs: \"0\" is not a whole number from 1 to 100"},
        {{"--epochs", "101"}, "--epochs: \"101\" is not a whole number from 1 to 100"},
        {{"--epochs", "-1"}, "--epochs: \"-1\" is not a whole number from 1 to 100"},
        {{"--epochs", "+1"}, "--epochs: \"+1\" is not a whole number from 1 to 100"},
        {{"--epochs", "1.0"}, "--epochs: \"1.0\" is not a whole number from 1 to 100"},
        {{"--epochs", "1 "}, "--epochs: \"1 \" is not a whole number from 1 to 100"},
        {{"--epochs="}, "--epochs: \"\" is not a whole number from 1 to 100"},
        {{"--epochs", "99999999999999999999"},
         "--epochs: \"99999999999999999999\" is not a whole number from 1 to 100"},
        {{"--rate", "-0.1"}, "--rate: \"-0.1\" is not a number from 0 to 2"},
        {{"--rate", "2.1"}, "--rate: \"2.1\" is not a number from 0 to 2"},
        {{"--rate", "nan"}, "--rate: \"nan\" is not a number from 0 to 2"},
        {{"--rate", "inf"}, "--rate: \"inf\" is not a number from 0 to 2"},
        {{"--rate", "0x1"}, "--rate: \"0x1\" is not a number from 0 to 2"},
        {{"--rate", "1e"}, "--rate: \"1e\" is not a number from 0 to 2"},
        {{"--rate", "1e999"}, "--rate: \"1e999\" is not a number from 0 to 2"},
        {{"--rate="}, "--rate: \"\" is not a number from 0 to 2"},
        {{"--colour", "blue"}, "--colour: \"blue\" is not one of red, green"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct settings settings;
        struct digit_error error;
        assert_int_equal(parse(&settings, cases[i].arguments, &error), DIGIT_INVALID);
        assert_string_equal(error.message, cases[i].message);
    }
}

TEST(help_shows_ranges_choices_and_defaults)
{
    char *text;
    size_t size_bytes;
    FILE *out = open_memstream(&text, &size_bytes);
    assert_non_null(out);
    options_print(out, &TABLE);
    fclose(out);
    assert_string_equal(text,
                        "Usage: test [options]\n\nTests.\n\n"
                        "  --loud                      shout\n"
                        "  --folder DIR                where (or " VARIABLE " in the environment)\n"
                        "  --epochs N                  how often (1 to 100; default 30)\n"
                        "  --rate X                    how fast (0 to 2; default 0.5)\n"
                        "  --colour NAME               which (red, green; default green)\n"
                        "  --word WORD                 says it; repeatable\n");
    free(text);
}

TEST_MAIN(cmocka_unit_test(defaults_come_from_the_table),
          cmocka_unit_test(both_forms_of_a_value_are_accepted),
          cmocka_unit_test(a_list_keeps_every_value_in_order),
          cmocka_unit_test(a_list_has_a_maximum_length), cmocka_unit_test(limits_are_inclusive),
          cmocka_unit_test(the_command_line_overrides_the_environment),
          cmocka_unit_test(an_empty_environment_variable_is_reported),
          cmocka_unit_test(invalid_arguments_are_reported),
          cmocka_unit_test(help_shows_ranges_choices_and_defaults))
