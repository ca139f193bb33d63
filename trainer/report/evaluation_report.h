/*
 * An evaluation as text to read and as JSON to compute with.
 */
#ifndef TRAINER_REPORT_EVALUATION_REPORT_H
#define TRAINER_REPORT_EVALUATION_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include <digit/model.h>
#include <digit/status.h>

#include "trainer/eval/calibration.h"
#include "trainer/eval/evaluate.h"
#include "trainer/eval/image_files.h"
#include "trainer/eval/mnist_c/mnist_c.h"

/* All borrowed. Either `evaluation`, of a data set, or `pictures` is NULL. */
struct evaluation_report {
    const struct digit_model_info *model;
    const char *data; /* where the images come from */
    const struct evaluation *evaluation;
    const struct calibration *calibration; /* beside `evaluation` */
    const struct image_file_list *pictures;
    const struct corruption_scores *corruptions;              /* beside `evaluation`, or NULL */
    const struct corruption_scores *corruptions_preprocessed; /* beside `corruptions`, or NULL */
    bool preprocessed; /* `evaluation` is of trainer/eval/preprocessed.h's images */
};

/*
 * Writes accuracy, loss, calibration error, how many are uncertain, confusion matrix, figures of each
 * class and what was read wrongly.
 */
void evaluation_report_print(FILE *out, const struct evaluation_report *report);

/* The same, complete, as one JSON object in *out, which the caller frees. Errors: NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status
evaluation_report_format_json(char **out, const struct evaluation_report *report,
                              struct digit_error *error);

#endif
