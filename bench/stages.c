#include "bench/stages.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/preprocess/components.h"
#include "core/preprocess/cutting.h"
#include "core/preprocess/frame.h"
#include "core/preprocess/grid.h"
#include "core/preprocess/ground.h"
#include "core/preprocess/groups.h"
#include "core/preprocess/ink.h"
#include "core/preprocess/lines.h"
#include "core/preprocess/polarity.h"
#include "core/preprocess/reduce.h"
#include "core/preprocess/stroke.h"

/* What the steps work in, and what they have come to. */
struct work {
    struct stages *out;
    struct plane plane; /* of `pixels` */
    uint8_t pixels[PLANE_PIXELS_MAX];
    uint8_t kept[PLANE_PIXELS_MAX];
    struct run runs[RUNS_MAX];
    struct components components;
    struct groups groups;
    struct grid_scratch grid;
    struct lines_scratch lines;
    struct stroke_scratch stroke;
    uint8_t cutting[CUTTING_PIXELS_MAX];
    uint16_t sums[CUTTING_PIXELS_MAX];
};

static enum digit_status keep(struct stages *out, enum stage stage, const struct plane *plane,
                              struct digit_error *error)
{
    const size_t count = plane->width_px * plane->height_px;
    struct plane *copy = &out->pictures[stage];
    *copy = *plane;
    copy->pixels = malloc(count);
    if (copy->pixels == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for a picture of %zu pixels", count);
    memcpy(copy->pixels, plane->pixels, count);
    return DIGIT_OK;
}

static enum digit_status take_polarity(struct work *work, const struct digit_image *image,
                                       struct digit_error *error)
{
    reduce_picture(&work->plane, image);
    enum digit_status status = keep(work->out, STAGE_LUMA, &work->plane, error);
    if (polarity_is_dark_on_light(&work->plane, &work->grid))
        polarity_invert(&work->plane);
    if (status == DIGIT_OK)
        status = keep(work->out, STAGE_POLARITY, &work->plane, error);
    return status;
}

static enum digit_status take_ink(struct work *work, struct digit_error *error)
{
    ground_remove(&work->plane, &work->grid);
    enum digit_status status = keep(work->out, STAGE_GROUND, &work->plane, error);
    const struct ink_levels levels = ink_measure(&work->plane);
    if (status != DIGIT_OK || levels.ink - levels.ground < INK_CONTRAST_MIN)
        return status;
    ink_stretch(&work->plane, &levels);
    return keep(work->out, STAGE_INK, &work->plane, error);
}

/* The ink of the main digit alone. */
static enum digit_status keep_digit(struct work *work, struct digit_error *error)
{
    const size_t width = work->plane.width_px;
    const struct plane kept = {work->kept, width, work->plane.height_px};
    memset(work->kept, 0, width * kept.height_px);
    for (size_t i = 0; i < work->components.run_count; i++) {
        const struct run *run = &work->runs[i];
        if (run->component == COMPONENT_NONE ||
            work->groups.of_component[run->component] != work->groups.main)
            continue;
        const size_t at = run->row * width + run->first;
        memcpy(work->kept + at, work->pixels + at, (size_t)(run->end - run->first));
    }
    return keep(work->out, STAGE_COMPONENTS, &kept, error);
}

static enum digit_status take_digit(struct work *work, struct digit_error *error)
{
    lines_remove(&work->plane, &work->lines);
    enum digit_status status = keep(work->out, STAGE_LINES, &work->plane, error);
    components_find(&work->components, &work->plane);
    groups_find(&work->groups, &work->components, &work->plane);
    if (status != DIGIT_OK || work->groups.count == 0)
        return status;
    return keep_digit(work, error);
}

static enum digit_status take_cutting(struct work *work, struct digit_error *error)
{
    struct cutting cutting = {.plane = {.pixels = work->cutting}, .sums = work->sums};
    cutting_take(&cutting, &work->plane, &work->components, &work->groups, work->groups.main);
    enum digit_status status = keep(work->out, STAGE_CUTTING, &cutting.plane, error);
    stroke_normalise(&cutting, stroke_width(&cutting), &work->stroke);
    if (status == DIGIT_OK)
        status = keep(work->out, STAGE_STROKE, &cutting.plane, error);
    return status;
}

/* Whether the strokes' picture is what became the form. */
static bool agrees(const struct stages *stages)
{
    uint8_t form[DIGIT_PIXELS];
    frame_digit(form, &stages->pictures[STAGE_STROKE]);
    return memcmp(form, stages->pictures[STAGE_FORM].pixels, DIGIT_PIXELS) == 0;
}

static enum digit_status take_between(struct work *work, struct digit_error *error)
{
    struct plane *pictures = work->out->pictures;
    enum digit_status status = take_ink(work, error);
    if (status == DIGIT_OK && pictures[STAGE_INK].pixels != NULL)
        status = take_digit(work, error);
    if (status == DIGIT_OK && pictures[STAGE_COMPONENTS].pixels != NULL &&
        (work->out->receipt.warnings & DIGIT_WARNING_BLANK) == 0) {
        status = take_cutting(work, error);
        if (status == DIGIT_OK && !agrees(work->out))
            status = digit_fail(error, DIGIT_INVALID,
                                "the steps of bench/stages.c and of core/preprocess/ differ");
    }
    return status;
}

static enum digit_status take_form(struct stages *out, const struct digit_image *image,
                                   struct digit_error *error)
{
    struct digit_preprocessor *preprocessor;
    uint8_t form[DIGIT_PIXELS];
    enum digit_status status = digit_preprocessor_create(&preprocessor, error);
    if (status != DIGIT_OK)
        return status;
    digit_preprocess(preprocessor, form, &out->receipt, image);
    digit_preprocessor_destroy(preprocessor);
    return keep(out, STAGE_FORM, &(struct plane){form, DIGIT_SIDE_PX, DIGIT_SIDE_PX}, error);
}

enum digit_status stages_take(struct stages *out, const struct digit_image *image,
                              struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    struct work *work = malloc(sizeof *work);
    if (work == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the steps: %zu bytes",
                          sizeof *work);
    work->out = out;
    work->plane.pixels = work->pixels;
    work->components.runs = work->runs;
    enum digit_status status = take_form(out, image, error);
    if (status == DIGIT_OK)
        status = take_polarity(work, image, error);
    if (status == DIGIT_OK && !out->receipt.untouched)
        status = take_between(work, error);
    free(work);
    if (status != DIGIT_OK)
        stages_release(out);
    return status;
}

void stages_release(struct stages *stages)
{
    for (size_t i = 0; i < STAGES_COUNT; i++)
        free(stages->pictures[i].pixels);
    memset(stages, 0, sizeof *stages);
}
