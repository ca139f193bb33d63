#include "cli/options.h"

#include <string.h>

#include "core/base/file.h"
#include "tests/support/failure.h"
#include "tests/support/temp_folder.h"
#include "tests/test.h"

#define NAME_BYTES 6

struct settings {
    bool loud;
    bool quiet;
    char name[NAME_BYTES];
    size_t max_epochs;
    double rate;
    size_t colour;
};

static const char *const COLOURS[] = {"red", "green", NULL};

#define AT(member) offsetof(struct settings, member)

static const struct option_spec ITEMS[] = {
    {.name = "loud", .type = OPTION_FLAG, .offset = AT(loud), .help = "shout"},
    {.name = "quiet", .type = OPTION_BOOL, .offset = AT(quiet), .value = "BOOL", .help = "whisper"},
    {.name = "name",
     .type = OPTION_STRING,
     .offset = AT(name),
     .min = 1,
     .max = NAME_BYTES - 1,
     .value = "NAME",
     .help = "who"},
    {.name = "max_epochs",
     .type = OPTION_COUNT,
     .offset = AT(max_epochs),
     .fallback = "30",
     .min = 1,
     .max = 9007199254740992,
     .value = "N",
     .help = "how often"},
    {.name = "rate",
     .type = OPTION_NUMBER,
     .offset = AT(rate),
     .fallback = "0.5",
     .max = 2,
     .value = "X",
     .help = "how fast"},
    {.name = "colour",
     .type = OPTION_CHOICE,
     .offset = AT(colour),
     .fallback = "green",
     .choices = COLOURS,
     .value = "NAME",
     .help = "which"},
    {.name = "config", .type = OPTION_FILE, .value = "FILE", .help = "file of settings"},
    OPTION_HELP_ITEM,
};

static const struct option_table TABLE = {
    .prefix = "DIGITD_", .items = ITEMS, .count = sizeof ITEMS / sizeof ITEMS[0]};

static struct settings settings;
static struct digit_error error;
static char path[TEMP_FOLDER_PATH_BYTES];

static enum digit_status read_text(void **state, const char *text)
{
    struct file_part part = {text, strlen(text)};
    temp_folder_path(path, state, "settings.json");
    assert_int_equal(file_write(path, &part, 1, NULL), DIGIT_OK);
    memset(&settings, 0, sizeof settings);
    error.message[0] = '\0';
    return options_read_file(&settings, &TABLE, path, &error);
}

static void every_setting_is_a_member(void **state)
{
    assert_int_equal(read_text(state, "{\"quiet\": true, \"name\": \"abc\", \"max_epochs\": 7,"
                                      " \"rate\": 0.1, \"colour\": \"green\"}"),
                     DIGIT_OK);
    assert_true(settings.quiet);
    assert_string_equal(settings.name, "abc");
    assert_int_equal(settings.max_epochs, 7);
    assert_true(settings.rate == 0.1);
    assert_int_equal(settings.colour, 1);
    assert_int_equal(read_text(state, "{\"max_epochs\": 9007199254740992, \"quiet\": false}"),
                     DIGIT_OK);
    assert_true(settings.max_epochs == 9007199254740992u);
    assert_int_equal(read_text(state, "{\"max_epochs\": 1e2}"), DIGIT_OK);
    assert_int_equal(settings.max_epochs, 100);
}

static void keys_that_are_missing_change_nothing(void **state)
{
    assert_int_equal(read_text(state, "{}"), DIGIT_OK);
    static const struct settings untouched;
    assert_memory_equal(&settings, &untouched, sizeof settings);
}

