/*
 * Inverted dropout (Srivastava et al. 2014): in training each element is zeroed with probability p
 * and the others are divided by 1 - p; in inference the layer is the identity.
 */
#ifndef CORE_LAYERS_DROPOUT_H
#define CORE_LAYERS_DROPOUT_H

#include <stddef.h>

/*
 * out = in * mask, element by element; mask: [count] of 0 and 1 / (1 - p). The backward pass is the
 * same product on gradients. out and in may be the same array.
 */
void dropout_apply(float *out, const float *in, const float *mask, size_t count);

#endif
