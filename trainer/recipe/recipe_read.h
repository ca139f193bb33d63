/*
 * Reads recipes from JSON (config/recipes/), strictly, and changes single settings (--set).
 */
#ifndef TRAINER_RECIPE_RECIPE_READ_H
#define TRAINER_RECIPE_RECIPE_READ_H

#include <stddef.h>

#include <digit/status.h>

#include "trainer/recipe/recipe.h"

#define RECIPE_MAX_BYTES 65536 /* maximum size of a recipe file */

/* Sets every setting to its default. The architecture has none and is empty. */
void recipe_init(struct recipe *out);

/*
 * Reads a recipe from text [size_bytes], the contents of the file `path`, which is named in
 * messages. A setting that is missing in the text has its default. Errors: MALFORMED (not JSON, a
 * key given twice), INVALID (an unknown key, a value of the wrong type or out of range), LIMIT
 * (`path` is too long); the message names setting, value and range.
 */
DIGIT_MUST_CHECK enum digit_status recipe_parse(struct recipe *out, const char *text,
                                                size_t size_bytes, const char *path,
                                                struct digit_error *error);

/* Reads the recipe in the file `path`. Errors: also IO, LIMIT (RECIPE_MAX_BYTES), NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status recipe_load(struct recipe *out, const char *path,
                                               struct digit_error *error);

/*
 * Changes one setting, in the syntax of --set: "epochs=3", "augment.shift_px=0", "dropout=null". On
 * failure the recipe is unchanged. Errors: INVALID (no "=", an unknown setting, an invalid value),
 * NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status recipe_set(struct recipe *recipe, const char *assignment,
                                              struct digit_error *error);

#endif
