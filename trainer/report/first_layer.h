/*
 * The weights of the first layer as pictures: they show which patterns its outputs respond to.
 */
#ifndef TRAINER_REPORT_FIRST_LAYER_H
#define TRAINER_REPORT_FIRST_LAYER_H

#include <stddef.h>

#include <digit/status.h>

#include "trainer/export/model_file.h"
#include "trainer/report/buffer.h"

/* A page shows at most this many outputs. */
#define FIRST_LAYER_SHOWN_MAX 64

struct first_layer {
    const char *name;     /* "conv1"; NULL if the input of the first layer is not an image */
    size_t count;         /* outputs */
    size_t shown;         /* how many are drawn, from the first; at most FIRST_LAYER_SHOWN_MAX */
    size_t height;        /* of the receptive field of an output */
    size_t width;         /* of the receptive field of an output */
    const float *weights; /* [count][height][width]; borrowed from the file */
    float largest;        /* largest magnitude of a weight that is shown, above 0 */
};

/* Finds the first convolution or dense layer; `out` has no name if its input has several channels.
 * Threads: any. */
void first_layer_find(struct first_layer *out, const struct model_file *file);

/*
 * Appends output `index` as a PNG with one pixel for each weight, as a data URI. Positive weights
 * have one colour, negative ones another; opacity is |weight| / largest. Threads: any. Errors:
 * NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status first_layer_add_uri(struct buffer *out,
                                                       const struct first_layer *layer,
                                                       size_t index, struct digit_error *error);

/*
 * Appends the outputs that are shown as one PNG, enlarged, eight in a row. Appends nothing if the
 * layer has no name. Threads: any. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status first_layer_add_sheet(struct buffer *out,
                                                         const struct first_layer *layer,
                                                         struct digit_error *error);

#endif
