/*
 * The contents of a report: what the program passes in, and what is computed from that.
 */
#ifndef TRAINER_REPORT_CONTENTS_H
#define TRAINER_REPORT_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/model.h>
#include <digit/status.h>

#include "trainer/data/idx.h"
#include "trainer/eval/calibration.h"
#include "trainer/eval/evaluate.h"
#include "trainer/eval/mnist_c/mnist_c.h"
#include "trainer/export/model_file.h"
#include "trainer/report/first_layer.h"
#include "trainer/report/gallery.h"
#include "trainer/report/history.h"
#include "trainer/report/machine.h"

/* All borrowed. */
struct report_source {
    const char *program;    /* "digitd-train" */
    const char *model_path; /* path of the model file */
    const char *data;       /* folder of the data */
    const struct digit_model_info *model;
    const struct model_file *file;
    const struct dataset *train; /* NULL if nothing was trained */
    const struct dataset *test;
    const struct evaluation *evaluation;         /* of the model on `test` */
    const struct corruption_scores *corruptions; /* NULL: not measured */
    const struct history *history;               /* NULL if nothing was trained */
    size_t kept_epoch;                           /* whose weights the model has; 0: unknown */
    size_t threads;
};

struct report_contents {
    const struct report_source *source;
    struct calibration calibration;
    struct gallery gallery;
    struct gallery_pair pairs[GALLERY_PAIRS_MAX]; /* [pair_count] */
    size_t pair_count;
    struct first_layer first_layer;
    struct machine machine;
    double made_s; /* time of the report, in seconds since 1970-01-01 UTC */
};

/*
 * Computes the contents from `source`, which must outlive `out`. On success the caller releases
 * `out`; on failure there is nothing to release. Threads: any. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status report_contents_make(struct report_contents *out,
                                                        const struct report_source *source,
                                                        struct digit_error *error);

/* Frees what `contents` owns; one that is zeroed is accepted. */
void report_contents_release(struct report_contents *contents);

/* Whether the report is of a training, with one epoch or more. */
bool report_has_training(const struct report_source *source);

#endif
