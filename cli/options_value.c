#include "cli/options.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Messages quote this much of a value. */
#define MAX_QUOTED_BYTES 60
#define MAX_LIST_BYTES   128

/* "--workers is "x", must be a whole number from 0 to 256" */
static enum digit_status refuse(const char *subject, const char *text, const char *demand,
                                struct digit_error *error)
{
    return digit_fail(error, DIGIT_INVALID, "%s is \"%.*s%s\", %s", subject, MAX_QUOTED_BYTES, text,
                      strlen(text) > MAX_QUOTED_BYTES ? "..." : "", demand);
}

void option_range(char out[OPTION_RANGE_BYTES], const struct option_spec *spec)
{
    if (spec->type == OPTION_COUNT)
        snprintf(out, OPTION_RANGE_BYTES, "%.0f to %.0f", spec->min, spec->max);
    else
        snprintf(out, OPTION_RANGE_BYTES, "%.15g to %.15g", spec->min, spec->max);
}

void option_number_demand(char out[OPTION_DEMAND_BYTES], const struct option_spec *spec)
{
    char range[OPTION_RANGE_BYTES];
    option_range(range, spec);
    snprintf(out, OPTION_DEMAND_BYTES, "must be a %snumber from %s",
             spec->type == OPTION_COUNT ? "whole " : "", range);
}

static enum digit_status refuse_number(const struct option_spec *spec, const char *subject,
                                       const char *text, struct digit_error *error)
{
    char demand[OPTION_DEMAND_BYTES];
    option_number_demand(demand, spec);
    return refuse(subject, text, demand, error);
}

static enum digit_status set_bool(bool *out, const char *text, const char *subject,
                                  struct digit_error *error)
{
    *out = strcmp(text, "true") == 0;
    if (!*out && strcmp(text, "false") != 0)
        return refuse(subject, text, "must be true or false", error);
    return DIGIT_OK;
}

static enum digit_status set_text(const char **out, const char *text, const char *subject,
                                  struct digit_error *error)
{
    if (*text == '\0')
        return refuse(subject, text, "must not be empty", error);
    *out = text;
    return DIGIT_OK;
}

static enum digit_status set_string(char *out, const struct option_spec *spec, const char *text,
                                    const char *subject, struct digit_error *error)
{
    size_t size_bytes = strlen(text);
    struct digit_error reason;
    if (spec->check != NULL && spec->check(text, &reason) != DIGIT_OK)
        return refuse(subject, text, reason.message, error);
    if ((double)size_bytes < spec->min || (double)size_bytes > spec->max)
        return digit_fail(error, DIGIT_INVALID, "%s is %zu bytes long, must be from %.15g to %.15g",
                          subject, size_bytes, spec->min, spec->max);
    memcpy(out, text, size_bytes + 1);
    return DIGIT_OK;
}

static enum digit_status set_count(size_t *out, const struct option_spec *spec, const char *text,
                                   const char *subject, struct digit_error *error)
{
    bool digits = *text != '\0' && text[strspn(text, "0123456789")] == '\0';
    errno = 0;
    unsigned long long value = strtoull(text, NULL, 10);
    if (!digits || errno != 0 || (double)value < spec->min || (double)value > spec->max)
        return refuse_number(spec, subject, text, error);
    *out = (size_t)value;
    return DIGIT_OK;
}

/* Decimal notation only: strtod would also take "inf", "0x1p3" and leading blanks. */
static enum digit_status set_number(double *out, const struct option_spec *spec, const char *text,
                                    const char *subject, struct digit_error *error)
{
    char *end;
    double value = strtod(text, &end);
    bool decimal = text[strspn(text, "0123456789.eE+-")] == '\0';
    if (!decimal || end == text || *end != '\0' || !isfinite(value) || value < spec->min ||
        value > spec->max)
        return refuse_number(spec, subject, text, error);
    *out = value;
    return DIGIT_OK;
}

/* "must be a, b or c" */
static void list_choices(char out[MAX_LIST_BYTES], const char *const *choices)
{
    size_t used = (size_t)snprintf(out, MAX_LIST_BYTES, "must be ");
    for (size_t i = 0; choices[i] != NULL && used < MAX_LIST_BYTES; i++) {
        const char *before = i == 0 ? "" : choices[i + 1] != NULL ? ", " : " or ";
        used += (size_t)snprintf(out + used, MAX_LIST_BYTES - used, "%s%s", before, choices[i]);
    }
}

static enum digit_status set_choice(size_t *out, const struct option_spec *spec, const char *text,
                                    const char *subject, struct digit_error *error)
{
    for (size_t i = 0; spec->choices[i] != NULL; i++) {
        if (strcmp(text, spec->choices[i]) == 0) {
            *out = i;
            return DIGIT_OK;
        }
    }
    char demand[MAX_LIST_BYTES];
    list_choices(demand, spec->choices);
    return refuse(subject, text, demand, error);
}

static enum digit_status add_to_list(struct option_list *list, const char *text,
                                     const char *subject, struct digit_error *error)
{
    if (list->count == OPTIONS_LIST_MAX)
        return digit_fail(error, DIGIT_INVALID, "%s is given more than %d times", subject,
                          OPTIONS_LIST_MAX);
    enum digit_status status = set_text(&list->items[list->count], text, subject, error);
    if (status == DIGIT_OK)
        list->count++;
    return status;
}

enum digit_status option_set(void *out, const struct option_spec *spec, const char *text,
                             const char *subject, struct digit_error *error)
{
    void *member = (char *)out + spec->offset;
    switch (spec->type) {
    case OPTION_FLAG:
        *(bool *)member = true;
        return DIGIT_OK;
    case OPTION_BOOL:
        return set_bool(member, text, subject, error);
    case OPTION_TEXT:
        return set_text(member, text, subject, error);
    case OPTION_STRING:
        return set_string(member, spec, text, subject, error);
    case OPTION_COUNT:
        return set_count(member, spec, text, subject, error);
    case OPTION_NUMBER:
        return set_number(member, spec, text, subject, error);
    case OPTION_CHOICE:
        return set_choice(member, spec, text, subject, error);
    case OPTION_LIST:
        return add_to_list(member, text, subject, error);
    case OPTION_FILE:
    case OPTION_ACTION:
        return DIGIT_OK;
    }
    assert(!"an option's type is one of the enum's");
    return DIGIT_INVALID;
}
