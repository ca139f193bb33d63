#include "core/preprocess/preprocessor.h"

#include <stdlib.h>
#include <string.h>

#include "core/preprocess/background.h"
#include "core/preprocess/compare.h"
#include "core/preprocess/foreground.h"
#include "core/preprocess/frame.h"
#include "core/preprocess/measure.h"
#include "core/preprocess/preprocessor_observer.h"
#include "core/preprocess/reduce.h"

/* A digit's longer side is at least 1 / DIGIT_DIVISOR of the plane's. */
#define DIGIT_DIVISOR 80

/* A receipt warns of a digit whose longer side is below 1 / SMALL_DIVISOR of the picture's. */
#define SMALL_DIVISOR 30

/* Edges agree if they lie within 1 / AGREE_DIVISOR of the contrast. */
#define AGREE_DIVISOR 4

/* What digit_preprocess does, but for INVERT. */
#define USUAL_STEPS                                                                                \
    (DIGIT_STEP_BACKGROUND | DIGIT_STEP_LINES | DIGIT_STEP_COMPONENTS | DIGIT_STEP_STROKE)

enum digit_status digit_preprocessor_create(struct digit_preprocessor **out,
                                            struct digit_error *error)
{
    struct digit_preprocessor *made = malloc(sizeof *made);
    *out = made;
    if (made == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for preprocessing: %zu bytes",
                          sizeof *made);
    made->picture.luma.pixels = made->luma_pixels;
    made->plane.pixels = made->plane_pixels;
    made->components.runs = made->runs;
    made->crop = (struct crop){.plane = {.pixels = made->crop_pixels}, .sums = made->sums};
    made->observer = NULL;
    return DIGIT_OK;
}

void digit_preprocessor_destroy(struct digit_preprocessor *preprocessor)
{
    free(preprocessor);
}

static void show_stage(const struct digit_preprocessor *preprocessor, enum preprocessor_stage stage,
                       const struct plane *plane)
{
    const struct preprocessor_observer *observer = preprocessor->observer;
    if (observer == NULL)
        return;
    struct preprocessor_view view = {.plane = plane};
    if (stage >= STAGE_COMPONENTS) {
        view.components = &preprocessor->components;
        view.groups = &preprocessor->groups;
    }
    observer->see_stage(observer->data, stage, &view);
}

static const struct histogram *luma_levels(struct digit_preprocessor *preprocessor)
{
    struct preprocessor_picture *picture = &preprocessor->picture;
    if (!picture->has_levels)
        histogram_of_plane(&picture->levels, &picture->luma);
    picture->has_levels = true;
    return &picture->levels;
}

/* MNIST's own pictures are decided without their levels, which cost more than all the rest. */
static void find_polarity(struct digit_preprocessor *preprocessor)
{
    struct preprocessor_picture *picture = &preprocessor->picture;
    const struct plane *luma = &picture->luma;
    picture->has_levels = false;
    if (luma->width_px == DIGIT_SIDE_PX && luma->height_px == DIGIT_SIDE_PX &&
        polarity_is_on_black(luma)) {
        picture->polarity = (struct polarity){.dark_on_light = false, .is_clear = true};
        return;
    }
    picture->polarity = polarity_find(luma, luma_levels(preprocessor), &preprocessor->scratch.grid);
}

void preprocessor_begin(struct digit_preprocessor *preprocessor, const struct digit_image *image,
                        const struct digit_box *window)
{
    struct preprocessor_picture *picture = &preprocessor->picture;
    const struct digit_box whole = {0, 0, image->width_px, image->height_px};
    picture->width_px = image->width_px;
    picture->height_px = image->height_px;
    picture->window = window != NULL ? *window : whole;
    picture->factor = reduce_window(&picture->luma, image, &picture->window);
    picture->window.left_px -= picture->window.left_px % image->block_px;
    picture->window.top_px -= picture->window.top_px % image->block_px;
    find_polarity(preprocessor);
    show_stage(preprocessor, STAGE_LUMA, &picture->luma);
}

/* Copies the luma into the plane, inverted if `inverted`. */
static void copy_luma(struct digit_preprocessor *preprocessor, bool inverted)
{
    const struct plane *luma = &preprocessor->picture.luma;
    struct plane *plane = &preprocessor->plane;
    plane->width_px = luma->width_px;
    plane->height_px = luma->height_px;
    memcpy(plane->pixels, luma->pixels, luma->width_px * luma->height_px);
    if (inverted)
        polarity_invert(plane);
}

