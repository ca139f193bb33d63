/*
 * The scale of one axis of a chart: maps values to pixels and chooses the ticks.
 */
#ifndef TRAINER_REPORT_AXIS_H
#define TRAINER_REPORT_AXIS_H

#include <stddef.h>

enum axis_scale {
    AXIS_LINEAR,
    AXIS_LOG,   /* for values above 0 */
    AXIS_NINES, /* -log(1 - value), for shares below 1: 90 %, 99 % and 99.9 % are equally spaced */
};

#define AXIS_TICKS_MAX 16

struct axis {
    enum axis_scale scale;
    double low; /* value at from_px */
    double high;
    double from_px;
    double to_px; /* below from_px where the axis points upwards */
    double step;  /* LINEAR only: distance of two ticks */
};

/*
 * Makes an axis that contains both values; its ends are moved outwards to the next tick. LOG needs
 * low above 0, NINES high below 1. Equal values get some room around them. Threads: any.
 */
struct axis axis_make(enum axis_scale scale, double low, double high, double from_px, double to_px);

/* Pixel position of a value; values beyond an end are placed at that end. Threads: any. */
double axis_place(const struct axis *axis, double value);

/* Writes the values of the ticks from low to high, including the ends, and returns their number, 2
 * to AXIS_TICKS_MAX. Threads: any. */
size_t axis_ticks(double out[AXIS_TICKS_MAX], const struct axis *axis);

#endif
