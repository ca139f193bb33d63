/*
 * The checkpoint of one run of digitd-train: where it is, whether the run goes on from it, and when
 * it is no longer needed.
 *
 *     training_checkpoint_place(&checkpoint, output, NULL, resume, &error)    before anything long
 *     training_checkpoint_open(&checkpoint, &recipe, &architecture, &train, &error)
 *     fit(..., training_checkpoint_state(&checkpoint), ...)
 *         training_checkpoint_save(&checkpoint, state, &error)                after each epoch
 *     training_checkpoint_remove(&checkpoint, &error)                  when the model is written
 *     training_checkpoint_release(&checkpoint)
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
    bool is_there; /* the file */
    size_t epochs; /* finished ones in the file; 0 before it was opened or saved */
    struct checkpoint_origin origin;
    char *recipe;            /* origin's text */
    char *architecture;      /* origin's text */
    struct checkpoint *from; /* NULL: from the beginning */
};

/*
 * Settles the path: `path`, or if it is NULL, `output` with TRAINING_CHECKPOINT_SUFFIX. A file there
 * is taken with `resume` only, so that no run overwrites what another left; with `resume`, none need
 * be there. The caller releases `out`, even on failure.
 * Errors: those of output_file_check, INVALID (it is the output, or is there), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status training_checkpoint_place(struct training_checkpoint *out,
                                                             const char *output, const char *path,
                                                             bool resume,
                                                             struct digit_error *error);

/*
 * Says which training it is, which must outlive `checkpoint`, and reads the file if it is there.
 * Errors: those of checkpoint_load.
 */
DIGIT_MUST_CHECK enum digit_status training_checkpoint_open(struct training_checkpoint *checkpoint,
                                                            const struct recipe *recipe,
                                                            const struct architecture *architecture,
                                                            const struct dataset *train,
                                                            struct digit_error *error);

/* What fit goes on from, or NULL. */
const struct fit_state *training_checkpoint_state(const struct training_checkpoint *checkpoint);

/* Writes the file anew. Errors: those of checkpoint_save. */
DIGIT_MUST_CHECK enum digit_status training_checkpoint_save(struct training_checkpoint *checkpoint,
                                                            const struct fit_state *state,
                                                            struct digit_error *error);

/* Deletes the file, if it is there. Errors: IO. */
DIGIT_MUST_CHECK enum digit_status
training_checkpoint_remove(struct training_checkpoint *checkpoint, struct digit_error *error);

/* Frees what it owns and zeroes it; a zeroed one is taken too. The file stays. */
void training_checkpoint_release(struct training_checkpoint *checkpoint);

#endif