enum mnist_normalisation preprocessor_normalisation(struct digit_preprocessor *preprocessor,
                                                    bool inverted)
{
    const struct preprocessor_picture *picture = &preprocessor->picture;
    if (picture->width_px != DIGIT_SIDE_PX || picture->height_px != DIGIT_SIDE_PX)
        return MNIST_NORMALISATION_NONE; /* a window of a larger picture may have 28x28 px */
    copy_luma(preprocessor, inverted);
    return mnist_normalisation_of(&preprocessor->plane);
}

static void set_levels(struct preprocessor_foreground *out, const struct foreground_levels *levels)
{
    out->contrast = levels->foreground - levels->background;
    out->edge = levels->background + out->contrast / 2;
}

struct preprocessor_foreground preprocessor_measure_otsu(struct digit_preprocessor *preprocessor,
                                                         bool inverted)
{
    const struct histogram *levels = luma_levels(preprocessor);
    struct histogram reversed;
    struct foreground_levels first, again;
    for (int i = 0; inverted && i < HISTOGRAM_LEVELS; i++)
        reversed.counts[i] = levels->counts[HISTOGRAM_LEVELS - 1 - i];
    foreground_measure_otsu(&first, &again, inverted ? &reversed : levels);
    struct preprocessor_foreground found = {.again_contrast = again.foreground - again.background};
    set_levels(&found, &first);
    return found;
}

static struct foreground_levels measure_levels(struct digit_preprocessor *preprocessor,
                                               unsigned steps)
{
    struct foreground_levels levels, again;
    struct histogram all;
    if ((steps & DIGIT_STEP_OTSU) == 0)
        return foreground_measure(&preprocessor->plane);
    histogram_of_plane(&all, &preprocessor->plane);
    foreground_measure_otsu(&levels, &again, &all);
    preprocessor->foreground.again_contrast = again.foreground - again.background;
    return (steps & DIGIT_STEP_OTSU_AGAIN) != 0 ? again : levels;
}

bool preprocessor_extract(struct digit_preprocessor *preprocessor, unsigned steps)
{
    struct preprocessor_foreground *found = &preprocessor->foreground;
    struct plane *plane = &preprocessor->plane;
    *found = (struct preprocessor_foreground){.contrast = 0};
    preprocessor->extracted_px +=
        (uint64_t)preprocessor->picture.luma.width_px * preprocessor->picture.luma.height_px;
    copy_luma(preprocessor, (steps & DIGIT_STEP_INVERT) != 0);
    show_stage(preprocessor, STAGE_POLARITY, plane);
    if ((steps & DIGIT_STEP_BACKGROUND) != 0)
        found->background_removed = background_remove(plane, &preprocessor->scratch.grid);
    show_stage(preprocessor, STAGE_BACKGROUND, plane);
    const struct foreground_levels levels = measure_levels(preprocessor, steps);
    set_levels(found, &levels);
    if (found->contrast < 1)
        return false;
    foreground_stretch(plane, &levels);
    show_stage(preprocessor, STAGE_FOREGROUND, plane);
    if ((steps & DIGIT_STEP_LINES) != 0)
        found->lines = lines_remove(plane, &preprocessor->scratch.lines);
    show_stage(preprocessor, STAGE_LINES, plane);
    components_find(&preprocessor->components, plane);
    return true;
}

/* Whether group `index` is too small for a digit. */
static bool is_speck(const struct digit_preprocessor *preprocessor, size_t index)
{
    const struct plane *plane = &preprocessor->plane;
    size_t side = box_longer_side(&preprocessor->groups.items[index].box);
    return side * DIGIT_DIVISOR < larger(plane->width_px, plane->height_px);
}

bool preprocessor_group(struct digit_preprocessor *preprocessor, unsigned steps)
{
    struct groups *groups = &preprocessor->groups;
    if ((steps & DIGIT_STEP_COMPONENTS) != 0)
        groups_find(groups, &preprocessor->components, &preprocessor->plane);
    else
        groups_unite(groups, &preprocessor->components, &preprocessor->plane);
    if (groups->count == 0)
        return false;
    show_stage(preprocessor, STAGE_COMPONENTS, &preprocessor->plane);
    return !is_speck(preprocessor, groups->main);
}

void preprocessor_crop(struct digit_preprocessor *preprocessor, size_t index)
{
    struct crop *crop = &preprocessor->crop;
    preprocessor->cropped = index;
    crop_take(crop, &preprocessor->plane, &preprocessor->components, &preprocessor->groups, index);
    show_stage(preprocessor, STAGE_CROP, &crop->plane);
    preprocessor->stroke_width = stroke_width(crop);
}

unsigned preprocessor_warnings(const struct digit_preprocessor *preprocessor, size_t dropped)
{
    unsigned warnings = 0;
    if (preprocessor->foreground.contrast < DIGIT_CONTRAST_LOW)
        warnings |= DIGIT_WARNING_LOW_CONTRAST;
    if (preprocessor->foreground.lines > 0 || dropped > 0)
        warnings |= DIGIT_WARNING_INK_DROPPED;
    return warnings;
}

