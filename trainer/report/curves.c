#include "trainer/report/curves.h"

#include <math.h>
#include <stdlib.h>

#include "trainer/report/chart.h"

#define NINES_FROM 0.9 /* accuracies from here on are drawn on AXIS_NINES */

/* How each curve is drawn, in the order of enum curve. */
static const struct {
    const char *id;
    const char *title;
    const char *series;
    enum chart_unit unit;
    enum axis_scale scale;
} CURVES[] = {
    {"accuracy", "Accuracy by epoch", "training", CHART_PERCENT, AXIS_NINES},
    {"loss", "Loss by epoch", "training", CHART_NUMBER, AXIS_LOG},
    {"rate", "Learning rate by epoch", "learning rate", CHART_NUMBER, AXIS_LINEAR},
    {"speed", "Images per second by epoch", "images per second", CHART_NUMBER, AXIS_LINEAR},
};

static double training_value(enum curve curve, const struct fit_epoch *epoch)
{
    switch (curve) {
    case CURVE_ACCURACY:
        return epoch->last.accuracy;
    case CURVE_LOSS:
        return epoch->last.loss;
    case CURVE_LEARNING_RATE:
        return epoch->last.learning_rate;
    case CURVE_SPEED:
        return history_speed(epoch);
    }
    return NAN;
}

static double validation_value(enum curve curve, const struct fit_epoch *epoch)
{
    if (!epoch->validated)
        return NAN;
    return curve == CURVE_ACCURACY ? epoch->validation_accuracy
           : curve == CURVE_LOSS   ? epoch->validation_loss
                                   : NAN;
}

/* columns: [3][count]: epoch, training, validation. Returns whether anything was validated. */
static bool fill_columns(double *columns, enum curve curve, const struct history *history)
{
    bool validated = false;
    for (size_t i = 0; i < history->count; i++) {
        const struct fit_epoch *epoch = &history->epochs[i];
        double validation = validation_value(curve, epoch);
        columns[i] = (double)epoch->last.epoch;
        columns[history->count + i] = training_value(curve, epoch);
        columns[2 * history->count + i] = validation;
        validated = validated || !isnan(validation);
    }
    return validated;
}

/* The scale that is wanted, or LINEAR if the values do not allow it. */
static enum axis_scale fitting_scale(enum axis_scale wanted, const struct chart *chart)
{
    double low, high;
    chart_range(&low, &high, chart);
    if (wanted == AXIS_NINES && (high < NINES_FROM || high >= 1.0))
        return AXIS_LINEAR;
    if (wanted == AXIS_LOG && low <= 0.0)
        return AXIS_LINEAR;
    return wanted;
}

enum digit_status curve_add(struct buffer *out, enum curve curve, const struct history *history,
                            size_t kept_epoch, struct digit_error *error)
{
    size_t count = history->count;
    double *columns = calloc(count + 1, 3 * sizeof *columns); /* + 1: calloc(0) may give NULL */
    if (columns == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to draw %zu epochs", count);
    bool validated = fill_columns(columns, curve, history);
    struct chart chart = {
        .id = CURVES[curve].id,
        .title = CURVES[curve].title,
        .unit = CURVES[curve].unit,
        .epochs = columns,
        .count = count,
        .series = {{CURVES[curve].series, columns + count}, {"validation", columns + 2 * count}},
        .series_count = validated ? 2 : 1,
        .kept_epoch = (double)kept_epoch,
    };
    chart.scale = fitting_scale(CURVES[curve].scale, &chart);
    chart_add(out, &chart);
    free(columns);
    return DIGIT_OK;
}
