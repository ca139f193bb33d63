#include "trainer/report/axis.h"

#include <math.h>

#define LINEAR_STEPS  5    /* approximately */
#define MIN_RELATIVE  1e-6 /* shortest axis, relative to its highest value */
#define MIN_SHARE     1e-9 /* smallest share of errors that NINES can show */
#define SLACK         1e-6 /* tolerance for rounding, as a share of a step */
#define DENSE_DECADES 2.2  /* longer axes have ticks at powers of ten only */

/* Ticks in a decade. */
static const double DENSE[] = {1.0, 2.0, 5.0};
static const double SPARSE[] = {1.0};

/* A step of 1, 2 or 5 times a power of ten (Heckbert 1990, "Nice numbers for graph labels"). */
static double nice_step(double length)
{
    double raw = length / LINEAR_STEPS, ten = pow(10.0, floor(log10(raw))), rest = raw / ten;
    return ten * (rest < 1.41 ? 1.0 : rest < 3.16 ? 2.0 : rest < 7.07 ? 5.0 : 10.0);
}

static struct axis make_linear(double low, double high)
{
    double min = fmax(fabs(high), 1e-3) * MIN_RELATIVE;
    if (high - low < min) {
        low -= 10.0 * min;
        high += 10.0 * min;
    }
    double step = nice_step(high - low);
    return (struct axis){
        AXIS_LINEAR, step * floor(low / step + SLACK), step * ceil(high / step - SLACK), 0.0, 0.0,
        step};
}

/* The nearest tick of a logarithmic axis: at or below a value (direction -1) or at or above (1). */
static double log_tick(double value, double direction)
{
    double ten = pow(10.0, floor(log10(value) + SLACK)), best = direction < 0 ? ten : 10.0 * ten;
    for (size_t i = 0; i < sizeof DENSE / sizeof *DENSE; i++) {
        double tick = ten * DENSE[i];
        if (direction < 0 && tick <= value * (1.0 + SLACK))
            best = tick;
        if (direction > 0 && tick >= value * (1.0 - SLACK))
            best = fmin(best, tick);
    }
    return best;
}

static struct axis make_log(double low, double high)
{
    struct axis axis = {AXIS_LOG, log_tick(low, -1.0), log_tick(high, 1.0), 0.0, 0.0, 0.0};
    if (axis.high <= axis.low * (1.0 + SLACK))
        axis.high = log_tick(axis.low * 1.5, 1.0);
    return axis;
}

/* A logarithmic axis of the share of errors, 1 - value, in reverse. */
static struct axis make_nines(double low, double high)
{
    struct axis errors = make_log(fmax(1.0 - high, MIN_SHARE), fmax(1.0 - low, MIN_SHARE));
    return (struct axis){
        AXIS_NINES, 1.0 - fmin(errors.high, 1.0), 1.0 - fmin(errors.low, 0.5), 0.0, 0.0, 0.0};
}

struct axis axis_make(enum axis_scale scale, double low, double high, double from_px, double to_px)
{
    struct axis axis = scale == AXIS_LINEAR ? make_linear(low, high)
                       : scale == AXIS_LOG  ? make_log(low, high)
                                            : make_nines(low, high);
    axis.from_px = from_px;
    axis.to_px = to_px;
    return axis;
}

static double scale_value(enum axis_scale scale, double value)
{
    return scale == AXIS_LINEAR ? value : scale == AXIS_LOG ? log10(value) : -log10(1.0 - value);
}

double axis_place(const struct axis *axis, double value)
{
    double inside = fmin(fmax(value, axis->low), axis->high);
    double low = scale_value(axis->scale, axis->low), high = scale_value(axis->scale, axis->high);
    double share = (scale_value(axis->scale, inside) - low) / (high - low);
    return axis->from_px + share * (axis->to_px - axis->from_px);
}

static size_t linear_ticks(double out[AXIS_TICKS_MAX], const struct axis *axis)
{
    size_t count = (size_t)floor((axis->high - axis->low) / axis->step + SLACK) + 1;
    for (size_t i = 0; i < count && i < AXIS_TICKS_MAX; i++)
        out[i] = axis->low + axis->step * (double)i;
    return count < AXIS_TICKS_MAX ? count : AXIS_TICKS_MAX;
}

/* Ticks from low to high; both ends are ticks in any case. */
static size_t log_ticks(double out[AXIS_TICKS_MAX], double low, double high)
{
    int dense = log10(high / low) <= DENSE_DECADES;
    const double *digits = dense ? DENSE : SPARSE;
    size_t digit_count = dense ? sizeof DENSE / sizeof *DENSE : sizeof SPARSE / sizeof *SPARSE;
    size_t count = 0;
    out[count++] = low;
    int first = (int)floor(log10(low) + SLACK), last = (int)ceil(log10(high) - SLACK);
    for (int decade = first; decade < last; decade++)
        for (size_t i = 0; i < digit_count && count < AXIS_TICKS_MAX - 1; i++) {
            double tick = pow(10.0, decade) * digits[i];
            if (tick > low * (1.0 + SLACK) && tick < high * (1.0 - SLACK))
                out[count++] = tick;
        }
    out[count++] = high;
    return count;
}

static size_t nines_ticks(double out[AXIS_TICKS_MAX], const struct axis *axis)
{
    double errors[AXIS_TICKS_MAX];
    size_t count = log_ticks(errors, 1.0 - axis->high, 1.0 - axis->low);
    for (size_t i = 0; i < count; i++)
        out[i] = 1.0 - errors[count - 1 - i];
    return count;
}

size_t axis_ticks(double out[AXIS_TICKS_MAX], const struct axis *axis)
{
    return axis->scale == AXIS_LINEAR ? linear_ticks(out, axis)
           : axis->scale == AXIS_LOG  ? log_ticks(out, axis->low, axis->high)
                                      : nines_ticks(out, axis);
}
