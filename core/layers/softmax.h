/*
 * Softmax, cross-entropy and distillation.
 *
 *     softmax(logits)[i] = exp(logits[i]) / sum over j of exp(logits[j])
 *
 * Every function subtracts the largest logit before exp, which changes nothing but cannot overflow.
 */
#ifndef CORE_LAYERS_SOFTMAX_H
#define CORE_LAYERS_SOFTMAX_H

#include <stddef.h>
#include <stdint.h>

/*
 * probabilities = softmax(logits), [count]; the arrays may be the same. The result sums to 1 within 1e-6
 * for up to 64 finite logits.
 */
void softmax_forward(float *probabilities, const float *logits, size_t count);

/* Cross-entropy of one image, -log softmax(logits)[label], natural logarithm, in double. logits: [count]. */
double softmax_cross_entropy(const float *logits, size_t count, size_t label);

/*
 * Gradient of `weight` times the cross-entropy with label smoothing (Szegedy et al. 2016):
 *
 *     target[i] = smoothing / count + (i == label ? 1 - smoothing : 0)
 *     grad[i] = weight * (softmax(logits)[i] - target[i])
 */
void softmax_cross_entropy_backward(float *grad, const float *logits, size_t count, size_t label,
                                    float smoothing, float weight);

/*
 * Adds the gradient of the distillation loss (Hinton, Vinyals and Dean 2015), weight * temperature^2 times
 * the divergence of the student's softened prediction from the teacher's:
 *
 *     grad[i] += weight * temperature * (softmax(logits / temperature)[i] - softmax(teacher / temperature)[i])
 *
 * All arrays are [count], at most 64; temperature is above 0.
 */
void softmax_distillation_backward(float *grad, const float *logits, const float *teacher,
                                   size_t count, float temperature, float weight);

#endif
