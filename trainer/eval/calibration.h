/*
 * Calibration: whether a model is correct as often as its confidence says. Measured by bins of
 * equal mass over the confidence and the expected calibration error (ECE: Naeini, Cooper and
 * Hauskrecht 2015; equal mass after Nguyen and O'Connor 2015). Where n_b of n images are in bin b:
 *
 *     ECE = sum over b of n_b / n * |accuracy_b - confidence_b|
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
    double confidence; /* mean probability of the predicted classes */
};

struct calibration {
    struct calibration_bin bins[CALIBRATION_BINS]; /* [bin_count], least confident first */
    size_t bin_count; /* CALIBRATION_BINS, or the number of images if that is smaller */
    double ece;       /* 0 to 1 */
};

/*
 * Sorts the images of `evaluation` by confidence, equal ones by index, and divides them into bins
 * whose sizes differ by at most one. labels: [evaluation->count]. Threads: any. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status calibration_make(struct calibration *out,
                                                    const struct evaluation *evaluation,
                                                    const uint8_t *labels,
                                                    struct digit_error *error);

/* correct / count. */
double calibration_bin_accuracy(const struct calibration_bin *bin);

/* A confidence interval [low, high] of a proportion. */
struct interval {
    double low;
    double high;
};

/*
 * Wilson's score interval (1927) at 95 % confidence for `part` out of `whole`, which is above 0.
 * With p = part / n, n = whole and z = 1.96 (the 97.5 % quantile of the normal distribution):
 *
 *     (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)
 */
struct interval wilson_interval(size_t part, size_t whole);

#endif
