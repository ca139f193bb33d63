#include "server/format/accept.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "server/format/header_value.h"

#define MAX_WEIGHT      1000 /* a weight of 1, in thousandths */
#define MANY_PARAMETERS 16   /* more than are compared */

/* One range of the list, or one offer. */
struct media_type {
    char text[ACCEPT_RANGE_BYTES + 1];
    struct header_value value; /* borrows `text` */
};

/* Weights of the most specific range so far; specificity 0 before the first one that matches. */
struct match {
    int specificity;
    int weight;
};

/* The number of characters before the comma that ends the range; commas may be quoted. */
static size_t range_length(const char *text)
{
    bool quoted = false;
    size_t i = 0;
    for (; text[i] != '\0' && (quoted || text[i] != ','); i++) {
        if (text[i] == '"')
            quoted = !quoted;
        else if (quoted && text[i] == '\\' && text[i + 1] != '\0')
            i++;
    }
    return i;
}

static bool read_media_type(struct media_type *out, const char *text, size_t length)
{
    if (length >= sizeof out->text)
        return false;
    memcpy(out->text, text, length);
    out->text[length] = '\0';
    return header_value_parse(&out->value, out->text);
}

/* Reads "0.5" as 500; false if it is not a weight. */
static bool parse_weight(int *out, const char *text)
{
    int weight = (text[0] - '0') * MAX_WEIGHT;
    size_t decimals = 0;
    if (text[0] != '0' && text[0] != '1')
        return false;
    if (text[1] == '.') {
        decimals = strspn(text + 2, "0123456789");
        for (size_t i = 0, unit = MAX_WEIGHT / 10; i < decimals && i < 3; i++, unit /= 10)
            weight += (text[2 + i] - '0') * (int)unit;
    }
    *out = weight;
    return decimals <= 3 && weight <= MAX_WEIGHT && text[text[1] == '.' ? 2 + decimals : 1] == '\0';
}

static bool read_weight(int *out, const struct media_type *range)
{
    char text[8];
    *out = MAX_WEIGHT;
    switch (header_value_parameter(text, sizeof text, &range->value, "q")) {
    case HEADER_PARAMETER_FOUND:
        return parse_weight(out, text);
    case HEADER_PARAMETER_MISSING:
        return true;
    case HEADER_PARAMETER_MALFORMED:
        break;
    }
    return false;
}

/* How many parameters of the offer the range has; -1 if the value of one differs. */
static int matching_parameters(const struct media_type *range, const struct media_type *offer)
{
    static const char *const names[] = {"version", "charset"};
    int matching = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char wanted[64], offered[64];
        if (header_value_parameter(offered, sizeof offered, &offer->value, names[i]) !=
            HEADER_PARAMETER_FOUND)
            continue;
        switch (header_value_parameter(wanted, sizeof wanted, &range->value, names[i])) {
        case HEADER_PARAMETER_FOUND:
            if (strcasecmp(wanted, offered) != 0)
                return -1;
            matching++;
            break;
        case HEADER_PARAMETER_MISSING:
            break;
        case HEADER_PARAMETER_MALFORMED:
            return -1;
        }
    }
    return matching;
}

/* 0 if the range does not match the offer. Types decide, then the number of parameters. */
static int specificity(const struct media_type *range, const struct media_type *offer)
{
    const char *wanted = range->value.value;
    const char *offered = offer->value.value;
    size_t type_length = strcspn(offered, "/") + 1; /* with the slash */
    int level;
    if (strcmp(wanted, "*/*") == 0)
        level = 1;
    else if (strncmp(wanted, offered, type_length) == 0 && strcmp(wanted + type_length, "*") == 0)
        level = 2;
    else if (strcmp(wanted, offered) == 0)
        level = 3;
    else
        return 0;
    int parameters = matching_parameters(range, offer);
    return parameters < 0 ? 0 : level * MANY_PARAMETERS + parameters;
}

static void apply_range(struct match *match, const struct media_type *range,
                        const struct media_type *offer)
{
    int found = specificity(range, offer);
    int weight;
    if (found > match->specificity && read_weight(&weight, range))
        *match = (struct match){.specificity = found, .weight = weight};
}

/* The weight of one offer, 0 to MAX_WEIGHT. */
static int weight_of(const char *accept, const char *offered)
{
    struct match match = {.specificity = 0};
    struct media_type range, offer;
    if (!read_media_type(&offer, offered, strlen(offered)))
        return 0;
    for (const char *at = accept; *at != '\0';) {
        size_t length = range_length(at);
        if (read_media_type(&range, at, length))
            apply_range(&match, &range, &offer);
        at += length + (at[length] == ',');
    }
    return match.weight;
}

size_t accept_choose(const char *accept, const char *const *offers, size_t count)
{
    size_t chosen = count;
    int highest = 0;
    if (accept == NULL || accept[strspn(accept, " \t,")] == '\0')
        return 0;
    for (size_t i = 0; i < count; i++) {
        int weight = weight_of(accept, offers[i]);
        if (weight > highest) {
            highest = weight;
            chosen = i;
        }
    }
    return chosen;
}
