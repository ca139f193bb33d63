#include "cli/options.h"

#include <string.h>

#include "tests/test.h"

#define MAX_ARGUMENTS (2 * OPTIONS_LIST_MAX + 2)
#define CHECK         OPTIONS_OTHER

struct settings {
    bool loud;
    const char *folder;
    size_t max_epochs;
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
     .variable = "TEST_FOLDER",
     .value = "DIR",
     .help = "where"},
    {.name = "max_epochs",
     .type = OPTION_COUNT,
     .offset = offsetof(struct settings, max_epochs),
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
    {.name = "check", .type = OPTION_ACTION, .action = CHECK, .help = "check and exit"},
    OPTION_HELP_ITEM,
    OPTION_VERSION_ITEM,
};

#define COUNT (sizeof ITEMS / sizeof ITEMS[0])

static const struct option_table ALONE = {.items = ITEMS, .count = COUNT};
static const struct option_table PREFIXED = {.prefix = "DIGITD_", .items = ITEMS, .count = COUNT};

static struct settings settings;
static unsigned action;
static struct digit_error error;

/* Loads from up to MAX_ARGUMENTS arguments and from variables; each list ends in NULL. */
static enum digit_status load(const struct option_table *table, const char *const *arguments,
                              const char *const *variables)
{
    static char texts[MAX_ARGUMENTS][64];
    static char assignments[8][64];
    char *argv[MAX_ARGUMENTS + 2] = {(char[]){"test"}};
    char *environment[9] = {NULL};
    int argc = 1;
    for (; arguments[argc - 1] != NULL; argc++) {
        snprintf(texts[argc - 1], sizeof texts[0], "%s", arguments[argc - 1]);
        argv[argc] = texts[argc - 1];
    }
    for (size_t i = 0; variables[i] != NULL; i++) {
        snprintf(assignments[i], sizeof assignments[0], "%s", variables[i]);
        environment[i] = assignments[i];
    }
    memset(&settings, 0, sizeof settings);
    error.message[0] = '\0';
    return options_load(&settings, &action, table, argc, argv, environment, &error);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NONE      ((const char *const[]){NULL})

static void assert_refused(enum digit_status status, const char *message)
{
    assert_int_equal(status, DIGIT_INVALID);
    assert_string_equal(error.message, message);
}

TEST(defaults_come_from_the_table)
{
    assert_int_equal(load(&ALONE, NONE, NONE), DIGIT_OK);
    assert_int_equal(action, OPTIONS_RUN);
    assert_false(settings.loud);
    assert_null(settings.folder);
    assert_int_equal(settings.max_epochs, 30);
    assert_true(settings.rate == 0.5);
    assert_int_equal(settings.colour, 1);
}

TEST(both_ways_of_writing_a_value_are_taken)
{
    assert_int_equal(load(&ALONE,
                          LIST("--max-epochs", "7", "--rate=1.5e-1", "--colour=red", "--loud",
                               "--folder", "a=b"),
                          NONE),
                     DIGIT_OK);
    assert_true(settings.loud);
    assert_string_equal(settings.folder, "a=b");
    assert_int_equal(settings.max_epochs, 7);
    assert_true(settings.rate == 0.15);
    assert_int_equal(settings.colour, 0);
}

TEST(a_list_takes_every_value_in_order)
{
    assert_int_equal(
        load(&ALONE, LIST("--word", "one", "--loud", "--word=two=2", "--word", "one"), NONE),
        DIGIT_OK);
    assert_int_equal(settings.words.count, 3);
    assert_string_equal(settings.words.items[0], "one");
    assert_string_equal(settings.words.items[1], "two=2");
    assert_string_equal(settings.words.items[2], "one");
}

TEST(a_list_is_only_so_long)
{
    const char *arguments[OPTIONS_LIST_MAX + 2] = {NULL};
    for (size_t i = 0; i < OPTIONS_LIST_MAX; i++)
        arguments[i] = "--word=on";
    assert_int_equal(load(&ALONE, arguments, NONE), DIGIT_OK);
    assert_int_equal(settings.words.count, OPTIONS_LIST_MAX);
    arguments[OPTIONS_LIST_MAX] = "--word=on";
    assert_refused(load(&ALONE, arguments, NONE), "--word is given more than 64 times");
}

TEST(the_command_line_is_over_the_environment)
{
    assert_int_equal(load(&ALONE, NONE, LIST("HOME=/", "TEST_FOLDER=there")), DIGIT_OK);
    assert_string_equal(settings.folder, "there");
    assert_int_equal(load(&ALONE, LIST("--folder", "here"), LIST("TEST_FOLDER=there")), DIGIT_OK);
    assert_string_equal(settings.folder, "here");
    assert_refused(load(&ALONE, NONE, LIST("TEST_FOLDER=")),
                   "TEST_FOLDER is \"\", must not be empty");
}

TEST(a_prefix_gives_every_setting_a_variable)
{
    const char *const *variables =
        LIST("=x", "DIGITD_MAX_EPOCHS=3", "TEST_FOLDER=there", "DIGITD_COLOUR=red");
    assert_int_equal(load(&PREFIXED, LIST("--rate=1"), variables), DIGIT_OK);
    assert_int_equal(settings.max_epochs, 3);
    assert_int_equal(settings.colour, 0);
    assert_string_equal(settings.folder, "there");
    assert_int_equal(load(&ALONE, NONE, LIST("DIGITD_MAX_EPOCHS=3")), DIGIT_OK);
    assert_int_equal(settings.max_epochs, 30);
    assert_refused(load(&PREFIXED, NONE, LIST("DIGITD_MAX_EPOCHS=0")),
                   "DIGITD_MAX_EPOCHS is \"0\", must be a whole number from 1 to 100");
}

TEST(an_unknown_variable_with_the_prefix_is_refused)
{
    static const char *const unknown[] = {"DIGITD_EPOCHS", "DIGITD_",     "DIGITD_LOUD",
                                          "DIGITD_WORD",   "DIGITD_HELP", "DIGITD_FOLDER"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        char assignment[32];
        char message[96];
        snprintf(assignment, sizeof assignment, "%s=1", unknown[i]);
        snprintf(message, sizeof message, "unknown environment variable \"%s\"", unknown[i]);
        assert_refused(load(&PREFIXED, NONE, LIST(assignment)), message);
    }
    assert_int_equal(load(&PREFIXED, NONE, LIST("digitd_rate=9")), DIGIT_OK);
}

TEST(variables_of_a_service_are_left_alone)
{
    assert_int_equal(load(&PREFIXED, NONE,
                          LIST("DIGITD_SERVICE_HOST=10.0.0.1", "DIGITD_PORT=tcp://10.0.0.1:80",
                               "DIGITD_RATE=1", "DIGITD_PORT_80_TCP_ADDR=10.0.0.1")),
                     DIGIT_OK);
    assert_true(settings.rate == 1);
    assert_refused(load(&PREFIXED, NONE, LIST("DIGITD_PORT=80")),
                   "unknown environment variable \"DIGITD_PORT\"");
}

TEST(only_one_action_can_be_given)
{
    assert_int_equal(load(&ALONE, LIST("--loud", "--check"), NONE), DIGIT_OK);
    assert_int_equal(action, CHECK);
    assert_true(settings.loud);
    assert_int_equal(load(&ALONE, LIST("--help"), NONE), DIGIT_OK);
    assert_int_equal(action, OPTIONS_HELP);
    assert_int_equal(load(&ALONE, LIST("-h"), NONE), DIGIT_OK);
    assert_int_equal(action, OPTIONS_HELP);
    assert_int_equal(load(&ALONE, LIST("--version"), NONE), DIGIT_OK);
    assert_int_equal(action, OPTIONS_VERSION);
    assert_refused(load(&ALONE, LIST("--check", "-h"), NONE),
                   "--check and --help cannot be combined");
    assert_refused(load(&ALONE, LIST("-h", "--help"), NONE), "--help is given twice");
}

TEST(with_help_and_version_only_flags_are_read)
{
    static const char *const actions[] = {"--help", "-h", "--version"};
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        assert_int_equal(
            load(&PREFIXED, LIST("--max-epochs=0", actions[i]), LIST("DIGITD_UNKNOWN=1")),
            DIGIT_OK);
        assert_int_equal(settings.max_epochs, 30);
        assert_int_equal(load(&PREFIXED, LIST(actions[i], "--unknown"), NONE), DIGIT_INVALID);
    }
    assert_int_equal(load(&PREFIXED, LIST("--check"), LIST("DIGITD_UNKNOWN=1")), DIGIT_INVALID);
}