/* The picture's last block of pixels may be incomplete. */
struct digit_box preprocessor_box(const struct digit_preprocessor *preprocessor,
                                  const struct box *box)
{
    const struct preprocessor_picture *picture = &preprocessor->picture;
    size_t left = picture->window.left_px + box->left * picture->factor;
    size_t top = picture->window.top_px + box->top * picture->factor;
    size_t right = picture->window.left_px + (box->right + 1) * picture->factor;
    size_t bottom = picture->window.top_px + (box->bottom + 1) * picture->factor;
    return (struct digit_box){
        .left_px = left,
        .top_px = top,
        .width_px = smaller(right, picture->width_px) - left,
        .height_px = smaller(bottom, picture->height_px) - top,
    };
}

struct digit_box preprocessor_widen(const struct digit_preprocessor *preprocessor,
                                    const struct digit_box *box, size_t margin_px)
{
    const struct preprocessor_picture *picture = &preprocessor->picture;
    size_t left = box->left_px - smaller(margin_px, box->left_px);
    size_t top = box->top_px - smaller(margin_px, box->top_px);
    size_t right = smaller(box->left_px + box->width_px + margin_px, picture->width_px);
    size_t bottom = smaller(box->top_px + box->height_px + margin_px, picture->height_px);
    return (struct digit_box){left, top, right - left, bottom - top};
}

bool preprocessor_edges_agree(const struct preprocessor_foreground *otsu,
                              const struct preprocessor_foreground *found)
{
    int apart = otsu->edge - found->edge;
    return AGREE_DIVISOR * (apart < 0 ? -apart : apart) <= found->contrast;
}

static void start_receipt(struct digit_receipt *receipt, unsigned steps)
{
    *receipt = (struct digit_receipt){.steps = steps, .inverted = (steps & DIGIT_STEP_INVERT) != 0};
}

/* The crop with strokes as thick as MNIST's, in memory of its own. */
static struct crop copy_crop(struct digit_preprocessor *preprocessor)
{
    struct crop copy = preprocessor->crop;
    copy.plane.pixels = preprocessor->stroke_pixels;
    memcpy(copy.plane.pixels, preprocessor->crop.plane.pixels,
           copy.plane.width_px * copy.plane.height_px);
    return copy;
}

bool preprocessor_is_small(const struct digit_preprocessor *preprocessor,
                           const struct digit_box *crop)
{
    const struct preprocessor_picture *picture = &preprocessor->picture;
    return larger(crop->width_px, crop->height_px) * SMALL_DIVISOR <
           larger(picture->width_px, picture->height_px);
}

void preprocessor_finish(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                         struct digit_receipt *receipt, unsigned steps)
{
    const struct group *group = &preprocessor->groups.items[preprocessor->cropped];
    struct crop crop = preprocessor->crop;
    start_receipt(receipt, steps);
    receipt->crop = preprocessor_box(preprocessor, &group->box);
    receipt->stroke_px = (float)preprocessor->stroke_width / 100.0f;
    receipt->warnings = preprocessor_warnings(preprocessor, preprocessor->groups.dropped);
    if (preprocessor_is_small(preprocessor, &receipt->crop))
        receipt->warnings |= DIGIT_WARNING_SMALL_DIGIT;
    if ((steps & DIGIT_STEP_STROKE) != 0) {
        crop = copy_crop(preprocessor);
        receipt->stroke_changed =
            stroke_normalise(&crop, preprocessor->stroke_width, &preprocessor->scratch.stroke);
    }
    show_stage(preprocessor, STAGE_STROKE, &crop.plane);
    if (group->touches_edge)
        receipt->warnings |= DIGIT_WARNING_TOUCHES_EDGE;
    if (preprocessor->groups.count > 1)
        receipt->warnings |= DIGIT_WARNING_SEVERAL_COMPONENTS;
    frame_digit(out, &crop.plane);
}

/* Stretches the levels from the lowest to the highest to 0 to 255. */
static void stretch_levels(struct plane *plane)
{
    const size_t count = plane->width_px * plane->height_px;
    const struct range levels = measure_range(plane);
    const int contrast = levels.highest - levels.lowest;
    for (size_t i = 0; contrast > 0 && i < count; i++)
        plane->pixels[i] = (uint8_t)((plane->pixels[i] - levels.lowest) * 255 / contrast);
}

