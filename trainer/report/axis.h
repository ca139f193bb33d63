/*
 * The scale of a chart: from values to pixels, and where its ticks stand.
 */
#ifndef TRAINER_REPORT_AXIS_H
#define TRAINER_REPORT_AXIS_H

#include <stddef.h>

enum axis_scale {
    AXIS_LINEAR,
    AXIS_LOG,   /* of values above 0 */
    AXIS_NINES, /* of shares below 1: 90 %, 99 % and 99.9 % are equally far apart */
};

#define AXIS_TICKS_MAX 16

struct axis {
    enum axis_scale scale;
    double low; /* value at from_px */
    double high;
    double from_px;
    double to_px; /* below from_px where the axis points upwards */
    double step;  /* LINEAR: from tick to tick */
};

/*
 * An axis that holds both values, its ends moved outwards to a tick. LOG wants low above 0, NINES
 * high below 1; equal values get room around them.
 */
struct axis axis_make(enum axis_scale scale, double low, double high, double from_px, double to_px);

/* Where a value stands; one beyond an end stands at that end. */
double axis_place(const struct axis *axis, double value);

/* The ticks' values from low to high, ends included; how many, at least 2. */
size_t axis_ticks(double out[AXIS_TICKS_MAX], const struct axis *axis);

#endif
