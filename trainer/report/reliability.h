/*
 * A reliability diagram: the accuracy of each calibration bin against its mean confidence, with
 * Wilson's 95 % interval. The bins of a calibrated model lie on the diagonal.
 */
#ifndef TRAINER_REPORT_RELIABILITY_H
#define TRAINER_REPORT_RELIABILITY_H

#include "trainer/eval/calibration.h"
#include "trainer/report/buffer.h"

/*
 * Appends the diagram as an svg element; the calibration has one bin or more. Both axes are
 * logarithmic in the error, since nearly all bins of a good model lie above 99 %. Bins without an
 * error are drawn above the plot, at 100 %. Threads: any.
 */
void reliability_add(struct buffer *out, const struct calibration *calibration);

#endif
