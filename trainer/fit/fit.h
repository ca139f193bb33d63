/*
 * The training loop: some images held out for validation, then epochs of shuffled, augmented batches;
 * AdamW under a learning-rate schedule; an exponential moving average of the weights, which is what is
 * validated and returned.
 *
 *     status = fit(&result, &architecture, &train, &settings, &distillation, NULL, &observer, pool, &error);
 *     ... model_save(path, &architecture, result.parameters, ...)
 *     fit_result_release(&result);
 *
 * The same seed, data and settings give the same weights to the bit for any number of threads, and when
 * the training resumes from the state after any epoch. Nothing is printed: an observer is called.
 */
#ifndef TRAINER_FIT_FIT_H
#define TRAINER_FIT_FIT_H

#include <stddef.h>

#include <digit/status.h>

#include "core/network/architecture.h"
#include "trainer/base/thread_pool.h"
#include "trainer/data/idx.h"
#include "trainer/distill/distillation.h"
#include "trainer/fit/fit_epoch.h"
#include "trainer/fit/fit_observer.h"
#include "trainer/fit/fit_settings.h"
#include "trainer/fit/fit_state.h"

enum fit_end {
    FIT_ALL_EPOCHS, /* every epoch was run */
    FIT_EARLY,      /* patience ran out */
    FIT_INTERRUPTED /* the observer ended it; result.parameters is then NULL */
};

/* Over images without augmentation. */
struct fit_figures {
    double accuracy;
    double loss; /* mean negative log-likelihood */
};

struct fit_result {
    float *parameters; /* averaged, [parameter table's total]; owned */
    enum fit_end end;
    struct fit_epoch kept;       /* the epoch whose weights are returned */
    struct fit_epoch *history;   /* [epochs_run], epochs before `from` included; owned */
    size_t epochs_run;           /* whole epochs */
    size_t training_count;       /* images trained on */
    struct fit_figures training; /* of `parameters` on those images */
};

/*
 * Trains `architecture` on `data`, from scratch, or where `from` is not NULL from that state, which a
 * training of the same architecture, data and settings left; its history needs only loss and accuracy in
 * `last`. `distillation` is NULL or without teachers where labels alone are learnt. With patience, the
 * weights of the epoch with the lowest validation loss are returned, else those of the last epoch.
 *
 * The observer is called in the calling thread, which created the pool; epochs before `from` are not
 * observed again. On success the caller releases `out`; on failure it holds nothing.
 * Errors: INVALID (settings that contradict each other, a state that does not fit them, a loss or weights
 * that are not finite), NO_MEMORY, those of evaluate_model, batch_loader_create and on_state.
 */
DIGIT_MUST_CHECK enum digit_status
fit(struct fit_result *out, const struct architecture *architecture, const struct dataset *data,
    const struct fit_settings *settings, const struct distillation *distillation,
    const struct fit_state *from, const struct fit_observer *observer, struct thread_pool *pool,
    struct digit_error *error);

/* Frees what `result` owns and zeroes it; a zeroed one is taken too. */
void fit_result_release(struct fit_result *result);

#endif
