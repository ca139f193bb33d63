/*
 * Batch normalisation (Ioffe and Szegedy 2015) where its statistics are fixed: what it does to a
 * channel is a factor and a term.
 *
 *     out = scale * (in - mean) / sqrt(variance + epsilon) + shift = in * factor + term
 */
#ifndef CORE_LAYERS_BATCHNORM2D_H
#define CORE_LAYERS_BATCHNORM2D_H

#include <stddef.h>

/* What is known of each channel; all arrays are [channels]. */
struct batchnorm2d {
    const float *scale, *shift;
    const float *mean, *variance;
    float epsilon;
};

/* factor, term: [channels]. */
void batchnorm2d_factors(float *factor, float *term, const struct batchnorm2d *norm,
                         size_t channels);

/* Folds the normalisation of a layer's outputs into that layer: weight [channels][fan_in], bias
   [channels]. */
void batchnorm2d_fold(float *weight, float *bias, const struct batchnorm2d *norm, size_t channels,
                      size_t fan_in);

#endif
