/*
 * A recipe: everything that decides a training's result beside the data, and nothing else. It is
 * read strictly from JSON (config/recipes/), changed by --set, and printed back complete.
 *
 *     struct recipe recipe;
 *     status = recipe_load(&recipe, "config/recipes/digits.json", &error);
 *     status = recipe_set(&recipe, "augment.shift_px=3", &error);
 *     status = recipe_load_architecture(&architecture, &recipe, &error);
 *     const struct fit_settings settings = recipe_settings(&recipe);
 *
 * trainer/recipe_fields.c is the table of fields with their ranges and defaults: a new one is a
 * member here and a row there. A recipe owns nothing and is copied by assignment.
 * Threads: any, on different recipes.
 */
#ifndef TRAINER_RECIPE_H
#define TRAINER_RECIPE_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

#include "core/network/architecture.h"
#include "core/network/model.h"
#include "trainer/adamw.h"
#include "trainer/augment.h"
#include "trainer/distort/distort.h"
#include "trainer/fit.h"
#include "trainer/junk/junk.h"
#include "trainer/mix.h"
#include "trainer/repeats.h"
#include "trainer/style.h"

#define RECIPE_NAME_BYTES 33
#define RECIPE_FILE_BYTES 1024
#define RECIPE_MAX_BYTES  65536 /* of a recipe file */

/* The name of a file as it was written. */
struct recipe_file {
    char name[RECIPE_FILE_BYTES]; /* "": none */
    bool
        is_beside; /* a relative name is relative to the recipe's folder, else to the working one */
};

/* What the classes are called. */
struct recipe_labels {
    char names[DIGIT_CLASSES][MODEL_LABEL_MAX_LENGTH + 1]; /* all "": the digits */
};

struct recipe {
    char folder[RECIPE_FILE_BYTES]; /* where the recipe was read; not a field */

    char name[RECIPE_NAME_BYTES];
    struct recipe_file architecture;
    struct recipe_labels labels;
    size_t seed;
    size_t epochs;
    size_t batch_size;
    size_t validation;
    size_t patience;
    size_t gentle_epochs;
    struct gentle_shares gentle;
    size_t recompute_statistics;
    size_t schedule; /* enum schedule_kind */
    double learning_rate;
    struct adamw_settings optimiser; /* with weight_decay */
    double ema_decay;
    float label_smoothing;
    float dropout;       /* NaN: as the architecture says */
    size_t augment_seed; /* 0: that of the recipe */
    struct augment_ranges augment;
    struct mix_ranges mix;
    struct distort_ranges distort;
    struct style_ranges style;
    struct junk_ranges junk;
    struct recipe_file teachers; /* a folder of models; "": learn from the labels alone */
    float teacher_share;         /* of the loss */
    float temperature;           /* of the teachers' answers */
    struct repeat_settings repeat;
};

/* Every field at its default; the architecture has none. */
void recipe_init(struct recipe *out);

/*
 * Reads a recipe from text [size_bytes] that stands in the file `path`, which messages name; fields
 * that it leaves out get their defaults.
 * Errors: MALFORMED (not JSON, a key twice), INVALID (an unknown key, a wrong type, out of range),
 * LIMIT (a path that is too long); the message names field, value and range.
 */
DIGIT_MUST_CHECK enum digit_status recipe_parse(struct recipe *out, const char *text,
                                                size_t size_bytes, const char *path,
                                                struct digit_error *error);

/* Reads the recipe in the file `path`. Errors: also IO, LIMIT (RECIPE_MAX_BYTES), NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status recipe_load(struct recipe *out, const char *path,
                                               struct digit_error *error);

/*
 * Gives one field a value, as --set has it: "epochs=3", "augment.shift_px=0", "dropout=null". On
 * failure the recipe is as before. Errors: INVALID (no "=", an unknown field, a value that does not
 * fit), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status recipe_set(struct recipe *recipe, const char *assignment,
                                              struct digit_error *error);

/*
 * The recipe as compact JSON: every field, in the table's order. recipe_parse reads it back to the
 * same, so two recipes are the same if their texts are. Names of files stand in it as they were
 * written. The caller frees *out. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status recipe_format(char **out, const struct recipe *recipe,
                                                 struct digit_error *error);

/*
 * Where a file of the recipe is, from the working directory; the caller frees *out.
 * Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status recipe_locate(char **out, const struct recipe *recipe,
                                                 const struct recipe_file *file,
                                                 struct digit_error *error);

/*
 * Reads the recipe's architecture and gives its dropout layers the recipe's probability, if that
 * has one. Errors: INVALID (the recipe names none), and those of architecture_load.
 */
DIGIT_MUST_CHECK enum digit_status recipe_load_architecture(struct architecture *out,
                                                            const struct recipe *recipe,
                                                            struct digit_error *error);

/* What the model's classes are called, "0" to "9" if the recipe does not say. Borrowed. */
void recipe_class_labels(const char *out[DIGIT_CLASSES], const struct recipe *recipe);

/* The training loop's settings. Cannot fail: the table's ranges are the settings' own. */
struct fit_settings recipe_settings(const struct recipe *recipe);

#endif
