/*
 * What preprocessing makes of a picture on the way, stage by stage.
 *
 *     struct stages stages;
 *     status = stages_take(&stages, &image, &error);
 *     ... stages.pictures[STAGE_INK].pixels ...
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
    struct plane
        pictures[STAGES_COUNT]; /* owned; `pixels` is NULL where the picture did not come to */
    struct digit_receipt receipt;
    bool no_memory; /* for one of the pictures */
};

/*
 * Has digit_preprocess show its stages; of STAGE_COMPONENTS the main digit's pieces are kept alone. A
 * picture that is untouched has no pictures between polarity and form, a blank one none from the stage
 * on that found nothing, but still the form. The caller releases `out`. Errors: NO_MEMORY; `out` then
 * holds nothing.
 */
DIGIT_MUST_CHECK enum digit_status stages_take(struct stages *out, const struct digit_image *image,
                                               struct digit_error *error);

/* Frees what `stages` owns and zeroes it. */
void stages_release(struct stages *stages);

#endif
