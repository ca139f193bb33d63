/*
 * The direct method for a convolution of any geometry (core/layers/conv2d.h): the product of its windows
 * and its packed weights, kernels->multiply. A dense layer is such a convolution.
 *
 *     conv2d_direct_tables_init(&tables, &conv)
 *     conv2d_direct_pack(packed, weight, &conv, kernels)      once for each set of weights
 *     conv2d_direct_forward(out, in, images, packed, bias, relu, &conv, &tables, scratch, kernels)
 */
#ifndef CORE_LAYERS_CONV2D_DIRECT_H
#define CORE_LAYERS_CONV2D_DIRECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/kernels/kernels.h"
#include "core/layers/conv2d.h"

/* The largest group. */
#define CONV2D_DIRECT_MAX_GROUP 16

/* Offsets in elements into a group of padded inputs and into its outputs, for kernels->multiply. */
struct conv2d_direct_tables {
    size_t group;       /* images per call of a kernel, 1 to CONV2D_DIRECT_MAX_GROUP */
    uint32_t *in_at;    /* [group][out pixels]: the first input element of each window */
    uint32_t *out_at;   /* [group][out pixels]: the output elements */
    uint32_t *segments; /* [kernel_height]: the rows of a window, from its first element */
};

/* Makes the tables; false without memory. The caller releases them. */
bool conv2d_direct_tables_init(struct conv2d_direct_tables *out, const struct conv2d *conv);

/* Frees what `tables` owns. Zeroed tables may be released too. */
void conv2d_direct_tables_release(struct conv2d_direct_tables *tables);

/* A group of images, padded: images first to first + count - 1. Zeroed before the first call. */
struct conv2d_direct_group {
    const float *in; /* [count][padded elements]; in the caller's input or in `scratch` */
    size_t first, count;
};

/*
 * Advances `group` to the next group of in [images][in elements]; false after the last one. If the
 * convolution has padding, the group is padded into scratch [conv2d_direct_scratch_floats].
 */
bool conv2d_direct_next_group(struct conv2d_direct_group *group, const float *in, size_t images,
                              const struct conv2d *conv, const struct conv2d_direct_tables *tables,
                              float *scratch);

/* Number of floats of the packed weights. */
size_t conv2d_direct_packed_floats(const struct conv2d *conv, const struct kernels *kernels);

/* Packs OIHW weights for conv2d_direct_forward with the same kernels. */
void conv2d_direct_pack(float *packed, const float *weight, const struct conv2d *conv,
                        const struct kernels *kernels);

/* Packs one tap, ky * kernel_width + kx, of the weights. Threads: any, for different taps. */
void conv2d_direct_pack_tap(float *packed, const float *weight, size_t tap,
                            const struct conv2d *conv, const struct kernels *kernels);

/* Number of floats of scratch memory: the padded inputs of a group; 0 without padding. */
size_t conv2d_direct_scratch_floats(const struct conv2d *conv,
                                    const struct conv2d_direct_tables *tables);

/* out: [images][out_height][out_width][out_channels]; in: [images] pictures, NHWC; bias: [out_channels] or
   NULL; relu: store max(sum, 0); scratch: conv2d_direct_scratch_floats, one for each thread. */
void conv2d_direct_forward(float *out, const float *in, size_t images, const float *packed,
                           const float *bias, bool relu, const struct conv2d *conv,
                           const struct conv2d_direct_tables *tables, float *scratch,
                           const struct kernels *kernels);

#endif
