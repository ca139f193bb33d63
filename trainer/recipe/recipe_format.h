/*
 * Writes a recipe as JSON, for model files and checkpoints, and as a digest, for the teacher cache.
 */
#ifndef TRAINER_RECIPE_RECIPE_FORMAT_H
#define TRAINER_RECIPE_RECIPE_FORMAT_H

#include <digit/status.h>

#include "core/base/sha256.h"
#include "trainer/recipe/recipe.h"

/*
 * Writes the recipe as compact JSON: all settings, in the order of the table, file names as they
 * were given. recipe_parse restores the same recipe from it, so two recipes are equal if their
 * texts are equal. The caller frees *out. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status recipe_format(char **out, const struct recipe *recipe,
                                                 struct digit_error *error);

/*
 * Computes the SHA-256 of the settings that determine the samples of which the teachers compute
 * logits (`decides_samples` in the table), including the effective seed of augmentation. Trainings
 * whose recipes have equal digests can share a teacher cache.
 */
void recipe_sample_digest(char out[SHA256_HEX_BYTES], const struct recipe *recipe);

#endif
