/*
 * A network in training: parameters, their gradients, and the activations of one batch.
 *
 *     train_network_step(network, &result, &batch)     forward, loss, backward
 *     train_network_gradients(network)                 what the optimiser reads
 *
 * A batch is cut into blocks of sixteen images, each worked on by one member of the team; sums over
 * blocks are taken in order, so the gradients are the same to the bit for any number of threads.
 */
#ifndef TRAINER_NETWORK_H
#define TRAINER_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include <digit/model.h>
#include <digit/status.h>

#include "core/kernels/kernels.h"
#include "core/network/architecture.h"
#include "core/network/parameters.h"
#include "trainer/team.h"

struct train_network;

/* The label of an image that is none of the classes. */
#define TRAIN_NO_CLASS DIGIT_CLASSES

/* What else an image shows, beside its label. */
struct train_mixture {
    uint8_t label; /* 0 to DIGIT_CLASSES - 1 */
    float share;   /* of the target, 0 (nothing) to 0.5; the image's label has the rest */
};

struct train_batch {
    const float *pixels;                  /* [count][28][28], 0 to 1 */
    const uint8_t *labels;                /* [count], 0 to DIGIT_CLASSES - 1, or TRAIN_NO_CLASS */
    const struct train_mixture *mixtures; /* [count], or NULL: images show their labels alone */
    size_t count;                         /* 1 to max_batch */
    uint64_t seed;                        /* of the dropout masks, with `step` */
    uint64_t step;
    float label_smoothing; /* 0 (none) to below 1 */
    const float *teacher;  /* [count][DIGIT_CLASSES] logits to learn from too, or NULL */
    float teacher_share;   /* of the loss, 0 to 1; the labels have the rest */
    float temperature;     /* that softens the teacher's answers and the network's; above 0 */
};

/* Of the images that have a class; the others are learnt from and not measured. */
struct train_result {
    double loss_sum; /* cross-entropy, natural logarithm, without smoothing */
    size_t correct;  /* images whose largest logit is the label's */
    size_t measured; /* images that have a class */
};

/*
 * Makes a network with all parameters initialised from `seed`: weights He-uniform as PyTorch's
 * layers (Kaiming 2015, a = sqrt 5), batch normalisation at one and zero. Holds one copy of
 * everything for `max_batch` images. `architecture` and `team` are borrowed and must outlive the
 * network. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
train_network_create(struct train_network **out, const struct architecture *architecture,
                     size_t max_batch, uint64_t seed, struct team *team, struct digit_error *error);

/* The same with those kernels instead of this processor's fastest. */
DIGIT_MUST_CHECK enum digit_status
train_network_create_with(struct train_network **out, const struct architecture *architecture,
                          size_t max_batch, uint64_t seed, struct team *team,
                          const struct kernels *kernels, struct digit_error *error);

/* NULL is taken. */
void train_network_destroy(struct train_network *network);

/* The parameter table: which tensor lies where in the arrays below. */
const struct parameter_table *train_network_table(const struct train_network *network);

/* All parameters, running statistics included: [table->total]. The optimiser writes here. */
float *train_network_parameters(struct train_network *network);

/* d(mean loss)/d(parameter) of the last step: [table->total]; zero at running statistics. */
const float *train_network_gradients(const struct train_network *network);

/*
 * One training step without the update: batch statistics in batch normalisation (running ones are
 * moved by momentum 0.1), dropout on, loss, gradients. The target of an image without a class is the
 * uniform distribution, whatever smoothing and teacher are (outlier exposure: Hendrycks, Mazeika and
 * Dietterich 2019, arXiv:1812.04606).
 */
void train_network_step(struct train_network *network, struct train_result *out,
                        const struct train_batch *batch);

#endif
