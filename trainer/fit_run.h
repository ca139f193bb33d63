/*
 * Everything that one training owns, between the first epoch and the last: what fit.c moves.
 * Threads: one.
 */
#ifndef TRAINER_FIT_RUN_H
#define TRAINER_FIT_RUN_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/adamw.h"
#include "trainer/average.h"
#include "trainer/fit.h"
#include "trainer/lesson.h"
#include "trainer/network.h"
#include "trainer/schedule.h"

/* The first five are borrowed. */
struct fit_run {
    const struct architecture *architecture;
    const struct dataset *data;
    const struct fit_settings *settings;
    const struct fit_observer *observer;
    struct team *team;

    struct train_network *network;
    struct lesson *lesson;
    struct adamw *adamw;
    struct average *average;
    struct schedule schedule;
    size_t parameter_total;

    uint32_t *split;       /* [data->count]: the training images' indices, then the held-out ones */
    uint32_t *order;       /* [showing_count], as this epoch takes them */
    size_t training_count; /* data->count without the held-out ones */
    size_t showing_count;  /* of an epoch (trainer/repeats.h) */
    uint8_t *held_images;  /* [validation_count][28][28] */
    uint8_t *held_labels;  /* [validation_count] */
    float *kept;           /* [parameter_total] weights to return */
    size_t steps;          /* of an epoch */
    size_t step;           /* done, of all */

    struct fit_epoch *history; /* [settings->epochs] */
    size_t epochs_run;         /* of history */
    size_t best_epoch;         /* from 1, with the lowest validation loss; 0: none yet */
};

/*
 * Makes the network and all buffers, and holds images out. The first five members must be set and
 * all others zero. The caller releases `run`, even on failure. Errors: those of lesson_create.
 */
DIGIT_MUST_CHECK enum digit_status fit_run_init(struct fit_run *run, struct digit_error *error);

void fit_run_release(struct fit_run *run);

/* Puts the showings of `epoch`, from 0, into run->order: a function of seed and epoch. */
void fit_run_shuffle(struct fit_run *run, size_t epoch);

/* Appends a finished epoch to the history, says in it whether it is the best, keeps its weights if
 * they are the ones to return. */
void fit_run_add_epoch(struct fit_run *run, struct fit_epoch *epoch);

/* Where the run stands after a whole epoch; valid until it goes on. */
struct fit_state fit_run_state(const struct fit_run *run);

/* Takes a run that was just made to `state`, see fit. Errors: INVALID. */
DIGIT_MUST_CHECK enum digit_status
fit_run_restore(struct fit_run *run, const struct fit_state *state, struct digit_error *error);

/* Fails with INVALID unless every number of the state is finite. */
DIGIT_MUST_CHECK enum digit_status fit_run_check_finite(const struct fit_run *run,
                                                        struct digit_error *error);

#endif
