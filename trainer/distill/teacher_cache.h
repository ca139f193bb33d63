/*
 * The teachers' logits for the samples of a training, cached in a folder: one file for each epoch. Asking
 * the teachers takes most of the time of a distillation; trainings with the same samples (another seed or
 * network, more epochs) read the cache instead.
 *
 *     status = teacher_cache_create(&cache, folder, key, samples, &error);
 *     for each epoch
 *         status = teacher_cache_begin_epoch(cache, epoch, is_final, &error);
 *         float *logits = teacher_cache_entry(cache, sample);
 *         ... read them if teacher_cache_is_filled(cache), else write them
 *         status = teacher_cache_end_epoch(cache, &error);
 */
#ifndef TRAINER_DISTILL_TEACHER_CACHE_H
#define TRAINER_DISTILL_TEACHER_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

#include "core/base/sha256.h"

struct teacher_cache;

/*
 * A cache in `folder`, which is created if it does not exist, for `samples` samples of an epoch. `key` is a
 * digest of all that the logits depend on: a file with another key is an error. The caller owns it.
 * Errors: IO, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status teacher_cache_create(struct teacher_cache **out,
                                                        const char *folder,
                                                        const char key[SHA256_HEX_BYTES],
                                                        size_t samples, struct digit_error *error);

/* NULL is taken. */
void teacher_cache_destroy(struct teacher_cache *cache);

/*
 * Begins an epoch, from 0, and reads its file if there is one. A final epoch, whose augmentation is
 * weaker, has a file name of its own, because the same epoch of a longer training is not a final one.
 * Errors: IO, MALFORMED (not such a file, or truncated), INVALID (of another key); the message names the
 * file.
 */
DIGIT_MUST_CHECK enum digit_status teacher_cache_begin_epoch(struct teacher_cache *cache,
                                                             size_t epoch, bool is_final,
                                                             struct digit_error *error);

/* Whether the epoch's file was read. */
bool teacher_cache_is_filled(const struct teacher_cache *cache);

/* The logits of a sample, below `samples`: [DIGIT_CLASSES]. Threads: any, on different samples. */
float *teacher_cache_entry(struct teacher_cache *cache, size_t sample);

/* Ends the epoch: writes its file, whole or not at all, unless it was read. Errors: IO. */
DIGIT_MUST_CHECK enum digit_status teacher_cache_end_epoch(struct teacher_cache *cache,
                                                           struct digit_error *error);

#endif
