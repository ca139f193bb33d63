/*
 * Whether a model is as often right as it is sure: bins of equal mass over the confidence, and the
 * expected calibration error (Naeini, Cooper and Hauskrecht 2015; equal mass after Nguyen and
 * O'Connor 2015).
 */
#ifndef TRAINER_EVAL_CALIBRATION_H
#define TRAINER_EVAL_CALIBRATION_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/eval/evaluate.h"

#define CALIBRATION_BINS 15

struct calibration_bin {
    size_t count; /* images, 1 or more */
    size_t correct;
    double confidence; /* mean probability of what was read */
};

struct calibration {
    struct calibration_bin bins[CALIBRATION_BINS]; /* [bin_count], least confident first */
    size_t bin_count;                              /* CALIBRATION_BINS, or fewer images than that */
    double ece; /* sum over bins of count / all * |accuracy - confidence| */
};

/*
 * Sorts the images of `evaluation` by confidence, equal ones by index, and cuts them into bins
 * whose sizes differ by at most one. labels: [evaluation->count]. Threads: any. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status calibration_make(struct calibration *out,
                                                    const struct evaluation *evaluation,
                                                    const uint8_t *labels,
                                                    struct digit_error *error);

/* correct / count. */
double calibration_bin_accuracy(const struct calibration_bin *bin);

/* An interval [low, high] of a proportion. */
struct interval {
    double low;
    double high;
};

/* Wilson's score interval (1927) of `part` out of `whole`, above 0, with 95 % confidence. */
struct interval interval_of(size_t part, size_t whole);

#endif
