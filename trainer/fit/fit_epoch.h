/*
 * The figures of an epoch: where it stands while it runs, and what it came to.
 */
#ifndef TRAINER_FIT_FIT_EPOCH_H
#define TRAINER_FIT_FIT_EPOCH_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A running epoch after a step. Loss and accuracy are means over the epoch's samples so far, as they
 * were augmented, outliers left out; 0 if all of them were outliers.
 */
struct fit_step {
    size_t epoch; /* from 1 */
    size_t epochs;
    size_t step; /* done in this epoch, from 1 */
    size_t steps;
    size_t images; /* samples of this epoch so far */
    double loss;
    double accuracy;
    double learning_rate; /* of this step */
};

/* A finished epoch. */
struct fit_epoch {
    struct fit_step last;
    bool validated; /* whether the next three are set */
    double validation_loss;
    double validation_accuracy;
    bool best;      /* the lowest validation loss so far */
    double seconds; /* duration, validation included; the only figure that differs between runs */
};

#endif
