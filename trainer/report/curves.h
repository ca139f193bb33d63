/*
 * The curves of a training: which values of its history are drawn, and on which scale.
 */
#ifndef TRAINER_REPORT_CURVES_H
#define TRAINER_REPORT_CURVES_H

#include <digit/status.h>

#include "trainer/report/buffer.h"
#include "trainer/report/history.h"

enum curve { CURVE_ACCURACY, CURVE_LOSS, CURVE_LEARNING_RATE, CURVE_SPEED };

/*
 * Appends one chart as an svg element; the history has one epoch or more. The accuracy axis is
 * logarithmic in the error if an accuracy of 90 % or more is reached, so that 99 % and 99.9 % can
 * be distinguished; the loss axis is logarithmic; both are linear where a value does not allow
 * that. The learning rate and the speed are linear. kept_epoch is marked; 0 marks none. Threads:
 * any. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status curve_add(struct buffer *out, enum curve curve,
                                             const struct history *history, size_t kept_epoch,
                                             struct digit_error *error);

#endif
