#include "cli/options.h"

#include <stdlib.h>

#include "tests/test.h"

static const char *const COLOURS[] = {"red", "green", NULL};

static const struct option_spec ITEMS[] = {
    {.name = "loud", .type = OPTION_FLAG, .help = "shout"},
    {.name = "folder",
     .type = OPTION_TEXT,
     .variable = "TEST_FOLDER",
     .value = "DIR",
     .help = "where"},
    {.name = "listen",
     .type = OPTION_STRING,
     .fallback = "[::1]:80",
     .value = "ADDRESS",
     .help = "to whom"},
    {.name = "max_epochs",
     .type = OPTION_COUNT,
     .fallback = "30",
     .min = 1,
     .max = 17179869184,
     .value = "N",
     .help = "how often"},
    {.name = "rate",
     .type = OPTION_NUMBER,
     .fallback = "0.5",
     .max = 2.5,
     .value = "X",
     .help = "how fast"},
    {.name = "quiet",
     .type = OPTION_BOOL,
     .fallback = "true",
     .value = "BOOL",
     .help = "do not shout"},
    {.name = "colour_of_the_whole_house",
     .type = OPTION_CHOICE,
     .fallback = "green",
     .choices = COLOURS,
     .value = "NAME",
     .help = "which"},
    {.name = "word", .type = OPTION_LIST, .value = "WORD", .help = "says it; repeatable"},
    {.name = "config", .type = OPTION_FILE, .value = "FILE", .help = "file of settings"},
    OPTION_HELP_ITEM,
    OPTION_VERSION_ITEM,
};

static char *help_of(const struct option_table *table)
{
    char *text;
    size_t size_bytes;
    FILE *out = open_memstream(&text, &size_bytes);
    assert_non_null(out);
    options_print_help(out, table);
    fclose(out);
    return text;
}

TEST(help_shows_ranges_choices_and_defaults)
{
    const struct option_table table = {.usage = "test [options]",
                                       .summary = "Tests.",
                                       .items = ITEMS,
                                       .count = sizeof ITEMS / sizeof ITEMS[0]};
    char *text = help_of(&table);
    assert_string_equal(text,
                        "Usage: test [options]\n\nTests.\n\n"
                        "  --loud                      shout\n"
                        "  --folder DIR                where (or TEST_FOLDER in the environment)\n"
                        "  --listen ADDRESS            to whom (default [::1]:80)\n"
                        "  --max-epochs N              how often (1 to 17179869184; default 30)\n"
                        "  --rate X                    how fast (0 to 2.5; default 0.5)\n"
                        "  --quiet BOOL                do not shout (true, false; default true)\n"
                        "  --colour-of-the-whole-house NAME which (red, green; default green)\n"
                        "  --word WORD                 says it; repeatable\n"
                        "  --config FILE               file of settings\n"
                        "  -h, --help                  print this help and exit\n"
                        "  --version                   print the version and exit\n");
    free(text);
}

TEST(notes_follow_the_options)
{
    const struct option_table table = {.usage = "test",
                                       .summary = "Tests.",
                                       .notes = "Flags override variables.\n",
                                       .items = ITEMS,
                                       .count = 1};
    char *text = help_of(&table);
    assert_string_equal(text, "Usage: test\n\nTests.\n\n"
                              "  --loud                      shout\n"
                              "\nFlags override variables.\n");
    free(text);
}

TEST_MAIN(cmocka_unit_test(help_shows_ranges_choices_and_defaults),
          cmocka_unit_test(notes_follow_the_options))
