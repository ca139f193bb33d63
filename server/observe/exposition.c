#include "server/observe/exposition.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *const exposition_content_types[EXPOSITION_FORMATS] = {
    [EXPOSITION_TEXT] = "text/plain; version=0.0.4; charset=utf-8",
    [EXPOSITION_OPENMETRICS] = "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

static const struct {
    const char *text;
    const char *openmetrics;
    const char *suffix; /* of the series, which is not part of the family's name in OpenMetrics */
} types[] = {
    [EXPOSITION_COUNTER] = {"counter", "counter", "_total"},
    [EXPOSITION_GAUGE] = {"gauge", "gauge", ""},
    [EXPOSITION_HISTOGRAM] = {"histogram", "histogram", ""},
    [EXPOSITION_INFO] = {"gauge", "info", "_info"},
};

static bool is_openmetrics(const struct exposition *to)
{
    return to->format == EXPOSITION_OPENMETRICS;
}

void exposition_family(const struct exposition *to, const struct exposition_family *family)
{
    size_t length = strlen(family->name);
    const char *type = types[family->type].text;
    if (is_openmetrics(to)) {
        length -= strlen(types[family->type].suffix);
        type = types[family->type].openmetrics;
    }
    text_format(to->out, "# HELP %.*s %s\n# TYPE %.*s %s\n", (int)length, family->name,
                family->help, (int)length, family->name, type);
}

/* Escapes backslash, quote and line feed in the value. */
static void write_label(struct text *out, const struct exposition_label *label)
{
    text_append(out, label->name);
    text_append(out, "=\"");
    for (const char *c = label->value; *c != '\0';) {
        size_t plain = strcspn(c, "\\\"\n");
        text_append_bytes(out, c, plain);
        c += plain;
        if (*c == '\n')
            text_append(out, "\\n");
        else if (*c != '\0')
            text_format(out, "\\%c", *c);
        c += *c != '\0';
    }
    text_append(out, "\"");
}

void exposition_series(const struct exposition *to, const struct exposition_family *family,
                       const char *suffix, const struct exposition_label *labels, size_t count)
{
    text_append(to->out, family->name);
    text_append(to->out, suffix);
    for (size_t i = 0; i < count; i++) {
        text_append(to->out, i == 0 ? "{" : ",");
        write_label(to->out, &labels[i]);
    }
    text_append(to->out, count > 0 ? "} " : " ");
}

void exposition_count(const struct exposition *to, uint64_t value)
{
    text_format(to->out, "%" PRIu64, value);
}

void exposition_number(const struct exposition *to, double value)
{
    text_format(to->out, "%.15g", value);
}

void exposition_scaled(const struct exposition *to, uint64_t value, uint64_t scale)
{
    exposition_count(to, value / scale);
    if (scale > 1)
        text_format(to->out, ".%09" PRIu64, value % scale);
}

void exposition_exemplar(const struct exposition *to, const struct exemplar_copy *exemplar)
{
    if (!is_openmetrics(to))
        return;
    const struct exposition_label label = {EXEMPLAR_LABEL, exemplar->id};
    text_append(to->out, " # {");
    write_label(to->out, &label);
    text_format(to->out, "} %.9g %" PRIu64 ".%03u", exemplar->value, exemplar->time_ms / 1000,
                (unsigned)(exemplar->time_ms % 1000));
}

void exposition_end_line(const struct exposition *to)
{
    text_append(to->out, "\n");
}

void exposition_end(const struct exposition *to)
{
    if (is_openmetrics(to))
        text_append(to->out, "# EOF\n");
}

void exposition_bound(char out[EXPOSITION_BOUND_BYTES], double bound)
{
    if (isinf(bound))
        snprintf(out, EXPOSITION_BOUND_BYTES, "+Inf");
    else if (bound == trunc(bound))
        snprintf(out, EXPOSITION_BOUND_BYTES, "%.1f", bound);
    else
        snprintf(out, EXPOSITION_BOUND_BYTES, "%.15g", bound);
}
