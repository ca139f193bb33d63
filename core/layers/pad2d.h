/*
 * Zeros around pictures, and as many rows and columns of them as a layer reads.
 */
#ifndef CORE_LAYERS_PAD2D_H
#define CORE_LAYERS_PAD2D_H

#include <stddef.h>
#include <stdint.h>

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

/* The same for elements of 1 or 2 bytes with `value` around each picture, and of 4 with value 0. */
void pad2d_elements(void *out, const void *in, size_t images, const struct pad2d *pad,
                    size_t element_bytes, uint8_t value);

#endif
