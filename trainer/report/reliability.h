/*
 * A reliability diagram: for each bin of a calibration how often it was right against how sure it
 * was, with Wilson's 95 % interval. A calibrated model lies on the diagonal.
 */
#ifndef TRAINER_REPORT_RELIABILITY_H
#define TRAINER_REPORT_RELIABILITY_H

#include "trainer/eval/calibration.h"
#include "trainer/report/buffer.h"

/*
 * Appends the diagram as an svg element; a bin or more. Both axes show shares by what they lack of
 * 100 %, since nearly all that a good model does happens above 99 %; a bin without an error stands
 * above them, at 100 %.
 */
void reliability_add(struct buffer *out, const struct calibration *calibration);

#endif