static void what_does_not_fit_is_named_with_the_file(void **state)
{
    static const struct {
        const char *text;
        enum digit_status status;
        const char *message;
    } cases[] = {
        {"", DIGIT_MALFORMED, "settings.json: "},
        {"{} {}", DIGIT_MALFORMED, "settings.json: "},
        {"{\"rate\": 1, \"rate\": 1}", DIGIT_MALFORMED, "key \"rate\" is given twice"},
        {"[]", DIGIT_INVALID, "settings.json"},
        {"{\"speed\": 1}", DIGIT_INVALID, "settings.json: unknown key \"speed\""},
        {"{\"loud\": true}", DIGIT_INVALID, "unknown key \"loud\""},
        {"{\"config\": \"x\"}", DIGIT_INVALID, "unknown key \"config\""},
        {"{\"help\": true}", DIGIT_INVALID, "unknown key \"help\""},
        {"{\"max-epochs\": 1}", DIGIT_INVALID, "unknown key \"max-epochs\""},
        {"{\"max_epochs\": 0}", DIGIT_INVALID,
         "settings.json: \"max_epochs\" is \"0\", must be a whole number from 1 to "},
        {"{\"max_epochs\": -1}", DIGIT_INVALID, "\"max_epochs\" is \"-1\", must be a whole"},
        {"{\"max_epochs\": 1.5}", DIGIT_INVALID, "\"max_epochs\" is \"1.5\", must be a whole"},
        {"{\"max_epochs\": 1e20}", DIGIT_INVALID, "\"max_epochs\" is \"1e+20\", must be a whole"},
        {"{\"max_epochs\": \"1\"}", DIGIT_INVALID, "\"max_epochs\" must be a whole number from 1"},
        {"{\"max_epochs\": null}", DIGIT_INVALID, "\"max_epochs\" must be a whole number from 1"},
        {"{\"rate\": 2.5}", DIGIT_INVALID, "\"rate\" is \"2.5\", must be a number from 0 to 2"},
        {"{\"rate\": []}", DIGIT_INVALID, "\"rate\" must be a number from 0 to 2"},
        {"{\"rate\": 1e999}", DIGIT_INVALID, "\"rate\" is \"inf\", must be a number from 0 to 2"},
        {"{\"quiet\": 1}", DIGIT_INVALID, "\"quiet\" must be true or false"},
        {"{\"quiet\": \"true\"}", DIGIT_INVALID, "\"quiet\" must be true or false"},
        {"{\"colour\": \"blue\"}", DIGIT_INVALID, "\"colour\" is \"blue\", must be red or green"},
        {"{\"colour\": 1}", DIGIT_INVALID, "\"colour\" must be a string"},
        {"{\"name\": \"\"}", DIGIT_INVALID, "\"name\" is 0 bytes long, must be from 1 to 5"},
        {"{\"name\": \"abcdef\"}", DIGIT_INVALID, "\"name\" is 6 bytes long, must be from 1 to 5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_failure(read_text(state, cases[i].text), &error, cases[i].status, cases[i].message);
}

static void the_end_of_a_long_file_name_and_the_reason_fit_in_one_message(void **state)
{
    char longer[600];
    assert_int_equal(read_text(state, "{\"speed\": 3}"), DIGIT_INVALID);
    memset(longer, '/', 300); /* a longer name of the same file */
    snprintf(longer + 300, sizeof longer - 300, "%s", path);
    assert_failure(options_read_file(&settings, &TABLE, longer, &error), &error, DIGIT_INVALID,
                   "/settings.json: unknown key \"speed\"");
}

static enum digit_status load(const char *flag, const char *variable)
{
    static char texts[3][TEMP_FOLDER_PATH_BYTES + 32];
    char *argv[] = {(char[]){"test"}, texts[0], NULL};
    char *environment[] = {variable != NULL ? texts[1] : NULL, NULL};
    unsigned action;
    snprintf(texts[0], sizeof texts[0], "%s", flag != NULL ? flag : "");
    snprintf(texts[1], sizeof texts[1], "%s", variable != NULL ? variable : "");
    memset(&settings, 0, sizeof settings);
    return options_load(&settings, &action, &TABLE, flag != NULL ? 2 : 1, argv, environment,
                        &error);
}

static void the_file_is_over_the_defaults_and_under_all_else(void **state)
{
    char flag[TEMP_FOLDER_PATH_BYTES + 16];
    char variable[TEMP_FOLDER_PATH_BYTES + 16];
    assert_int_equal(read_text(state, "{\"max_epochs\": 3}"), DIGIT_OK);
    snprintf(flag, sizeof flag, "--config=%s", path);
    snprintf(variable, sizeof variable, "DIGITD_CONFIG=%s", path);
    assert_int_equal(load(NULL, NULL), DIGIT_OK);
    assert_int_equal(settings.max_epochs, 30);
    assert_int_equal(load(flag, NULL), DIGIT_OK);
    assert_int_equal(settings.max_epochs, 3);
    assert_true(settings.rate == 0.5);
    assert_int_equal(load(NULL, variable), DIGIT_OK);
    assert_int_equal(settings.max_epochs, 3);
    assert_int_equal(load(flag, "DIGITD_MAX_EPOCHS=4"), DIGIT_OK);
    assert_int_equal(settings.max_epochs, 4);
    assert_int_equal(load("--max-epochs=5", variable), DIGIT_OK);
    assert_int_equal(settings.max_epochs, 5);
    assert_int_equal(load(flag, "DIGITD_CONFIG=/nowhere"), DIGIT_OK);
    assert_int_equal(settings.max_epochs, 3);
    assert_failure(load(NULL, "DIGITD_CONFIG=/nowhere"), &error, DIGIT_IO, "/nowhere");
    assert_failure(load("--config=/nowhere", variable), &error, DIGIT_IO, "/nowhere");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, temp_folder_make, temp_folder_remove)

TEST_MAIN(CASE(every_setting_is_a_member), CASE(keys_that_are_missing_change_nothing),
          CASE(what_does_not_fit_is_named_with_the_file),
          CASE(the_end_of_a_long_file_name_and_the_reason_fit_in_one_message),
          CASE(the_file_is_over_the_defaults_and_under_all_else))
