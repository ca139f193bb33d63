/*
 * A recipe: all settings that, together with the data, determine the result of a training.
 *
 *     struct recipe recipe;
 *     status = recipe_load(&recipe, "config/recipes/digits.json", &error);     recipe_read.h
 *     status = recipe_set(&recipe, "augment.shift_px=3", &error);              recipe_read.h
 *     status = recipe_load_architecture(&architecture, &recipe, &error);
 *     status = fit(&result, &architecture, &data, &recipe.fit, ...);
 *
 * To add a setting of the training loop, add a member to struct fit_settings and a row to the table
 * in recipe_fields.c. A recipe owns no memory and is copied by assignment. Threads: any, on
 * different recipes.
 */
#ifndef TRAINER_RECIPE_RECIPE_H
#define TRAINER_RECIPE_RECIPE_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

#include "core/network/architecture.h"
#include "core/network/model.h"
#include "trainer/fit/fit_settings.h"

#define RECIPE_NAME_BYTES 33
#define RECIPE_FILE_BYTES 1024

/* A file name as the recipe or --set gives it. */
struct recipe_file {
    char name[RECIPE_FILE_BYTES]; /* "": no file */
    bool is_beside;               /* a relative name refers to the recipe's folder; otherwise to the
                                     working folder */
};

/* Names of the classes. */
struct recipe_labels {
    char names[DIGIT_CLASSES][MODEL_LABEL_MAX_LENGTH + 1]; /* all "": "0" to "9" */
};

struct recipe {
    char folder[RECIPE_FILE_BYTES]; /* from which the recipe was read; not a setting */

    char name[RECIPE_NAME_BYTES];
    struct recipe_file architecture;
    struct recipe_labels labels;
    float dropout;               /* probability of all dropout layers; NaN: the architecture's */
    struct recipe_file teachers; /* folder of models; "": learn from the labels only */
    struct fit_settings fit;
};

/*
 * Returns the path of a file of the recipe, relative to the working folder; the caller frees *out.
 * Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status recipe_locate(char **out, const struct recipe *recipe,
                                                 const struct recipe_file *file,
                                                 struct digit_error *error);

/*
 * Reads the recipe's architecture and sets its dropout to the recipe's. Errors: INVALID (the recipe
 * has no architecture), those of architecture_load.
 */
DIGIT_MUST_CHECK enum digit_status recipe_load_architecture(struct architecture *out,
                                                            const struct recipe *recipe,
                                                            struct digit_error *error);

/* The names of the classes; "0" to "9" if the recipe has none. Borrowed from the recipe. */
void recipe_class_labels(const char *out[DIGIT_CLASSES], const struct recipe *recipe);

#endif
