/*
 * A training cut down to a few batches, to see that all of it works: two epochs, validation, the
 * test figures, and a model file in a folder that goes away again.
 *
 *     dry_run_cut(&recipe, &train, &test);
 *     status = dry_run_open(&place, "model.safetensors", &error);
 *     ... train, measure, save to place.output
 *     dry_run_close(&place);
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
#define DRY_RUN_STEPS        4   /* of an epoch */
#define DRY_RUN_EVALUATIONS  256 /* most images of validation, and of test */
#define DRY_RUN_MESSAGE_SIZE 160

/* Where a dry run writes. */
struct dry_run {
    char *folder; /* owned */
    char *output; /* a file's path in it; owned */
};

/*
 * Cuts a recipe and its data down to DRY_RUN_STEPS batches in each of DRY_RUN_EPOCHS. What is wrong
 * with the recipe for all the data is so for the rest. The data keep their memory.
 */
void dry_run_cut(struct recipe *recipe, struct dataset *train, struct dataset *test);

/*
 * Makes a folder beside the file `output`, where the training would write. The caller closes it.
 * Errors: IO (the folder cannot be made), NO_MEMORY; on failure `out` holds nothing.
 */
DIGIT_MUST_CHECK enum digit_status dry_run_open(struct dry_run *out, const char *output,
                                                struct digit_error *error);

/* Removes the folder with the files in it. A zeroed one is taken. */
void dry_run_close(struct dry_run *dry_run);

/*
 * Says what the dry run came to: `images` of an epoch in `seconds`, and how long `recipe`, as it was
 * before the cut, would so take for `count` images.
 */
void dry_run_describe(char out[DRY_RUN_MESSAGE_SIZE], size_t images, double seconds,
                      const struct recipe *recipe, size_t count);

#endif
