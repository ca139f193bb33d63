/*
 * The tables of a report as CSV (RFC 4180, but lines end in LF): a header, then one row each.
 */
#ifndef TRAINER_REPORT_CSV_H
#define TRAINER_REPORT_CSV_H

#include <stdint.h>

#include "trainer/eval/evaluate.h"
#include "trainer/report/buffer.h"
#include "trainer/report/gallery.h"
#include "trainer/report/history.h"

/* One row an epoch; validation's cells are empty where nothing was validated. Times in seconds. */
void csv_add_history(struct buffer *out, const struct history *history);

/* Rows: the label. Columns: what was read, then precision, recall, F1 and support. */
void csv_add_classes(struct buffer *out, const struct confusion *confusion,
                     const char *const labels[DIGIT_CLASSES]);

/* Every image that was not read as its label, in the gallery's order. */
void csv_add_errors(struct buffer *out, const struct gallery *gallery,
                    const char *const labels[DIGIT_CLASSES]);

#endif
