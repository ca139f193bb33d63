/*
 * The weights that see the image itself, as pictures: what each output of the first layer looks for.
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
    const char *name;     /* "conv1"; NULL if the network's first weights see no picture */
    size_t count;         /* outputs */
    size_t shown;         /* of them, the first; at most FIRST_LAYER_SHOWN_MAX */
    size_t height;        /* of the field that an output sees */
    size_t width;         /* of the field that an output sees */
    const float *weights; /* [count][height][width]; borrowed from the file */
    float largest;        /* magnitude of any weight shown, above 0 */
};

/* Finds the first convolution or dense layer, if what it sees has one channel. */
void first_layer_find(struct first_layer *out, const struct model_file *file);

/*
 * Appends output `index` as a PNG of one pixel for each weight, as a data URI: positive weights in
 * one colour, negative ones in another, the more transparent the closer to 0, measured by the
 * layer's largest. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status first_layer_add_uri(struct buffer *out,
                                                       const struct first_layer *layer,
                                                       size_t index, struct digit_error *error);

/*
 * Appends the shown outputs as one PNG, eight to a row, enlarged. Errors: NO_MEMORY. Of a layer
 * without a name nothing is appended.
 */
DIGIT_MUST_CHECK enum digit_status first_layer_add_sheet(struct buffer *out,
                                                         const struct first_layer *layer,
                                                         struct digit_error *error);

#endif
