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

/*
 * Adds the gradient of weight * temperature^2 times the divergence of the teacher's softened
 * answer from the student's (Hinton, Vinyals and Dean 2015), where soft(x) = softmax(x /
 * temperature):
 *
 *     grad[i] += weight * temperature * (soft(logits)[i] - soft(teacher)[i])
 *
 * All arrays are [count], 64 at most; temperature is above 0.
 */
void softmax_distillation_backward(float *grad, const float *logits, const float *teacher,
                                   size_t count, float temperature, float weight);

#endif
