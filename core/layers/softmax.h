/*
 * Softmax, and its cross-entropy with the true class.
 */
#ifndef CORE_LAYERS_SOFTMAX_H
#define CORE_LAYERS_SOFTMAX_H

#include <stddef.h>
#include <stdint.h>

/*
 * probabilities = exp(logits - max) / sum, [count]; the arrays may be the same. Sums to 1 within
 * 1e-6 for up to 64 finite logits.
 */
void softmax_forward(float *probabilities, const float *logits, size_t count);

/*
 * Cross-entropy of one image: -log softmax(logits)[label], natural logarithm, in double.
 * logits: [count].
 */
double softmax_cross_entropy(const float *logits, size_t count, size_t label);

/*
 * Gradient of `weight` times the cross-entropy with a target smoothed towards uniform by
 * `smoothing` (Szegedy et al. 2016): grad[i] = weight * (softmax[i] - target[i]).
 */
void softmax_cross_entropy_backward(float *grad, const float *logits, size_t count, size_t label,
                                    float smoothing, float weight);

#endif
