#include "trainer/base/options.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HELP_COLUMN 30

/* Where a value came from, for messages. */
struct origin {
    const char *prefix; /* "--", or "" for an environment variable */
    const char *name;
};

static enum digit_status fail_range(const struct option_spec *spec, struct origin origin,
                                    const char *text, struct digit_error *error)
{
    const char *kind = spec->type == OPTION_COUNT ? "a whole number" : "a number";
    return digit_fail(error, DIGIT_INVALID, "%s%s: \"%s\" is not %s from %.15g to %.15g",
                      origin.prefix, origin.name, text, kind, spec->min, spec->max);
}

static enum digit_status set_text(const char **out, struct origin origin, const char *text,
                                  struct digit_error *error)
{
    if (*text == '\0')
        return digit_fail(error, DIGIT_INVALID, "%s%s: must not be empty", origin.prefix,
                          origin.name);
    *out = text;
    return DIGIT_OK;
}

static enum digit_status add_to_list(struct option_list *list, struct origin origin,
                                     const char *text, struct digit_error *error)
{
    if (list->count == OPTIONS_LIST_MAX)
        return digit_fail(error, DIGIT_INVALID, "%s%s: given more than %d times", origin.prefix,
                          origin.name, OPTIONS_LIST_MAX);
    enum digit_status status = set_text(&list->items[list->count], origin, text, error);
    if (status == DIGIT_OK)
        list->count++;
    return status;
}

static enum digit_status set_count(size_t *out, const struct option_spec *spec,
                                   struct origin origin, const char *text,
                                   struct digit_error *error)
{
    bool digits = *text != '\0' && strspn(text, "0123456789") == strlen(text);
    errno = 0;
    unsigned long long value = strtoull(text, NULL, 10);
    if (!digits || errno != 0 || (double)value < spec->min || (double)value > spec->max)
        return fail_range(spec, origin, text, error);
    *out = (size_t)value;
    return DIGIT_OK;
}

/* Decimal notation only: strtod also accepts "inf", "0x1p3" and leading blanks. */
static enum digit_status set_number(double *out, const struct option_spec *spec,
                                    struct origin origin, const char *text,
                                    struct digit_error *error)
{
    char *end;
    double value = strtod(text, &end);
    bool decimal = strspn(text, "0123456789.eE+-") == strlen(text);
    if (!decimal || end == text || *end != '\0' || !isfinite(value) || value < spec->min ||
        value > spec->max)
        return fail_range(spec, origin, text, error);
    *out = value;
    return DIGIT_OK;
}

static enum digit_status set_choice(size_t *out, const struct option_spec *spec,
                                    struct origin origin, const char *text,
                                    struct digit_error *error)
{
    char list[128] = "";
    for (size_t i = 0; spec->choices[i] != NULL; i++) {
        if (strcmp(text, spec->choices[i]) == 0) {
            *out = i;
            return DIGIT_OK;
        }
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", spec->choices[i]);
    }
    return digit_fail(error, DIGIT_INVALID, "%s%s: \"%s\" is not one of %s", origin.prefix,
                      origin.name, text, list);
}

static enum digit_status set_value(void *out, const struct option_spec *spec, struct origin origin,
                                   const char *text, struct digit_error *error)
{
    void *member = (char *)out + spec->offset;
    switch (spec->type) {
    case OPTION_FLAG:
        *(bool *)member = true;
        return DIGIT_OK;
    case OPTION_TEXT:
        return set_text(member, origin, text, error);
    case OPTION_COUNT:
        return set_count(member, spec, origin, text, error);
    case OPTION_NUMBER:
        return set_number(member, spec, origin, text, error);
    case OPTION_CHOICE:
        return set_choice(member, spec, origin, text, error);
    case OPTION_LIST:
        return add_to_list(member, origin, text, error);
    }
    assert(!"unknown option type");
    return DIGIT_INVALID;
}

