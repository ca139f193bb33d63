/*
 * Reads a recipe strictly from JSON (config/recipes/) and changes single settings (--set).
 */
#ifndef TRAINER_RECIPE_RECIPE_READ_H
#define TRAINER_RECIPE_RECIPE_READ_H

#include <stddef.h>

#include <digit/status.h>

#include "trainer/recipe/recipe.h"

#define RECIPE_MAX_BYTES 65536 /* of a recipe file */

/* Every setting at its default; the architecture has none. */
void recipe_init(struct recipe *out);

/*
 * Reads a recipe from text [size_bytes], the contents of the file `path`, which messages name. A setting
 * that the text leaves out gets its default.
 * Errors: MALFORMED (not JSON, a key given twice), INVALID (an unknown key, a wrong type, out of range),
 * LIMIT (a path that is too long); the message names setting, value and range.
 */
DIGIT_MUST_CHECK enum digit_status recipe_parse(struct recipe *out, const char *text,
                                                size_t size_bytes, const char *path,
                                                struct digit_error *error);

/* Reads the recipe in the file `path`. Errors: also IO, LIMIT (RECIPE_MAX_BYTES), NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status recipe_load(struct recipe *out, const char *path,
                                               struct digit_error *error);

/*
 * Changes one setting, given as --set takes it: "epochs=3", "augment.shift_px=0", "dropout=null". On
 * failure the recipe is unchanged. Errors: INVALID (no "=", an unknown setting, a value that does not
 * fit), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status recipe_set(struct recipe *recipe, const char *assignment,
                                              struct digit_error *error);

#endif
