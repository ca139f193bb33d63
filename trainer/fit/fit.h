/*
 * The training loop. It sets the validation images aside and trains on the other ones in epochs of
 * shuffled, augmented batches, with AdamW and a learning-rate schedule. It validates and returns
 * the exponential moving average (EMA) of the weights.
 *
 *     status = fit(&result, &architecture, &train, &settings, &distillation, NULL, &observer, pool,
 *                  &error);
 *     ... model_save(path, &architecture, result.parameters, ...)
 *     fit_result_release(&result);
 *
 * The same seed, data and settings give the same weights to the bit, for any number of threads and
 * also if the training is resumed from its state after any epoch. Progress is reported to an
 * observer; nothing is printed.
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
    FIT_ALL_EPOCHS, /* all epochs were run */
    FIT_EARLY,      /* early stopping: the validation loss did not improve for `patience` epochs */
    FIT_INTERRUPTED /* the observer interrupted the training; result.parameters is NULL */
};

/* Figures over images without augmentation. */
struct fit_figures {
    double accuracy;
    double loss; /* mean negative log-likelihood */
};

struct fit_result {
    float *parameters; /* [parameter table's total], the EMA; owned */
    enum fit_end end;
    struct fit_epoch kept;       /* the epoch whose weights are returned */
    struct fit_epoch *history;   /* [epochs_run], including the epochs before a resume; owned */
    size_t epochs_run;           /* number of finished epochs */
    size_t training_count;       /* number of training images */
    struct fit_figures training; /* of `parameters` on the training images */
};

/*
 * Trains `architecture` on `data`. If `from` is NULL, training starts from scratch; otherwise it
 * resumes from that state of a training with the same architecture, data and settings (of `last`
 * in its history, only loss and accuracy are used). `distillation` is NULL, or has no teachers,
 * to learn from the labels alone. With patience, the weights of the epoch with the lowest
 * validation loss are returned, otherwise those of the last epoch.
 *
 * The observer is called in the calling thread, which must be the one that created the pool. Epochs
 * before a resume are not reported again. On success the caller releases `out`; on failure
 * there is nothing to release. Errors: INVALID (settings that contradict each other, a state that does not fit the
 * settings, a loss or weights that are not finite), NO_MEMORY, those of evaluate_model,
 * batch_loader_create, batch_loader_begin_epoch, batch_loader_fill, batch_loader_end_epoch and
 * on_state.
 */
DIGIT_MUST_CHECK enum digit_status
fit(struct fit_result *out, const struct architecture *architecture, const struct dataset *data,
    const struct fit_settings *settings, const struct distillation *distillation,
    const struct fit_state *from, const struct fit_observer *observer, struct thread_pool *pool,
    struct digit_error *error);

/* Frees the arrays and zeroes `result`, which may be zeroed already. */
void fit_result_release(struct fit_result *result);

#endif
