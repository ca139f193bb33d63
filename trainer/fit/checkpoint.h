/*
 * A training's state in a file, from which it can go on as if it had never stopped.
 *
 *     checkpoint_save(path, &origin, state, &error)               after each epoch
 *     checkpoint_load(&checkpoint, path, &origin, &error)
 *     fit(..., checkpoint_state(checkpoint), ...)
 *
 * The file is safetensors (core/weights/safetensors.h) with five flat float32 tensors of one length:
 * parameters, mean and square (AdamW's m and v), ema, kept. Its metadata:
 *
 *     format              "digitd-checkpoint 1"
 *     program             version and revision of the program that wrote it
 *     recipe              the settings, as JSON
 *     architecture        as JSON
 *     train_sha256        of the training data
 *     history             [[loss, accuracy, seconds], ...], a row for each finished epoch; where
 *                         there is validation, its loss and accuracy follow in the row
 *     crc32               CRC-32 (ISO 3309, as zlib's) of these values and the tensors, in order
 *
 * Steps, learning rates, the order of images and every random number follow from seed and epoch.
 * Threads: any, on different objects.
 */
#ifndef TRAINER_FIT_CHECKPOINT_H
#define TRAINER_FIT_CHECKPOINT_H

#include <stdbool.h>

#include <digit/status.h>

#include "trainer/fit/fit_state.h"

/* Which training it is: a checkpoint of another one is refused. All borrowed. */
struct checkpoint_origin {
    const char *recipe;       /* JSON in a canonical form: all settings that decide the weights */
    const char *architecture; /* architecture_format's */
    const char *train_sha256; /* struct dataset's */
};

struct checkpoint;

/*
 * Writes `state` to `path`, whole or not at all: a checkpoint that was there stays until the new one
 * is on the disk. Errors: IO, LIMIT (a history of more than about 10,000 epochs), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status checkpoint_save(const char *path,
                                                   const struct checkpoint_origin *origin,
                                                   const struct fit_state *state,
                                                   struct digit_error *error);

/*
 * Reads a checkpoint of `origin`; the caller destroys *out. The file is only read, whatever comes of
 * it. Errors: IO, MALFORMED (truncated, damaged, not safetensors), UNSUPPORTED (not a checkpoint, or
 * of another format), INVALID (of another recipe, architecture or data; the message says what
 * differs), LIMIT, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status checkpoint_load(struct checkpoint **out, const char *path,
                                                   const struct checkpoint_origin *origin,
                                                   struct digit_error *error);

/* NULL is taken. */
void checkpoint_destroy(struct checkpoint *checkpoint);

/* What fit goes on from; owned by the checkpoint. */
const struct fit_state *checkpoint_state(const struct checkpoint *checkpoint);

/* Whether this very version and revision of the program wrote it: others may round otherwise. */
bool checkpoint_is_of_this_program(const struct checkpoint *checkpoint);

#endif
