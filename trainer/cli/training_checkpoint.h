/*
 * The checkpoint of one run of digitd-train: its path, the state to resume from, saving and
 * removal.
 *
 *     training_checkpoint_place(&checkpoint, output, NULL, resume, &error);    first of all
 *     training_checkpoint_open(&checkpoint, &recipe, &architecture, &train, &error);
 *     fit(..., training_checkpoint_state(&checkpoint), ...);
 *         training_checkpoint_save(&checkpoint, state, &error);                after each epoch
 *     training_checkpoint_remove(&checkpoint, &error);          after the model file is written
 *     training_checkpoint_release(&checkpoint);
 *
 * Threads: one.
 */
#ifndef TRAINER_CLI_TRAINING_CHECKPOINT_H
#define TRAINER_CLI_TRAINING_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

#include "trainer/data/idx.h"
#include "trainer/fit/checkpoint.h"
#include "trainer/recipe/recipe.h"

#define TRAINING_CHECKPOINT_SUFFIX ".checkpoint"

struct training_checkpoint {
    char *path;
    bool exists;   /* whether the file does */
    size_t epochs; /* number of finished epochs in the file; 0 before it was opened or saved */
    struct checkpoint_origin origin;
    char *recipe;            /* memory of origin.recipe */
    char *architecture;      /* memory of origin.architecture */
    struct checkpoint *from; /* NULL: training starts from scratch */
};

/*
 * Chooses the path: `path`, or if that is NULL, `output` with TRAINING_CHECKPOINT_SUFFIX appended.
 * Without `resume`, an existing file is an error, so that no run overwrites the checkpoint of
 * another one. With `resume`, the file may be missing. The caller releases `out`, even on failure.
 * Errors: those of output_file_check, INVALID (the path equals `output`, or the file exists),
 * NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status training_checkpoint_place(struct training_checkpoint *out,
                                                             const char *output, const char *path,
                                                             bool resume,
                                                             struct digit_error *error);

/*
 * Sets the training to which the checkpoint belongs and reads the file if it exists. `train` must
 * outlive `checkpoint`. Errors: NO_MEMORY, those of checkpoint_load.
 */
DIGIT_MUST_CHECK enum digit_status training_checkpoint_open(struct training_checkpoint *checkpoint,
                                                            const struct recipe *recipe,
                                                            const struct architecture *architecture,
                                                            const struct dataset *train,
                                                            struct digit_error *error);

/* The state from which fit resumes, or NULL. */
const struct fit_state *training_checkpoint_state(const struct training_checkpoint *checkpoint);

/* Replaces the file. Errors: those of checkpoint_save. */
DIGIT_MUST_CHECK enum digit_status training_checkpoint_save(struct training_checkpoint *checkpoint,
                                                            const struct fit_state *state,
                                                            struct digit_error *error);

/* Deletes the file if it exists. Errors: IO. */
DIGIT_MUST_CHECK enum digit_status
training_checkpoint_remove(struct training_checkpoint *checkpoint, struct digit_error *error);

/* Frees the memory of `checkpoint` and zeroes it; it may be zeroed already. Keeps the file. */
void training_checkpoint_release(struct training_checkpoint *checkpoint);

#endif