/* Sets every option to its environment variable's value, or to the table's default. */
static enum digit_status set_defaults(void *out, const struct option_table *table,
                                      struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    for (size_t i = 0; status == DIGIT_OK && i < table->count; i++) {
        const struct option_spec *spec = &table->items[i];
        const char *variable = spec->environment != NULL ? getenv(spec->environment) : NULL;
        if (variable != NULL)
            status = set_value(out, spec, (struct origin){"", spec->environment}, variable, error);
        else if (spec->fallback != NULL)
            status = set_value(out, spec, (struct origin){"--", spec->name}, spec->fallback, error);
    }
    return status;
}

/* Index of the option in the argument "--name" or "--name=value"; table->count if unknown. */
static size_t find_option(const struct option_table *table, const char *argument)
{
    size_t i = 0;
    if (strncmp(argument, "--", 2) != 0)
        return table->count;
    size_t length = strcspn(argument + 2, "=");
    for (; i < table->count; i++)
        if (strlen(table->items[i].name) == length &&
            memcmp(table->items[i].name, argument + 2, length) == 0)
            break;
    return i;
}

/* Parses the option at argv[*at] and its value, and advances *at past them. */
static enum digit_status parse_option(void *out, const struct option_spec *spec, int *at, int argc,
                                      char *const argv[], struct digit_error *error)
{
    const char *equals = strchr(argv[*at], '=');
    const char *text = equals != NULL ? equals + 1 : NULL;
    ++*at;
    if (spec->type == OPTION_FLAG && text != NULL)
        return digit_fail(error, DIGIT_INVALID, "--%s takes no value, got \"%s\"", spec->name,
                          text);
    if (spec->type != OPTION_FLAG && text == NULL) {
        if (*at == argc)
            return digit_fail(error, DIGIT_INVALID, "--%s needs a value (%s)", spec->name,
                              spec->value);
        text = argv[(*at)++];
    }
    return set_value(out, spec, (struct origin){"--", spec->name}, text, error);
}

enum digit_status options_parse(void *out, const struct option_table *table, int argc,
                                char *const argv[], struct digit_error *error)
{
    assert(table->count <= OPTIONS_MAX);
    enum digit_status status = set_defaults(out, table, error);
    uint64_t given = 0; /* bit i: items[i] */
    for (int at = 1; status == DIGIT_OK && at < argc;) {
        size_t i = find_option(table, argv[at]);
        if (i == table->count)
            return digit_fail(error, DIGIT_INVALID, "\"%s\" is not an option, see --help",
                              argv[at]);
        if (table->items[i].type != OPTION_LIST && given >> i & 1)
            return digit_fail(error, DIGIT_INVALID, "--%s is given twice", table->items[i].name);
        given |= UINT64_C(1) << i;
        status = parse_option(out, &table->items[i], &at, argc, argv, error);
    }
    return status;
}

static void print_choices(FILE *out, const char *const *choices)
{
    for (size_t i = 0; choices[i] != NULL; i++)
        fprintf(out, "%s%s", i > 0 ? ", " : "", choices[i]);
}

/* Range, choices, default and environment variable: " (1 to 1000; default 30)". */
static void print_limits(FILE *out, const struct option_spec *spec)
{
    const char *before = " (";
    if (spec->type == OPTION_COUNT || spec->type == OPTION_NUMBER) {
        fprintf(out, "%s%.15g to %.15g", before, spec->min, spec->max);
        before = "; ";
    }
    if (spec->type == OPTION_CHOICE) {
        fputs(before, out);
        print_choices(out, spec->choices);
        before = "; ";
    }
    if (spec->fallback != NULL) {
        fprintf(out, "%sdefault %s", before, spec->fallback);
        before = "; ";
    }
    if (spec->environment != NULL) {
        fprintf(out, "%sor %s in the environment", before, spec->environment);
        before = "; ";
    }
    if (before[0] == ';')
        fputc(')', out);
}

void options_print(FILE *out, const struct option_table *table)
{
    fprintf(out, "Usage: %s\n\n%s\n\n", table->usage, table->summary);
    for (size_t i = 0; i < table->count; i++) {
        const struct option_spec *spec = &table->items[i];
        const char *value = spec->value != NULL ? spec->value : "";
        int used = fprintf(out, "  --%s %s", spec->name, value);
        fprintf(out, "%*s%s", used < HELP_COLUMN ? HELP_COLUMN - used : 1, "", spec->help);
        print_limits(out, spec);
        fputc('\n', out);
    }
}
