/*
 * A cache of the teachers' logits for the samples of a training: a folder with one file for each
 * epoch. Computing the logits takes most of the time of a distillation. Trainings with the same
 * samples (another seed or network, more epochs) read them from the cache instead.
 *
 *     status = teacher_cache_create(&cache, folder, key, samples, &error);
 *     for each epoch
 *         status = teacher_cache_begin_epoch(cache, epoch, is_final, &error);
 *         float *logits = teacher_cache_entry(cache, sample);
 *         ... read the logits if teacher_cache_is_filled(cache), otherwise write them
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
 * Opens a cache for `samples` samples in each epoch. `folder` is created if it does not exist.
 * `key` is a digest of everything that the logits depend on; a file with another key is an error.
 * The caller owns the cache. Errors: IO, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status teacher_cache_create(struct teacher_cache **out,
                                                        const char *folder,
                                                        const char key[SHA256_HEX_BYTES],
                                                        size_t samples, struct digit_error *error);

/* NULL is allowed. */
void teacher_cache_destroy(struct teacher_cache *cache);

/*
 * Begins epoch `epoch`, from 0, and reads its file if it exists. A final epoch, whose augmentation
 * is weaker, has a file name of its own, because the same epoch of a longer training is not a final
 * one. Errors: IO, MALFORMED (not a cache file, or truncated), INVALID (another key); the message
 * names the file.
 */
DIGIT_MUST_CHECK enum digit_status teacher_cache_begin_epoch(struct teacher_cache *cache,
                                                             size_t epoch, bool is_final,
                                                             struct digit_error *error);

/* Whether the logits of the epoch were read from its file. */
bool teacher_cache_is_filled(const struct teacher_cache *cache);

/* The logits of sample `sample`: [DIGIT_CLASSES]. Threads: any, for different samples. */
float *teacher_cache_entry(struct teacher_cache *cache, size_t sample);

/* Ends the epoch. Writes its file atomically, unless the file was read. Errors: IO. */
DIGIT_MUST_CHECK enum digit_status teacher_cache_end_epoch(struct teacher_cache *cache,
                                                           struct digit_error *error);

#endif
