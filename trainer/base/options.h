/*
 * Command lines from one table: what a program takes, between which limits, and what --help says.
 *
 *     static const struct option_spec items[] = {
 *         {.name = "epochs", .type = OPTION_COUNT, .offset = offsetof(struct settings, epochs),
 *          .fallback = "30", .min = 1, .max = 1000, .value = "N", .help = "..."}, ...
 *
 * "--name value" and "--name=value" are the same; an option stands once, a LIST as often as one
 * likes; there are no positional arguments. A value comes from the command line, else from the environment variable that the table
 * names, else from the table. Threads: as getenv.
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
    OPTION_LIST,   /* struct option_list: a value for each time that it is given */
};

struct option_list {
    size_t count;
    const char *items[OPTIONS_LIST_MAX]; /* in the command line's order; borrowed as a TEXT is */
};

struct option_spec {
    const char *name; /* without the dashes */
    enum option_type type;
    size_t offset;              /* of the member that takes the value */
    const char *fallback;       /* the default, as it would be typed; NULL leaves zero or NULL */
    double min;                 /* COUNT and NUMBER: both limits are allowed values */
    double max;                 /* COUNT: up to 2^53 */
    const char *const *choices; /* CHOICE: ends with NULL */
    const char *environment;    /* variable that gives it too, or NULL */
    const char *value;          /* what --help calls the value; NULL for flags */
    const char *help;
};

struct option_table {
    const char *usage;   /* "digitd-train --data DIR [options]" */
    const char *summary; /* one sentence */
    const struct option_spec *items;
    size_t count; /* at most OPTIONS_MAX */
};

/*
 * Fills the struct at `out`, which the table's offsets are into. Errors: INVALID (unknown option,
 * one given twice, a LIST given too often, no value or one where none is taken, a wrong type, out
 * of range, an argument that is no option); the message names option, value and range.
 */
DIGIT_MUST_CHECK enum digit_status options_parse(void *out, const struct option_table *table,
                                                 int argc, char *const argv[],
                                                 struct digit_error *error);

/* Writes what --help shows. */
void options_print(FILE *out, const struct option_table *table);

#endif
