/*
 * The result of an evaluation as text to read and as JSON to process.
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

/* All borrowed. Either `evaluation` (of a data set) or `files` (image files) is NULL. */
struct evaluation_report {
    const struct digit_model_info *model;
    const char *data; /* where the images come from */
    const struct evaluation *evaluation;
    const struct calibration *calibration; /* with `evaluation` */
    const struct image_file_list *files;
    const struct image_file_list
        *naive_files; /* the same by the naive pipeline, with `files`, or NULL */
    const struct corruption_scores *corruptions;              /* with `evaluation`, or NULL */
    const struct corruption_scores *corruptions_preprocessed; /* with `corruptions`, or NULL */
    /* `evaluation` is of images that were read as pictures (evaluate_pictures). */
    bool preprocessed;
};

/*
 * evaluation_text.c. Prints accuracy, loss, calibration error, the number of uncertain predictions,
 * the confusion matrix, the figures of each class and the misclassified images. Threads: any, on
 * different streams.
 */
void evaluation_report_print(FILE *out, const struct evaluation_report *report);

/*
 * evaluation_json.c. Formats the same, in full precision, as one JSON object in *out, which the
 * caller frees. Threads: any. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
evaluation_report_format_json(char **out, const struct evaluation_report *report,
                              struct digit_error *error);

#endif
