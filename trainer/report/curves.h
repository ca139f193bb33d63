/*
 * A training's history as charts: which values, on which scale.
 */
#ifndef TRAINER_REPORT_CURVES_H
#define TRAINER_REPORT_CURVES_H

#include <digit/status.h>

#include "trainer/report/buffer.h"
#include "trainer/report/history.h"

enum curve { CURVE_ACCURACY, CURVE_LOSS, CURVE_LEARNING_RATE, CURVE_SPEED };

/*
 * Appends one chart as an svg element; history of one epoch or more. Accuracies from 90 % on are
 * drawn by their errors, so that 99 % and 99.9 % can be told apart; losses and rates by magnitude.
 * kept_epoch is marked; 0 marks none. Threads: any. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status curve_add(struct buffer *out, enum curve curve,
                                             const struct history *history, size_t kept_epoch,
                                             struct digit_error *error);

#endif
