/*
 * All figures of a report as one JSON object.
 */
#ifndef TRAINER_REPORT_METRICS_H
#define TRAINER_REPORT_METRICS_H

#include <digit/status.h>

#include "trainer/report/buffer.h"
#include "trainer/report/contents.h"

/*
 * Appends the object: the members that digitd-eval --json prints, then calibration, confusions,
 * errors, history, data, machine and the training card of the model file. In texts, bytes that are
 * not UTF-8 are replaced by U+FFFD. Threads: any. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
metrics_add(struct buffer *out, const struct report_contents *contents, struct digit_error *error);

#endif
