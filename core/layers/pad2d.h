/*
 * Zeros around pictures, and as many rows and columns of them as a layer reads.
 */
#ifndef CORE_LAYERS_PAD2D_H
#define CORE_LAYERS_PAD2D_H

#include <stddef.h>

/* Where a picture lies in a padded one. What lies beyond the padded size is left out. */
struct pad2d {
    size_t channels;
    size_t in_height, in_width;
    size_t above, left;
    size_t out_height, out_width;
};

/* Elements of one padded picture. */
size_t pad2d_out_elements(const struct pad2d *pad);

/* out: [images][out_height][out_width][channels], in: [images][in_height][in_width][channels], not
   overlapping. */
void pad2d_forward(float *out, const float *in, size_t images, const struct pad2d *pad);

#endif
