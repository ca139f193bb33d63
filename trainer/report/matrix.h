/*
 * A drawing of a confusion matrix: one colour for correct predictions, another for confusions, more
 * opaque where there are more, with the figure in every cell.
 */
#ifndef TRAINER_REPORT_MATRIX_H
#define TRAINER_REPORT_MATRIX_H

#include <digit/model.h>

#include "trainer/eval/evaluate.h"
#include "trainer/report/buffer.h"

enum matrix_kind {
    MATRIX_COUNTS, /* images */
    MATRIX_SHARES, /* percent of the images with that label */
};

/* Appends the matrix as an svg element: a row for each label, a column for each predicted class.
 * Threads: any. */
void matrix_add(struct buffer *out, enum matrix_kind kind, const struct confusion *confusion,
                const char *const labels[DIGIT_CLASSES]);

#endif
