/*
 * Writes metrics in one of two formats: the Prometheus text format 0.0.4, or OpenMetrics 1.0
 * (https://prometheus.io/docs/specs/om/open_metrics_spec/), which has exemplars.
 *
 *     const struct exposition to = {.out = &text, .format = EXPOSITION_TEXT};
 *     const struct exposition_family family = {"up_total", EXPOSITION_COUNTER, "Times up."};
 *     const struct exposition_label label = {"thread", "0"};
 *     exposition_family(&to, &family);
 *     exposition_series(&to, &family, "", &label, 1);
 *     exposition_count(&to, 7);
 *     exposition_end_line(&to);
 *     exposition_end(&to);
 *
 * Threads: any, on different texts.
 */
#ifndef SERVER_OBSERVE_EXPOSITION_H
#define SERVER_OBSERVE_EXPOSITION_H

#include <stddef.h>
#include <stdint.h>

#include "server/format/text.h"
#include "server/observe/exemplar.h"

enum exposition_format { EXPOSITION_TEXT, EXPOSITION_OPENMETRICS };
#define EXPOSITION_FORMATS 2

/* The media types of the formats, in their order. */
extern const char *const exposition_content_types[EXPOSITION_FORMATS];

/* INFO is a constant 1 with labels; the text format calls it a gauge. */
enum exposition_type {
    EXPOSITION_COUNTER,
    EXPOSITION_GAUGE,
    EXPOSITION_HISTOGRAM,
    EXPOSITION_INFO,
};

struct exposition {
    struct text *out;
    enum exposition_format format;
};

/* Constants. */
struct exposition_family {
    const char *name; /* of the series: a counter's ends in _total, an info's in _info */
    enum exposition_type type;
    const char *help; /* without backslash, quote and line feed */
};

struct exposition_label {
    const char *name;
    const char *value; /* UTF-8; it is escaped */
};

/* The HELP and TYPE of a family, which its series follow. */
void exposition_family(const struct exposition *to, const struct exposition_family *family);

/* The start of a line: the family's name with `suffix`, and labels [count]. A value follows. */
void exposition_series(const struct exposition *to, const struct exposition_family *family,
                       const char *suffix, const struct exposition_label *labels, size_t count);

void exposition_count(const struct exposition *to, uint64_t value);

/* A value of 15 significant digits. */
void exposition_number(const struct exposition *to, double value);

/* value / scale with all its digits; `scale` is 1 or 10^9. */
void exposition_scaled(const struct exposition *to, uint64_t value, uint64_t scale);

/* The exemplar of the value that was just written; nothing in the text format. */
void exposition_exemplar(const struct exposition *to, const struct exemplar_copy *exemplar);

void exposition_end_line(const struct exposition *to);

/* What ends an exposition; nothing may follow. */
void exposition_end(const struct exposition *to);

#define EXPOSITION_BOUND_BYTES 32

/*
 * The label `le` of a bucket that ends at `bound`: "0.0005", "+Inf" for infinity. A whole number
 * has a fraction, "256.0", as OpenMetrics and Prometheus 3 want it, in both formats: it is part of
 * the series' identity.
 */
void exposition_bound(char out[EXPOSITION_BOUND_BYTES], double bound);

#endif
