/*
 * The options of a program: one table says what the program takes, within which limits, and what
 * --help shows. A flag overrides an environment variable, a variable overrides the configuration
 * file, the file overrides the table's default.
 *
 *     static const struct option_spec items[] = {
 *         {.name = "max_epochs", .type = OPTION_COUNT, .offset = offsetof(struct settings, epochs),
 *          .fallback = "30", .min = 1, .max = 1000, .value = "N", .help = "..."},
 *         OPTION_HELP_ITEM,
 *     };
 *     static const struct option_table table = {.usage = "...", .summary = "...", .items = items,
 *                                               .count = sizeof items / sizeof items[0]};
 *     struct settings settings = {0};
 *     unsigned action;
 *     if (options_load(&settings, &action, &table, argc, argv, environ, &error) != DIGIT_OK)
 *         fprintf(stderr, "%s\n", error.message);
 *     else if (action == OPTIONS_HELP)
 *         options_print_help(stdout, &table);
 *
 * The option "max_epochs" is the flag "--max-epochs 3" or "--max-epochs=3". If the table has the
 * prefix "DIGITD_", it is the variable DIGITD_MAX_EPOCHS, too. If the table has an OPTION_FILE, it
 * is the member "max_epochs" of the file, which is one JSON object. There are no positional
 * arguments. "-h" stands for "--help".
 * Threads: any, into different structs.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <digit/status.h>

#define OPTIONS_MAX      64
#define OPTIONS_LIST_MAX 64

enum option_type {
    OPTION_FLAG,   /* bool: true if the flag is given, which takes no value */
    OPTION_BOOL,   /* bool: "true" or "false" */
    OPTION_TEXT,   /* const char *, borrowed from argv, the environment or the table; not empty */
    OPTION_STRING, /* char [max + 1]: a copy of min to max bytes */
    OPTION_COUNT,  /* size_t in decimal digits */
    OPTION_NUMBER, /* double, finite */
    OPTION_CHOICE, /* size_t, index into choices */
    OPTION_LIST,   /* struct option_list: a value for each time that the flag is given */
    OPTION_FILE,   /* no member: the path of the configuration file; at most one in a table */
    OPTION_ACTION, /* no member: what to do instead of the program's work; takes no value */
};

struct option_list {
    size_t count;
    const char *items[OPTIONS_LIST_MAX]; /* in the command line's order; borrowed as a TEXT is */
};

/* What the command line asks for. At most one action can be given. */
enum option_action {
    OPTIONS_RUN, /* the program's work: no action is given */
    OPTIONS_HELP,
    OPTIONS_VERSION,
    OPTIONS_OTHER, /* the first of a program's other actions */
};

struct option_spec {
    const char *name; /* lower case with underscores: "max_epochs" */
    enum option_type type;
    unsigned action;      /* ACTION: enum option_action or higher */
    size_t offset;        /* of the member that takes the value */
    const char *fallback; /* the default, as it would be typed; NULL leaves the member */
    double min;           /* COUNT and NUMBER: both limits are allowed values; STRING: bytes */
    double max;           /* COUNT: up to 2^53 */
    const char *const *choices; /* CHOICE: ends with NULL */
    /* STRING: refuses a text with a message such as "must be UTF-8"; NULL: takes any text */
    enum digit_status (*check)(const char *text, struct digit_error *reason);
    const char *variable; /* the environment variable, if it is not prefix and name; or NULL */
    const char *value;    /* what --help calls the value; NULL if the option takes none */
    const char *help;     /* a line without a full stop */
};

#define OPTION_HELP_ITEM                                                                           \
    {                                                                                              \
        .name = "help", .type = OPTION_ACTION, .action = OPTIONS_HELP,                             \
        .help = "print this help and exit"                                                         \
    }
#define OPTION_VERSION_ITEM                                                                        \
    {                                                                                              \
        .name = "version", .type = OPTION_ACTION, .action = OPTIONS_VERSION,                       \
        .help = "print the version and exit"                                                       \
    }

struct option_table {
    const char *usage;   /* "digitd-train --data DIR [options]" */
    const char *summary; /* what the program does: sentences with a full stop */
    const char *notes;   /* printed after the options, ends with a line feed; NULL: none */
    const char *prefix;  /* of the environment variables of all options; NULL: none */
    const struct option_spec *items;
    size_t count; /* at most OPTIONS_MAX */
};

/*
 * Fills the struct at `out`, which the table's offsets are into, and *action. argv[0] is skipped.
 * `environment` is a NULL-terminated list of "NAME=value". With --help and --version, only the
 * form of the command line is checked and not the values, and `out` has the defaults. The texts that are borrowed must
 * outlive `out`.
 * Errors, each naming option, value and limit: INVALID (an unknown option, an unknown variable that
 * begins with the prefix and is none of Kubernetes' (service_link.h), an unknown key of the file; two actions; a value missing, given twice,
 * given to an option that takes none, of a wrong type, out of range; a LIST given too often),
 * MALFORMED (the file is not JSON), IO, LIMIT (the file), NO_MEMORY. `out` is then unspecified.
 */
DIGIT_MUST_CHECK enum digit_status options_load(void *out, unsigned *action,
                                                const struct option_table *table, int argc,
                                                char *const argv[], char *const environment[],
                                                struct digit_error *error);

/* Writes what --help shows: each option with its limits and default. */
void options_print_help(FILE *out, const struct option_table *table);

/* Whether the option keeps one value, so that a variable and the file can give it. */
bool option_is_setting(const struct option_spec *spec);

/* Enough for "--" or a prefix, the longest name, and the NUL. */
#define OPTION_NAME_BYTES 48

/* "max_epochs" to "--max-epochs". */
void option_flag_name(char out[OPTION_NAME_BYTES], const struct option_spec *spec);

/* "max_epochs" to "DIGITD_MAX_EPOCHS", or the option's own variable; "" if it has none. */
void option_variable_name(char out[OPTION_NAME_BYTES], const struct option_table *table,
                          const struct option_spec *spec);

/*
 * Converts `text` to the value of the option and stores it in `out`. The error message begins with
 * `subject`: "--workers". Errors: INVALID.
 */
DIGIT_MUST_CHECK enum digit_status option_set(void *out, const struct option_spec *spec,
                                              const char *text, const char *subject,
                                              struct digit_error *error);

/* Writes the limits of a COUNT or a NUMBER: "0 to 256". */
#define OPTION_RANGE_BYTES 64
void option_range(char out[OPTION_RANGE_BYTES], const struct option_spec *spec);

/* Writes what a COUNT or a NUMBER is told: "must be a whole number from 0 to 256". */
#define OPTION_DEMAND_BYTES 96
void option_number_demand(char out[OPTION_DEMAND_BYTES], const struct option_spec *spec);

/*
 * Reads the file at `path`, one JSON object, into `out`. Each key must be a setting of the table;
 * keys that are missing leave `out` as it is. Errors: those of options_load about the file.
 */
DIGIT_MUST_CHECK enum digit_status options_read_file(void *out, const struct option_table *table,
                                                     const char *path, struct digit_error *error);

#endif