TEST(whatever_does_not_fit_is_named)
{
    static const struct {
        const char *arguments[4];
        const char *message;
    } cases[] = {
        {{"--epoch", "3"}, "unknown option \"--epoch\"; --help lists all options"},
        {{"--ratex=3"}, "unknown option \"--ratex=3\"; --help lists all options"},
        {{"--max_epochs", "3"}, "unknown option \"--max_epochs\"; --help lists all options"},
        {{"rate"}, "unknown option \"rate\"; --help lists all options"},
        {{"-rate", "3"}, "unknown option \"-rate\"; --help lists all options"},
        {{"--"}, "unknown option \"--\"; --help lists all options"},
        {{""}, "unknown option \"\"; --help lists all options"},
        {{"-h=1"}, "unknown option \"-h=1\"; --help lists all options"},
        {{"--rate"}, "--rate needs a value (X)"},
        {{"--word"}, "--word needs a value (WORD)"},
        {{"--loud=yes"}, "--loud takes no value, but \"yes\" is given"},
        {{"--help=yes"}, "--help takes no value, but \"yes\" is given"},
        {{"--loud", "--loud"}, "--loud is given twice"},
        {{"--rate=1", "--rate=1"}, "--rate is given twice"},
        {{"--folder="}, "--folder is \"\", must not be empty"},
        {{"--word="}, "--word is \"\", must not be empty"},
        {{"--max-epochs", "101"}, "--max-epochs is \"101\", must be a whole number from 1 to 100"},
        {{"--rate", "2.1"}, "--rate is \"2.1\", must be a number from 0 to 2"},
        {{"--colour", "blue"}, "--colour is \"blue\", must be red or green"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(load(&ALONE, cases[i].arguments, NONE), cases[i].message);
}

TEST_MAIN(cmocka_unit_test(defaults_come_from_the_table),
          cmocka_unit_test(both_ways_of_writing_a_value_are_taken),
          cmocka_unit_test(a_list_takes_every_value_in_order),
          cmocka_unit_test(a_list_is_only_so_long),
          cmocka_unit_test(the_command_line_is_over_the_environment),
          cmocka_unit_test(a_prefix_gives_every_setting_a_variable),
          cmocka_unit_test(an_unknown_variable_with_the_prefix_is_refused),
          cmocka_unit_test(variables_of_a_service_are_left_alone),
          cmocka_unit_test(only_one_action_can_be_given),
          cmocka_unit_test(with_help_and_version_only_flags_are_read),
          cmocka_unit_test(whatever_does_not_fit_is_named))
