/*
 * The training card of a model file (docs/model.md): recipe, data and measured figures of its
 * training, as one JSON object.
 */
#ifndef TRAINER_EXPORT_TRAINING_CARD_H
#define TRAINER_EXPORT_TRAINING_CARD_H

#include <stddef.h>

#include <digit/status.h>

#include "trainer/data/idx.h"
#include "trainer/eval/evaluate.h"
#include "trainer/fit/fit.h"
#include "trainer/recipe/recipe.h"

/* All borrowed. */
struct training_card {
    const struct recipe *recipe;
    const struct dataset *train;
    const struct dataset *test;
    const struct fit_result *fit;
    const struct evaluation *test_figures;
};

/* Writes the card as compact JSON into *out, which the caller frees. Errors: NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status
training_card_format(char **out, const struct training_card *card, struct digit_error *error);

/*
 * Reads the number of validation images, 1 to train->count - 1, from the training card `text`.
 * `where` names the model file in messages. Errors: MALFORMED, INVALID (`text` is NULL, a member is
 * missing or invalid, there were no validation images, the training had other images than `train`).
 */
DIGIT_MUST_CHECK enum digit_status training_card_validation_count(size_t *out, const char *text,
                                                                  const struct dataset *train,
                                                                  const char *where,
                                                                  struct digit_error *error);

#endif
