/*
 * A dry run: a training reduced to a few batches, which shows that every step of it works. It has
 * two epochs, validation and test figures, and writes its files to a temporary folder.
 *
 *     dry_run_reduce(&recipe, &train, &test);
 *     status = dry_run_open(&dry_run, "model.safetensors", &error);
 *     ... train, evaluate, save to dry_run.output
 *     dry_run_close(&dry_run);
 *
 * Threads: any, on different objects.
 */
#ifndef TRAINER_CLI_DRY_RUN_H
#define TRAINER_CLI_DRY_RUN_H

#include <stddef.h>

#include <digit/status.h>

#include "trainer/data/idx.h"
#include "trainer/recipe/recipe.h"

#define DRY_RUN_EPOCHS       2
#define DRY_RUN_STEPS        4   /* in an epoch */
#define DRY_RUN_EVALUATIONS  256 /* maximum number of validation images, and of test images */
#define DRY_RUN_MESSAGE_SIZE 160

/* The temporary folder of a dry run. */
struct dry_run {
    char *folder; /* owned */
    char *output; /* path of the model file in it; owned */
};

/*
 * Reduces a recipe and its data to DRY_RUN_STEPS batches in each of DRY_RUN_EPOCHS epochs. A recipe
 * that is invalid for the complete data stays invalid. The data sets keep their memory.
 */
void dry_run_reduce(struct recipe *recipe, struct dataset *train, struct dataset *test);

/*
 * Creates a temporary folder beside the file `output`, which the complete training would write. The
 * caller closes it. Errors: IO (the folder cannot be created), NO_MEMORY; on failure `out` is
 * zeroed.
 */
DIGIT_MUST_CHECK enum digit_status dry_run_open(struct dry_run *out, const char *output,
                                                struct digit_error *error);

/* Deletes the folder and the files in it, and zeroes `dry_run`, which may be zeroed already. */
void dry_run_close(struct dry_run *dry_run);

/*
 * Writes the result of a dry run whose last epoch had `images` images and took `seconds`: the
 * speed, and the time that `recipe`, as it was before it was reduced, would take on a data set of
 * `count` images.
 */
void dry_run_describe(char out[DRY_RUN_MESSAGE_SIZE], size_t images, double seconds,
                      const struct recipe *recipe, size_t count);

#endif
