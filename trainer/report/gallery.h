/*
 * The misclassified images of an evaluation, the most confident predictions first.
 */
#ifndef TRAINER_REPORT_GALLERY_H
#define TRAINER_REPORT_GALLERY_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/eval/evaluate.h"
#include "trainer/report/buffer.h"

/* A page shows at most this many; the tables contain all of them. */
#define GALLERY_SHOWN_MAX 200

struct gallery_item {
    size_t index; /* in the data set, from 0 */
    uint8_t label;
    uint8_t digit;           /* predicted class */
    float confidence;        /* probability of the predicted class */
    float label_probability; /* probability of the label */
};

struct gallery {
    struct gallery_item *items; /* [count], by descending confidence, then by index; owned */
    size_t count;
    size_t shown; /* how many a page shows, from the first; at most GALLERY_SHOWN_MAX */
};

/* How often a label was predicted as another class. */
struct gallery_pair {
    uint8_t label;
    uint8_t digit;
    size_t count;
};

#define GALLERY_PAIRS_MAX (DIGIT_CLASSES * (DIGIT_CLASSES - 1))

/* Lists the misclassified images of `evaluation`; the caller releases `out`. Threads: any. Errors:
 * NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status
gallery_make(struct gallery *out, const struct evaluation *evaluation, struct digit_error *error);

/* Frees what `gallery` owns and zeroes it; it may be zeroed already. */
void gallery_release(struct gallery *gallery);

/* Lists the pairs of label and predicted class that occurred, by descending count, then by label
 * and class. Returns their number. Threads: any. */
size_t gallery_list_pairs(struct gallery_pair out[GALLERY_PAIRS_MAX],
                          const struct confusion *confusion);

/*
 * Appends the images that are shown as one PNG, in the order of the gallery, twenty in a row, each
 * enlarged three times. Appends nothing if there are none. images: [][28][28], those of the data
 * set. Threads: any. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status gallery_add_sheet(struct buffer *out,
                                                     const struct gallery *gallery,
                                                     const uint8_t *images,
                                                     struct digit_error *error);

#endif
