/*
 * A look at what preprocessing's steps make of a picture; for core/preprocess/, bench/ and tests.
 */
#ifndef CORE_PREPROCESS_PREPROCESSOR_OBSERVER_H
#define CORE_PREPROCESS_PREPROCESSOR_OBSERVER_H

#include <digit/preprocess.h>

#include "core/preprocess/components.h"
#include "core/preprocess/groups.h"
#include "core/preprocess/plane.h"

/* In the order of core/preprocess/preprocessor.c. */
enum preprocessor_stage {
    STAGE_LUMA,       /* as decoded, at most PLANE_SIDE_MAX_PX a side */
    STAGE_POLARITY,   /* light ink */
    STAGE_GROUND,     /* uneven light taken out */
    STAGE_INK,        /* stretched from ground to ink */
    STAGE_LINES,      /* ruled lines taken out */
    STAGE_COMPONENTS, /* the same picture, its pieces of ink found and grouped to digits */
    STAGE_CUTTING,    /* the main digit, cut out */
    STAGE_STROKE,     /* its strokes as thick as MNIST's */
    STAGE_FORM,       /* 28x28, the answer */
};

#define STAGES_COUNT 9

/* What a stage has come to. All of it is the preprocessor's, until `see` returns. */
struct preprocessor_view {
    const struct plane *plane;
    const struct components *components; /* from STAGE_COMPONENTS on, else NULL */
    const struct groups *groups;         /* likewise */
};

struct preprocessor_observer {
    void (*see)(void *data, enum preprocessor_stage stage, const struct preprocessor_view *view);
    void *data;
};

/* digit_preprocess, with a look at each stage that the picture comes to. */
void digit_preprocess_observed(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                               struct digit_receipt *receipt, const struct digit_image *image,
                               const struct preprocessor_observer *observer);

#endif