void preprocessor_keep(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                       struct digit_receipt *receipt, unsigned steps)
{
    copy_luma(preprocessor, (steps & DIGIT_STEP_INVERT) != 0);
    start_receipt(receipt, steps);
    receipt->untouched = (steps & DIGIT_STEP_STRETCH) == 0;
    receipt->crop = (struct digit_box){0, 0, DIGIT_SIDE_PX, DIGIT_SIDE_PX};
    preprocessor->foreground.contrast = measure_contrast(&preprocessor->plane);
    if (preprocessor->foreground.contrast < DIGIT_CONTRAST_LOW)
        receipt->warnings = DIGIT_WARNING_LOW_CONTRAST;
    if ((steps & DIGIT_STEP_STRETCH) != 0)
        stretch_levels(&preprocessor->plane);
    memcpy(out, preprocessor->plane.pixels, DIGIT_PIXELS);
}

void preprocessor_leave_blank(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                              struct digit_receipt *receipt, unsigned steps)
{
    start_receipt(receipt, steps);
    receipt->warnings = DIGIT_WARNING_BLANK;
    if (preprocessor->foreground.contrast >= FOREGROUND_CONTRAST_MIN)
        receipt->warnings |= preprocessor_warnings(preprocessor, preprocessor->groups.dropped);
    memset(out, 0, DIGIT_PIXELS);
}

/* Whether the picture's pixels are kept before anything is searched for in it. */
static bool is_normalised(struct digit_preprocessor *preprocessor)
{
    bool inverted = preprocessor->picture.polarity.dark_on_light;
    enum mnist_normalisation normalisation = preprocessor_normalisation(preprocessor, inverted);
    if (normalisation != MNIST_NORMALISATION_NONE)
        show_stage(preprocessor, STAGE_POLARITY, &preprocessor->plane);
    return normalisation == MNIST_NORMALISATION_EXACT ||
           (normalisation == MNIST_NORMALISATION_NEAR && !inverted);
}

/* Whether a 28x28 picture that is far from MNIST's normalisation keeps its pixels nevertheless: if it is
 * not one clean digit, the network reads it better as it is. */
static bool keeps_pixels_after_all(const struct digit_preprocessor *preprocessor)
{
    const struct preprocessor_picture *picture = &preprocessor->picture;
    return picture->width_px == DIGIT_SIDE_PX && picture->height_px == DIGIT_SIDE_PX &&
           !picture->polarity.dark_on_light &&
           (preprocessor->groups.count > 1 || preprocessor->groups.dropped > 0 ||
            preprocessor->foreground.lines > 0);
}

void digit_preprocess(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                      struct digit_receipt *receipt, const struct digit_image *image)
{
    preprocessor_begin(preprocessor, image, NULL);
    bool inverted = preprocessor->picture.polarity.dark_on_light;
    unsigned steps = (inverted ? DIGIT_STEP_INVERT : 0) | USUAL_STEPS;
    preprocessor->foreground.contrast = 0;
    if (is_normalised(preprocessor)) {
        if (measure_contrast(&preprocessor->plane) >= FOREGROUND_CONTRAST_MIN)
            preprocessor_keep(preprocessor, out, receipt, inverted ? DIGIT_STEP_INVERT : 0);
        else
            preprocessor_leave_blank(preprocessor, out, receipt, steps);
        return;
    }
    if (!preprocessor_extract(preprocessor, steps) ||
        preprocessor->foreground.contrast < FOREGROUND_CONTRAST_MIN ||
        !preprocessor_group(preprocessor, steps)) {
        preprocessor_leave_blank(preprocessor, out, receipt, steps);
        return;
    }
    if (keeps_pixels_after_all(preprocessor)) {
        preprocessor_keep(preprocessor, out, receipt, inverted ? DIGIT_STEP_INVERT : 0);
        return;
    }
    preprocessor_crop(preprocessor, preprocessor->groups.main);
    preprocessor_finish(preprocessor, out, receipt, steps);
}

void digit_preprocess_observed(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                               struct digit_receipt *receipt, const struct digit_image *image,
                               const struct preprocessor_observer *observer)
{
    preprocessor->observer = observer;
    digit_preprocess(preprocessor, out, receipt, image);
    show_stage(preprocessor, STAGE_NORMALISED, &(struct plane){out, DIGIT_SIDE_PX, DIGIT_SIDE_PX});
    preprocessor->observer = NULL;
}

const char *digit_step_name(size_t index)
{
    static const char *const names[DIGIT_STEPS_COUNT] = {
        "invert", "background", "otsu", "lines", "components", "stroke", "otsu_again", "stretch",
    };
    return names[index];
}

const char *digit_warning_name(size_t index)
{
    static const char *const names[DIGIT_WARNINGS_COUNT] = {
        "blank",          "low_contrast", "several_components", "ink_dropped",     "touches_edge",
        "second_reading", "small_digit",  "touching_digits",    "colour_contrast", "max_pixel_is_1",
    };
    return names[index];
}
