/*
 * Every figure of a report as one JSON object.
 */
#ifndef TRAINER_REPORT_METRICS_H
#define TRAINER_REPORT_METRICS_H

#include <digit/status.h>

#include "trainer/report/buffer.h"
#include "trainer/report/contents.h"

/*
 * Appends the object: what digitd-eval --json prints, then calibration, confusions, errors, history,
 * data, machine and what the model file tells of its training. Texts that are no UTF-8 have U+FFFD
 * in place of what is not. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
metrics_add(struct buffer *out, const struct report_contents *contents, struct digit_error *error);

#endif
