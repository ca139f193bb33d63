/*
 * What a convolution's output did to the loss, passed on to its input and its weights. NHWC and OIHW
 * as in core/layers/conv2d_direct.h; dense layers are convolutions here too.
 */
#ifndef TRAINER_NET_LAYERS_CONV2D_BACKWARD_H
#define TRAINER_NET_LAYERS_CONV2D_BACKWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/layers/conv2d_direct.h"
#include "trainer/net/kernels/train_kernels.h"

/* For each tap of the kernel the pixels that it connects, as offsets in floats. */
struct conv2d_taps {
    size_t group;     /* images that a kernel works on together */
    size_t *first;    /* [taps + 1]: where the pairs of a tap for `group` images begin */
    uint32_t *in_at;  /* [pairs], image by image */
    uint32_t *out_at; /* [pairs] */
};

/* Makes the table; false without memory. The caller releases it. */
bool conv2d_taps_init(struct conv2d_taps *out, const struct conv2d *conv,
                      const struct conv2d_direct_tables *tables);

/* Frees what `taps` owns; zeroed ones are taken. */
void conv2d_taps_release(struct conv2d_taps *taps);

/* Floats of the weights packed for conv2d_backward_input. */
size_t conv2d_backward_packed_floats(const struct conv2d *conv, const struct kernels *kernels);

/* Packs one tap, ky * kernel_width + kx, of OIHW weights. */
void conv2d_backward_pack(float *packed, const float *weight, size_t tap, const struct conv2d *conv,
                          const struct kernels *kernels);

/* grad_in: [images][in], written; grad_out: [images][out]. */
void conv2d_backward_input(float *grad_in, const float *grad_out, size_t images,
                           const float *packed, const struct conv2d *conv,
                           const struct conv2d_taps *taps, const struct kernels *kernels);

/*
 * grad_weight: [kernel_height][kernel_width][in_channels][out_channels], written, or with `add`
 * added to. scratch: conv2d_scratch_floats, one for each thread.
 */
void conv2d_backward_weight(float *grad_weight, const float *grad_out, const float *in,
                            size_t images, bool add, const struct conv2d *conv,
                            const struct conv2d_direct_tables *tables, float *scratch,
                            const struct train_kernels *kernels);

#endif
