/*
 * The batch loader augments the samples of each batch and obtains the teachers' logits for them.
 *
 *     status = batch_loader_create(&loader, &data, trained, count, &settings, &distillation, pool,
 *                                  &error);
 *     status = batch_loader_begin_epoch(loader, epoch, &error);
 *     status = batch_loader_fill(loader, &batch, samples, count, &error);     for each batch
 *     status = batch_loader_end_epoch(loader, &error);
 *
 * An epoch has one sample of each training image and additional samples of the hard examples
 * (trainer/distill/hard_examples.h). An augmented sample depends on data, settings, epoch and the
 * set of training images only, not on its batch or the number of threads.
 */
#ifndef TRAINER_FIT_BATCH_LOADER_H
#define TRAINER_FIT_BATCH_LOADER_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/base/thread_pool.h"
#include "trainer/data/idx.h"
#include "trainer/distill/distillation.h"
#include "trainer/fit/fit_settings.h"
#include "trainer/net/batch.h"

struct batch_loader;

/*
 * Creates a loader for batches of up to settings->batch_size samples and selects the hard examples
 * among `trained` [trained_count], the indices of the training images. All pointers are borrowed
 * and must outlive the loader; `distillation` may be NULL. The caller owns the loader. Errors:
 * NO_MEMORY, those of hard_examples_select.
 */
DIGIT_MUST_CHECK enum digit_status
batch_loader_create(struct batch_loader **out, const struct dataset *data, const uint32_t *trained,
                    size_t trained_count, const struct fit_settings *settings,
                    const struct distillation *distillation, struct thread_pool *pool,
                    struct digit_error *error);

/* NULL is allowed. */
void batch_loader_destroy(struct batch_loader *loader);

/* Begins epoch `epoch`, from 0. Errors: those of teacher_cache_begin_epoch. */
DIGIT_MUST_CHECK enum digit_status
batch_loader_begin_epoch(struct batch_loader *loader, size_t epoch, struct digit_error *error);

/*
 * Prepares `count` samples, at most settings->batch_size, and sets all members of `out` except seed
 * and step. The arrays of `out` belong to the loader and are valid until the next call. Only the
 * thread that created the pool may call it. Errors: NO_MEMORY, those of teachers_predict.
 */
DIGIT_MUST_CHECK enum digit_status batch_loader_fill(struct batch_loader *loader,
                                                     struct train_batch *out,
                                                     const uint32_t *samples, size_t count,
                                                     struct digit_error *error);

/* Ends the epoch after all its samples were prepared. Errors: those of teacher_cache_end_epoch. */
DIGIT_MUST_CHECK enum digit_status batch_loader_end_epoch(struct batch_loader *loader,
                                                          struct digit_error *error);

#endif
