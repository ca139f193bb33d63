#include "core/layers/softmax.h"

#include <math.h>

static float largest_logit(const float *logits, size_t count)
{
    float best = logits[0];
    for (size_t i = 1; i < count; i++)
        best = logits[i] > best ? logits[i] : best;
    return best;
}

void softmax_forward(float *probabilities, const float *logits, size_t count)
{
    float max = largest_logit(logits, count);
    float sum = 0.0f;
    for (size_t i = 0; i < count; i++) {
        probabilities[i] = expf(logits[i] - max);
        sum += probabilities[i];
    }
    for (size_t i = 0; i < count; i++)
        probabilities[i] /= sum;
}

/* log of the sum of exp(logits - max) */
static double log_partition(const float *logits, size_t count, float max)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += exp((double)logits[i] - max);
    return log(sum);
}

double softmax_cross_entropy(const float *logits, size_t count, size_t label)
{
    float max = largest_logit(logits, count);
    return log_partition(logits, count, max) - ((double)logits[label] - max);
}

void softmax_cross_entropy_backward(float *grad, const float *logits, size_t count, size_t label,
                                    float smoothing, float weight)
{
    float max = largest_logit(logits, count);
    double partition = log_partition(logits, count, max);
    for (size_t i = 0; i < count; i++) {
        double probability = exp((double)logits[i] - max - partition);
        double target = smoothing / (double)count + (i == label ? 1.0 - smoothing : 0.0);
        grad[i] = (float)(weight * (probability - target));
    }
}

void softmax_distillation_backward(float *grad, const float *logits, const float *teacher,
                                   size_t count, float temperature, float weight)
{
    float student[64] = {0}, target[64] = {0};
    for (size_t i = 0; i < count; i++) {
        student[i] = logits[i] / temperature;
        target[i] = teacher[i] / temperature;
    }
    softmax_forward(student, student, count);
    softmax_forward(target, target, count);
    for (size_t i = 0; i < count; i++)
        grad[i] += weight * temperature * (student[i] - target[i]);
}
