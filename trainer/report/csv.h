/*
 * The tables of a report as CSV (RFC 4180, but with LF line ends): a header, then one row each.
 * Threads: any.
 */
#ifndef TRAINER_REPORT_CSV_H
#define TRAINER_REPORT_CSV_H

#include <stdint.h>

#include "trainer/eval/evaluate.h"
#include "trainer/report/buffer.h"
#include "trainer/report/gallery.h"
#include "trainer/report/history.h"

/* One row for each epoch. Validation cells are empty where nothing was validated. Times in s. */
void csv_add_history(struct buffer *out, const struct history *history);

/* One row for each label: images by predicted class, then precision, recall, F1 and support. */
void csv_add_classes(struct buffer *out, const struct confusion *confusion,
                     const char *const labels[DIGIT_CLASSES]);

/* One row for each misclassified image, in the order of the gallery. */
void csv_add_errors(struct buffer *out, const struct gallery *gallery,
                    const char *const labels[DIGIT_CLASSES]);

#endif
