/*
 * What preprocessing makes of a picture on the way, step by step.
 *
 *     struct stages stages;
 *     status = stages_take(&stages, &image, &error);
 *     ... stages.pictures[STAGE_INK].pixels ...
 *     stages_release(&stages);
 *
 * Threads: any, on different objects.
 */
#ifndef BENCH_STAGES_H
#define BENCH_STAGES_H

#include <digit/image.h>
#include <digit/preprocess.h>
#include <digit/status.h>

#include "core/preprocess/plane.h"

/* In the order of core/preprocess/preprocessor.c. */
enum stage {
    STAGE_LUMA,       /* as decoded, at most PLANE_SIDE_MAX_PX a side */
    STAGE_POLARITY,   /* light ink */
    STAGE_GROUND,     /* uneven light taken out */
    STAGE_INK,        /* stretched from ground to ink */
    STAGE_LINES,      /* ruled lines taken out */
    STAGE_COMPONENTS, /* the pieces of the main digit */
    STAGE_CUTTING,    /* cut out */
    STAGE_STROKE,     /* its strokes as thick as MNIST's */
    STAGE_FORM,       /* 28x28, what digit_preprocess answers */
};

#define STAGES_COUNT 9

struct stages {
    struct plane
        pictures[STAGES_COUNT]; /* owned; `pixels` is NULL where the picture did not come to */
    struct digit_receipt receipt;
};

/*
 * Calls the steps one after the other, and digit_preprocess for the last picture. A picture that is
 * untouched has no pictures between polarity and form, a blank one none from the step on that found
 * nothing, but still the form. The caller releases `out`. Errors: NO_MEMORY; INVALID if
 * these steps come to something else than digit_preprocess, whose order then has changed. `out` then holds
 * nothing.
 */
DIGIT_MUST_CHECK enum digit_status stages_take(struct stages *out, const struct digit_image *image,
                                               struct digit_error *error);

/* Frees what `stages` owns and zeroes it. */
void stages_release(struct stages *stages);

#endif
