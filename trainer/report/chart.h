/*
 * A line chart over epochs: at most two series, named above the plot, with a tooltip for each
 * value.
 */
#ifndef TRAINER_REPORT_CHART_H
#define TRAINER_REPORT_CHART_H

#include <stddef.h>

#include "trainer/report/axis.h"
#include "trainer/report/buffer.h"

#define CHART_SERIES_MAX 2

enum chart_unit { CHART_NUMBER, CHART_PERCENT };

struct chart_series {
    const char *name;
    const double *values; /* [count]; NaN where there is no value */
};

struct chart {
    const char *id; /* unique in a page */
    const char *title;
    enum axis_scale scale;
    enum chart_unit unit;
    const double *epochs; /* [count], ascending */
    size_t count;         /* 1 or more */
    struct chart_series series[CHART_SERIES_MAX];
    size_t series_count; /* 1 or more */
    double kept_epoch;   /* marked by a vertical line; 0: none */
};

/* Appends the chart as an svg element. Threads: any. */
void chart_add(struct buffer *out, const struct chart *chart);

/* The lowest and the highest value of all series; both NaN if there are no values. Threads: any. */
void chart_range(double *low, double *high, const struct chart *chart);

#endif
