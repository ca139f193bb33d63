/*
 * The gradients of a convolution (core/layers/conv2d.h, which has its formula and layouts:
 * activations NHWC, weights OIHW), with y = oy * stride + ky - padding and x = ox * stride + kx -
 * padding:
 *
 *     grad_in[y][x][c]          = sum over ky, kx, k of weight[k][c][ky][kx] * grad_out[oy][ox][k]
 *     grad_weight[k][c][ky][kx] = sum over images, oy, ox of grad_out[oy][ox][k] * in[y][x][c]
 *
 * Dense layers are convolutions here, too.
 */
#ifndef TRAINER_NET_LAYERS_CONV2D_BACKWARD_H
#define TRAINER_NET_LAYERS_CONV2D_BACKWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/layers/conv2d_direct.h"
#include "trainer/net/kernels/train_kernels.h"

/* For each tap of the kernel, the pairs of input and output pixels that it connects, as offsets in
 * floats. A tap is a position (ky, kx) of the kernel. */
struct conv2d_taps {
    size_t group;     /* images that a kernel processes together */
    size_t *first;    /* [taps + 1]: index of each tap's first pair, for `group` images */
    uint32_t *in_at;  /* [pairs], ordered by tap, then by image */
    uint32_t *out_at; /* [pairs] */
};

/* Creates the table, which the caller releases. Returns false if memory runs out. */
bool conv2d_taps_init(struct conv2d_taps *out, const struct conv2d *conv,
                      const struct conv2d_direct_tables *tables);

/* Frees the table and zeroes it; it may be zeroed already. */
void conv2d_taps_release(struct conv2d_taps *taps);

/* Floats of the weights packed for conv2d_backward_input. */
size_t conv2d_backward_packed_floats(const struct conv2d *conv, const struct kernels *kernels);

/* Packs tap ky * kernel_width + kx of OIHW weights. */
void conv2d_backward_pack(float *packed, const float *weight, size_t tap, const struct conv2d *conv,
                          const struct kernels *kernels);

/* Writes grad_in [images][in] from grad_out [images][out]. */
void conv2d_backward_input(float *grad_in, const float *grad_out, size_t images,
                           const float *packed, const struct conv2d *conv,
                           const struct conv2d_taps *taps, const struct kernels *kernels);

/*
 * Writes grad_weight [kernel_height][kernel_width][in_channels][out_channels], or with `add` adds
 * to it. scratch: conv2d_direct_scratch_floats, one for each thread.
 */
void conv2d_backward_weight(float *grad_weight, const float *grad_out, const float *in,
                            size_t images, bool add, const struct conv2d *conv,
                            const struct conv2d_direct_tables *tables, float *scratch,
                            const struct train_kernels *kernels);

#endif
