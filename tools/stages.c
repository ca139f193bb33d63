#include "tools/stages.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/preprocess/preprocessor.h"

/* Copies the runs of the main digit into a picture of the same size and clears the rest. */
static void keep_main_digit(uint8_t *pixels, const struct preprocessor_view *view)
{
    const struct plane *plane = view->plane;
    memset(pixels, 0, plane->width_px * plane->height_px);
    for (size_t i = 0; i < view->components->run_count; i++) {
        const struct run *run = &view->components->runs[i];
        if (run->component == COMPONENT_NONE ||
            view->groups->of_component[run->component] != view->groups->main)
            continue;
        const size_t at = run->row * plane->width_px + run->first;
        memcpy(pixels + at, plane->pixels + at, (size_t)(run->end - run->first));
    }
}

static void copy_stage(void *data, enum preprocessor_stage stage,
                       const struct preprocessor_view *view)
{
    struct stages *stages = data;
    const size_t count = view->plane->width_px * view->plane->height_px;
    uint8_t *pixels = malloc(count);
    if (pixels == NULL)
        stages->no_memory = true;
    else if (stage == STAGE_COMPONENTS)
        keep_main_digit(pixels, view);
    else
        memcpy(pixels, view->plane->pixels, count);
    stages->pictures[stage] = *view->plane;
    stages->pictures[stage].pixels = pixels;
}

/* Frees the pictures of the stages from `first` to end - 1. */
static void drop_pictures(struct stages *stages, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        free(stages->pictures[i].pixels);
        stages->pictures[i] = (struct plane){0};
    }
}

enum digit_status stages_take(struct stages *out, const struct digit_image *image,
                              struct digit_error *error)
{
    const struct preprocessor_observer observer = {.see_stage = copy_stage, .data = out};
    struct digit_preprocessor *preprocessor;
    uint8_t normalised[DIGIT_PIXELS];
    memset(out, 0, sizeof *out);
    enum digit_status status = digit_preprocessor_create(&preprocessor, error);
    if (status != DIGIT_OK)
        return status;
    digit_preprocess_observed(preprocessor, normalised, &out->receipt, image, &observer);
    digit_preprocessor_destroy(preprocessor);
    if (out->receipt.untouched)
        drop_pictures(out, STAGE_BACKGROUND, STAGE_NORMALISED);
    if (!out->no_memory)
        return DIGIT_OK;
    stages_release(out);
    return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the pictures");
}

void stages_release(struct stages *stages)
{
    drop_pictures(stages, 0, STAGES_COUNT);
    memset(stages, 0, sizeof *stages);
}
