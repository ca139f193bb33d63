/*
 * The intermediate pictures of preprocessing, one for each stage.
 *
 *     struct stages stages;
 *     status = stages_take(&stages, &image, &error);
 *     ... stages.pictures[STAGE_FOREGROUND].pixels ...
 *     stages_release(&stages);
 *
 * Threads: any, on different objects.
 */
#ifndef TOOLS_STAGES_H
#define TOOLS_STAGES_H

#include <stdbool.h>

#include <digit/image.h>
#include <digit/preprocess.h>
#include <digit/status.h>

#include "core/preprocess/plane.h"
#include "core/preprocess/preprocessor_observer.h"

struct stages {
    struct plane pictures[STAGES_COUNT]; /* owned; `pixels` is NULL for a stage that did not run */
    struct digit_receipt receipt;
    bool no_memory; /* the allocation of a picture failed */
};

/*
 * Preprocesses `image` and copies the picture after each stage. The picture of STAGE_COMPONENTS shows
 * only the components of the main digit. An untouched picture has no pictures between polarity and the
 * 28x28 result. A blank picture has none from the stage that found no digit up to the result, which is
 * present. The caller releases `out`. Errors: NO_MEMORY; `out` then holds nothing.
 */
DIGIT_MUST_CHECK enum digit_status stages_take(struct stages *out, const struct digit_image *image,
                                               struct digit_error *error);

/* Frees what `stages` owns and zeroes it. */
void stages_release(struct stages *stages);

#endif
