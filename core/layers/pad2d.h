/*
 * Padding: copies pictures into larger (or smaller) ones, filled with zeros or another value.
 */
#ifndef CORE_LAYERS_PAD2D_H
#define CORE_LAYERS_PAD2D_H

#include <stddef.h>
#include <stdint.h>

/* The position of a picture in the padded picture. What lies beyond the padded size is cut off. */
struct pad2d {
    size_t channels;
    size_t in_height, in_width;
    size_t above, left; /* rows above the picture, columns left of it */
    size_t out_height, out_width;
};

/* Number of elements of one padded picture. */
size_t pad2d_out_elements(const struct pad2d *pad);

/* Pads with zeros. out: [images][out_height][out_width][channels], in: [images][in_height][in_width]
   [channels]; they must not overlap. */
void pad2d_forward(float *out, const float *in, size_t images, const struct pad2d *pad);

/* The same for elements of 1 or 2 bytes, padded with the integer `value`, and of 4 bytes, padded with 0. */
void pad2d_elements(void *out, const void *in, size_t images, const struct pad2d *pad,
                    size_t element_bytes, uint8_t value);

#endif
