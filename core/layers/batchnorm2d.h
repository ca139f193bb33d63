/*
 * Batch normalisation (Ioffe and Szegedy 2015) with fixed statistics, as in inference. For each channel it
 * is a factor and a term:
 *
 *     out = scale * (in - mean) / sqrt(variance + epsilon) + shift = in * factor + term
 *
 *     factor = scale / sqrt(variance + epsilon)        term = shift - mean * factor
 */
#ifndef CORE_LAYERS_BATCHNORM2D_H
#define CORE_LAYERS_BATCHNORM2D_H

#include <stddef.h>

/* The parameters of each channel; all arrays are [channels]. */
struct batchnorm2d {
    const float *scale, *shift;
    const float *mean, *variance;
    float epsilon;
};

/* Computes factor and term, [channels]. */
void batchnorm2d_factors(float *factor, float *term, const struct batchnorm2d *norm,
                         size_t channels);

/*
 * Folds the normalisation of a layer's outputs into the layer, in place: weight [channels][fan_in], bias
 * [channels].
 *
 *     weight = weight * factor        bias = (bias - mean) * factor + shift
 */
void batchnorm2d_fold(float *weight, float *bias, const struct batchnorm2d *norm, size_t channels,
                      size_t fan_in);

#endif
