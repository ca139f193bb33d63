/*
 * The images that a model got wrong, the ones that it was surest of first.
 */
#ifndef TRAINER_REPORT_GALLERY_H
#define TRAINER_REPORT_GALLERY_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/eval/evaluate.h"
#include "trainer/report/buffer.h"

/* A page shows at most this many; the tables have all. */
#define GALLERY_SHOWN_MAX 200

struct gallery_item {
    size_t index; /* in the data set, from 0 */
    uint8_t label;
    uint8_t digit;           /* what was read */
    float confidence;        /* probability of what was read */
    float label_probability; /* probability of the label */
};

struct gallery {
    struct gallery_item *items; /* [count], by falling confidence, then by index; owned */
    size_t count;
    size_t shown; /* of them, the first; at most GALLERY_SHOWN_MAX */
};

/* Label and answer that were confused, and how often. */
struct gallery_pair {
    uint8_t label;
    uint8_t digit;
    size_t count;
};

#define GALLERY_PAIRS_MAX (DIGIT_CLASSES * (DIGIT_CLASSES - 1))

/* Lists the errors of `evaluation`; the caller releases `out`. Threads: any. Errors: NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status
gallery_make(struct gallery *out, const struct evaluation *evaluation, struct digit_error *error);

/* Frees what `gallery` owns and zeroes it; a zeroed one is taken too. */
void gallery_release(struct gallery *gallery);

/* The confusions that happened, most frequent first, then by label and answer; how many. */
size_t gallery_pairs(struct gallery_pair out[GALLERY_PAIRS_MAX], const struct confusion *confusion);

/*
 * Appends the shown images as one PNG, twenty to a row, each three times its size, in the gallery's
 * order. images: [..][28][28]. Errors: NO_MEMORY. Without a shown image nothing is appended.
 */
DIGIT_MUST_CHECK enum digit_status gallery_add_sheet(struct buffer *out,
                                                     const struct gallery *gallery,
                                                     const uint8_t *images,
                                                     struct digit_error *error);

#endif
