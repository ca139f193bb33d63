/*
 * A recipe as text: as JSON for model files and checkpoints, and as a digest for the teacher cache.
 */
#ifndef TRAINER_RECIPE_RECIPE_FORMAT_H
#define TRAINER_RECIPE_RECIPE_FORMAT_H

#include <digit/status.h>

#include "core/base/sha256.h"
#include "trainer/recipe/recipe.h"

/*
 * The recipe as compact JSON: every setting, in the table's order. recipe_parse reads it back to the
 * same recipe, so two recipes are equal if their texts are. File names stand in it as they were
 * written. The caller frees *out. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status recipe_format(char **out, const struct recipe *recipe,
                                                 struct digit_error *error);

/*
 * SHA-256 of the settings that decide which samples the teachers are asked about (`decides_samples` in
 * the table), the effective seed of augmentation among them. Recipes with equal digests can share a
 * teacher cache.
 */
void recipe_sample_digest(char out[SHA256_HEX_BYTES], const struct recipe *recipe);

#endif
