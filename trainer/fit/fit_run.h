/*
 * The data of one training from its first epoch to its last; fit.c runs it. Threads: one.
 */
#ifndef TRAINER_FIT_FIT_RUN_H
#define TRAINER_FIT_FIT_RUN_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/network/architecture.h"
#include "trainer/base/thread_pool.h"
#include "trainer/data/idx.h"
#include "trainer/distill/distillation.h"
#include "trainer/fit/batch_loader.h"
#include "trainer/fit/fit_observer.h"
#include "trainer/fit/fit_settings.h"
#include "trainer/fit/fit_state.h"
#include "trainer/net/adamw.h"
#include "trainer/net/ema.h"
#include "trainer/net/network.h"
#include "trainer/net/schedule.h"

/* The first six members are borrowed. */
struct fit_run {
    const struct architecture *architecture;
    const struct dataset *data;
    const struct fit_settings *settings;
    const struct distillation *distillation; /* NULL: no teachers */
    const struct fit_observer *observer;
    struct thread_pool *pool;

    struct train_network *network;
    struct batch_loader *loader;
    struct adamw *adamw;
    struct ema *ema;
    struct schedule schedule;
    size_t parameter_total;

    uint32_t *split;       /* [data->count], indices: training images, then validation images */
    uint32_t *order;       /* [sample_count], the samples in the order of this epoch */
    size_t training_count; /* number of training images */
    size_t sample_count;   /* samples in an epoch (trainer/distill/hard_examples.h) */
    uint8_t *validation_images; /* [validation_count][28][28] */
    uint8_t *validation_labels; /* [validation_count] */
    float *kept;                /* [parameter_total] weights to return */
    size_t steps;               /* in an epoch */
    size_t step;                /* number of steps done in the training */

    struct fit_epoch *history; /* [settings->epochs], of which epochs_run are set */
    size_t epochs_run;
    size_t best_epoch; /* the epoch with the lowest validation loss, from 1; 0: none yet */
};

/*
 * Creates the network and all buffers, and splits the data. The first six members must be set and
 * all others zero. The caller releases `run`, even on failure. Errors: NO_MEMORY, those of
 * batch_loader_create.
 */
DIGIT_MUST_CHECK enum digit_status fit_run_init(struct fit_run *run, struct digit_error *error);

void fit_run_release(struct fit_run *run);

/* Writes the samples of epoch `epoch`, from 0, to run->order in an order that depends on seed and
 * epoch only. */
void fit_run_shuffle(struct fit_run *run, size_t epoch);

/* Appends a finished epoch to the history, sets epoch->best, and keeps the weights if they are the
 * ones to return so far. */
void fit_run_add_epoch(struct fit_run *run, struct fit_epoch *epoch);

/* The state after a finished epoch; valid until the next step. */
struct fit_state fit_run_state(const struct fit_run *run);

/* Sets a new run to `state`, see fit. Errors: INVALID (the state does not fit the settings). */
DIGIT_MUST_CHECK enum digit_status
fit_run_restore(struct fit_run *run, const struct fit_state *state, struct digit_error *error);

/* Fails with INVALID if a number of the state is not finite. */
DIGIT_MUST_CHECK enum digit_status fit_run_check_finite(const struct fit_run *run,
                                                        struct digit_error *error);

#endif
