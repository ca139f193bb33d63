/*
 * An evaluation as text to read and as JSON to compute with.
 */
#ifndef TRAINER_REPORT_H
#define TRAINER_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include <digit/model.h>
#include <digit/status.h>

#include "trainer/corruptions/corruptions.h"
#include "trainer/evaluate.h"
#include "trainer/pictures.h"
#include "trainer/report/calibration.h"

/* All borrowed. Either `evaluation`, of a data set, or `pictures` is NULL. */
struct report {
    const struct digit_model_info *model;
    const char *data; /* where the images come from */
    const struct evaluation *evaluation;
    const struct calibration *calibration; /* beside `evaluation` */
    const struct picture_list *pictures;
    const struct corruption_scores *corruptions;        /* beside `evaluation`, or NULL */
    const struct corruption_scores *corrupted_pictures; /* beside `corruptions`, or NULL */
    bool as_pictures; /* `evaluation` is of trainer/as_pictures.h's images */
};

/*
 * Writes accuracy, loss, calibration error, how many are uncertain, confusion matrix, figures of each
 * class and what was read wrongly.
 */
void report_print(FILE *out, const struct report *report);

/* The same, complete, as one JSON object in *out, which the caller frees. Errors: NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status report_format_json(char **out, const struct report *report,
                                                      struct digit_error *error);

#endif
