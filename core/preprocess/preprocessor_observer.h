/*
 * Shows what each stage of preprocessing makes of a picture; for core/preprocess/, tools and tests.
 */
#ifndef CORE_PREPROCESS_PREPROCESSOR_OBSERVER_H
#define CORE_PREPROCESS_PREPROCESSOR_OBSERVER_H

#include <stdint.h>

#include <digit/image.h>
#include <digit/preprocess.h>

#include "core/preprocess/components.h"
#include "core/preprocess/groups.h"
#include "core/preprocess/plane.h"

struct digit_preprocessor;

/* In the order of core/preprocess/preprocessor.c. */
enum preprocessor_stage {
    STAGE_LUMA,       /* as decoded, reduced to at most PLANE_SIDE_MAX_PX a side */
    STAGE_POLARITY,   /* inverted if it was dark on light */
    STAGE_BACKGROUND, /* uneven background removed */
    STAGE_FOREGROUND, /* levels stretched from background to foreground */
    STAGE_LINES,      /* ruled lines removed */
    STAGE_COMPONENTS, /* the same pixels; components found and grouped into digits */
    STAGE_CROP,       /* the main digit, cropped */
    STAGE_STROKE,     /* its strokes as thick as MNIST's */
    STAGE_NORMALISED, /* 28x28, MNIST-normalised: the result */
};

#define STAGES_COUNT 9

/* The result of a stage. It belongs to the preprocessor and is valid until `see_stage` returns. */
struct preprocessor_view {
    const struct plane *plane;
    const struct components *components; /* NULL before STAGE_COMPONENTS */
    const struct groups *groups;         /* NULL before STAGE_COMPONENTS */
};

struct preprocessor_observer {
    void (*see_stage)(void *data, enum preprocessor_stage stage,
                      const struct preprocessor_view *view);
    void *data;
};

/* As digit_preprocess; calls the observer after each stage that the picture reaches. */
void digit_preprocess_observed(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                               struct digit_receipt *receipt, const struct digit_image *image,
                               const struct preprocessor_observer *observer);

#endif
