/*
 * The figures of an epoch, while it runs and when it is finished.
 */
#ifndef TRAINER_FIT_FIT_EPOCH_H
#define TRAINER_FIT_FIT_EPOCH_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A running epoch after a step. Loss and accuracy are means over the augmented samples of the epoch
 * so far, without outliers; 0 if all of them were outliers.
 */
struct fit_step {
    size_t epoch; /* from 1 */
    size_t epochs;
    size_t step;   /* number of steps done in this epoch, from 1 */
    size_t steps;  /* in an epoch */
    size_t images; /* number of samples of this epoch so far */
    double loss;
    double accuracy;
    double learning_rate; /* of this step */
};

/* A finished epoch. */
struct fit_epoch {
    struct fit_step last;
    bool validated; /* whether the next three members are set */
    double validation_loss;
    double validation_accuracy;
    bool best;      /* has the lowest validation loss so far */
    double seconds; /* duration, including validation; the only figure that differs between runs */
};

#endif
