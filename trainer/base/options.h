/*
 * Command-line options from one table: names, types, limits, defaults and the text of --help.
 *
 *     static const struct option_spec items[] = {
 *         {.name = "epochs", .type = OPTION_COUNT, .offset = offsetof(struct settings, epochs),
 *          .fallback = "30", .min = 1, .max = 1000, .value = "N", .help = "..."}, ...
 *
 * "--name value" and "--name=value" are equivalent. An option may be given once, an OPTION_LIST up
 * to OPTIONS_LIST_MAX times; there are no positional arguments. A value on the command line takes
 * precedence over the environment variable that the table names, which takes precedence over the
 * table's default. Threads: the restrictions of getenv apply.
 */
#ifndef TRAINER_BASE_OPTIONS_H
#define TRAINER_BASE_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

#include <digit/status.h>

#define OPTIONS_MAX      64
#define OPTIONS_LIST_MAX 64

enum option_type {
    OPTION_FLAG,   /* bool; takes no value */
    OPTION_TEXT,   /* const char *, borrowed from argv, the environment or the table; not empty */
    OPTION_COUNT,  /* size_t in decimal digits */
    OPTION_NUMBER, /* double, finite */
    OPTION_CHOICE, /* size_t, index into choices */
    OPTION_LIST,   /* struct option_list: one value for each time the option is given */
};

struct option_list {
    size_t count;
    const char *items[OPTIONS_LIST_MAX]; /* in command-line order; borrowed like a TEXT */
};

struct option_spec {
    const char *name; /* without the dashes */
    enum option_type type;
    size_t offset;              /* of the member that receives the value */
    const char *fallback;       /* the default, as a user would type it; NULL: leave the member */
    double min;                 /* COUNT, NUMBER: inclusive limits */
    double max;                 /* COUNT: up to 2^53 */
    const char *const *choices; /* CHOICE: the allowed values; ends with NULL */
    const char *environment;    /* environment variable that also sets it, or NULL */
    const char *value;          /* placeholder of the value in --help; NULL for flags */
    const char *help;
};

struct option_table {
    const char *usage;   /* "digitd-train --data DIR [options]" */
    const char *summary; /* one sentence */
    const struct option_spec *items;
    size_t count; /* at most OPTIONS_MAX */
};

/*
 * Parses argv[1] to argv[argc - 1] into the struct at `out`; the table's offsets refer to its
 * members. Errors: INVALID (an unknown option, an option given twice, a LIST given too often, a
 * missing value, a value for a flag, a value of the wrong type or out of range, an argument that is
 * not an option); the message names the option, the value and the range.
 */
DIGIT_MUST_CHECK enum digit_status options_parse(void *out, const struct option_table *table,
                                                 int argc, char *const argv[],
                                                 struct digit_error *error);

/* Writes the text of --help to `out`. */
void options_print(FILE *out, const struct option_table *table);

#endif
