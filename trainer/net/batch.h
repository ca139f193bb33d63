/*
 * One training batch, and the figures of a training step on it.
 */
#ifndef TRAINER_NET_BATCH_H
#define TRAINER_NET_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include <digit/model.h>

/* The label of an outlier: an image that belongs to none of the classes. */
#define TRAIN_NO_CLASS DIGIT_CLASSES

/* The second label of an image that mixup blended from two. */
struct train_mixup {
    uint8_t label; /* 0 to DIGIT_CLASSES - 1 */
    float share; /* weight of `label` in the target, 0 to 0.5; the image's own label has the rest */
};

struct train_batch {
    const float *pixels;              /* [count][28][28], 0 to 1 */
    const uint8_t *labels;            /* [count], 0 to DIGIT_CLASSES - 1, or TRAIN_NO_CLASS */
    const struct train_mixup *mixups; /* [count]; NULL: no image has a second label */
    size_t count;                     /* 1 to the network's max_batch */
    uint64_t seed;                    /* of the dropout masks, together with `step` */
    uint64_t step;                    /* number of the step in the training, from 0 */
    float label_smoothing;            /* 0 (none) to below 1 */
    const float *teacher; /* [count][DIGIT_CLASSES] logits of the teachers; NULL: no distillation */
    float teacher_share;  /* weight of the distillation loss, 0 to 1; that of the labels' loss is
                              1 - teacher_share */
    float temperature;    /* divides the teachers' and the network's logits; above 0 */
};

/* Measured over the images that have a class. Outliers contribute to the gradients only. */
struct train_result {
    double loss_sum; /* sum of the cross-entropies with the labels, in nats, without smoothing */
    size_t correct;  /* number of images whose largest logit is that of the label */
    size_t measured; /* number of images that have a class */
};

#endif
