/*
 * Checkpoints: files with the state of a training. A training that resumes from one ends with the
 * same weights as one that was never interrupted.
 *
 *     checkpoint_save(path, &origin, state, &error);               after each epoch
 *     checkpoint_load(&checkpoint, path, &origin, &error);
 *     fit(..., checkpoint_state(checkpoint), ...);
 *
 * A checkpoint is a safetensors file (core/weights/safetensors.h) with five one-dimensional float32
 * tensors of the same length: parameters, mean and square (AdamW's m and v), ema, kept. Its
 * metadata:
 *
 *     format              "digitd-checkpoint 1"
 *     program             name, version and revision of the program that wrote it
 *     recipe              all settings, as JSON
 *     architecture        as JSON
 *     train_sha256        checksum of the training data
 *     history             [[loss, accuracy, seconds], ...], a row for each finished epoch; with
 *                         validation, its loss and accuracy follow in the row
 *     crc32               CRC-32 (ISO 3309, as in zlib) of the values above, each with a NUL at its
 *                         end, and the tensors, in this order
 *
 * Steps, learning rates, the order of samples and all random numbers follow from seed and epoch.
 * Threads: any, on different objects.
 */
#ifndef TRAINER_FIT_CHECKPOINT_H
#define TRAINER_FIT_CHECKPOINT_H

#include <stdbool.h>

#include <digit/status.h>

#include "trainer/fit/fit_state.h"

/* Identifies a training; a checkpoint of a different training is refused. All borrowed. */
struct checkpoint_origin {
    const char *recipe;       /* all settings that determine the weights, as canonical JSON */
    const char *architecture; /* as architecture_format writes it */
    const char *train_sha256; /* of struct dataset */
};

struct checkpoint;

/*
 * Writes `state` to `path` atomically: an existing checkpoint is replaced when the new one is on
 * the disk. Errors: IO, LIMIT (a history of more than about 10,000 epochs), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status checkpoint_save(const char *path,
                                                   const struct checkpoint_origin *origin,
                                                   const struct fit_state *state,
                                                   struct digit_error *error);

/*
 * Reads a checkpoint of the training `origin`; the caller destroys *out. Does not change the file,
 * even on failure. Errors: IO, MALFORMED (truncated, damaged, not safetensors), UNSUPPORTED (not a
 * checkpoint, or a different format version), INVALID (a different recipe, architecture or data;
 * the message says what differs), LIMIT, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status checkpoint_load(struct checkpoint **out, const char *path,
                                                   const struct checkpoint_origin *origin,
                                                   struct digit_error *error);

/* NULL is allowed. */
void checkpoint_destroy(struct checkpoint *checkpoint);

/* The state from which fit resumes; owned by the checkpoint. */
const struct fit_state *checkpoint_state(const struct checkpoint *checkpoint);

/* Whether it was written by this version and revision of the program. Other builds may round
 * differently. */
bool checkpoint_is_of_this_program(const struct checkpoint *checkpoint);

#endif
