#include <digit/preprocess.h>

#include <stdlib.h>
#include <string.h>

#include "core/preprocess/background.h"
#include "core/preprocess/compare.h"
#include "core/preprocess/components.h"
#include "core/preprocess/crop.h"
#include "core/preprocess/foreground.h"
#include "core/preprocess/frame.h"
#include "core/preprocess/grid.h"
#include "core/preprocess/groups.h"
#include "core/preprocess/lines.h"
#include "core/preprocess/measure.h"
#include "core/preprocess/mnist_normalisation.h"
#include "core/preprocess/plane.h"
#include "core/preprocess/polarity.h"
#include "core/preprocess/preprocessor_observer.h"
#include "core/preprocess/reduce.h"
#include "core/preprocess/stroke.h"

/* A receipt warns of less contrast than this. */
#define CONTRAST_LOW 48

/* A digit's longer side is at least 1 / DIGIT_DIVISOR of the picture's. */
#define DIGIT_DIVISOR 32

/* Only `left_out` is kept from one picture to the next. */
struct digit_preprocessor {
    uint8_t pixels[PLANE_PIXELS_MAX]; /* the reduced picture */
    struct run runs[RUNS_MAX];        /* memory of components.runs */
    struct components components;
    struct groups groups;
    union {
        struct grid_scratch grid;
        struct lines_scratch lines;
        struct stroke_scratch stroke;
    } scratch;
    uint8_t crop[CROP_PIXELS_MAX];                /* memory of one digit's crop */
    uint16_t sums[CROP_PIXELS_MAX];               /* scratch memory of crop_take */
    unsigned left_out;                            /* bits of enum digit_step */
    const struct preprocessor_observer *observer; /* NULL: none */
};

/* What was found in one picture, besides the preprocessor's components and groups. */
struct findings {
    struct plane plane;
    size_t factor; /* pixels of the picture per pixel of the plane, along each axis */
    bool inverted;
    bool untouched;
    unsigned warnings; /* those that apply to all digits */
};

enum digit_status digit_preprocessor_create(struct digit_preprocessor **out,
                                            struct digit_error *error)
{
    *out = malloc(sizeof **out);
    if (*out == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for preprocessing: %zu bytes",
                          sizeof **out);
    (*out)->components.runs = (*out)->runs;
    (*out)->left_out = 0;
    (*out)->observer = NULL;
    return DIGIT_OK;
}

void digit_preprocessor_destroy(struct digit_preprocessor *preprocessor)
{
    free(preprocessor);
}

void digit_preprocessor_leave_out(struct digit_preprocessor *preprocessor, unsigned steps)
{
    preprocessor->left_out = steps;
}

static bool performs_step(const struct digit_preprocessor *preprocessor, enum digit_step step)
{
    return (preprocessor->left_out & step) == 0;
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

/* Turns the plane into a foreground on a background of 0; false if there is none. */
static bool extract_foreground(struct digit_preprocessor *preprocessor, struct findings *findings)
{
    struct plane *plane = &findings->plane;
    if (performs_step(preprocessor, DIGIT_STEP_BACKGROUND))
        background_remove(plane, &preprocessor->scratch.grid);
    show_stage(preprocessor, STAGE_BACKGROUND, plane);
    const struct foreground_levels levels = foreground_measure(plane);
    int contrast = levels.foreground - levels.background;
    if (contrast < FOREGROUND_CONTRAST_MIN)
        return false;
    if (contrast < CONTRAST_LOW)
        findings->warnings |= DIGIT_WARNING_LOW_CONTRAST;
    foreground_stretch(plane, &levels);
    show_stage(preprocessor, STAGE_FOREGROUND, plane);
    return true;
}

/* Whether group `index` is too small for a digit. */
static bool is_speck(const struct digit_preprocessor *preprocessor, const struct plane *plane,
                     size_t index)
{
    size_t side = box_longer_side(&preprocessor->groups.items[index].box);
    return side * DIGIT_DIVISOR < larger(plane->width_px, plane->height_px);
}

/* Groups the foreground into digits; false if there is none. */
static bool find_digits(struct digit_preprocessor *preprocessor, struct findings *findings)
{
    struct plane *plane = &findings->plane;
    struct groups *groups = &preprocessor->groups;
    if (performs_step(preprocessor, DIGIT_STEP_LINES) &&
        lines_remove(plane, &preprocessor->scratch.lines) > 0)
        findings->warnings |= DIGIT_WARNING_INK_DROPPED;
    show_stage(preprocessor, STAGE_LINES, plane);
    components_find(&preprocessor->components, plane);
    if (performs_step(preprocessor, DIGIT_STEP_COMPONENTS))
        groups_find(groups, &preprocessor->components, plane);
    else
        groups_unite(groups, &preprocessor->components, plane);
    if (groups->dropped > 0)
        findings->warnings |= DIGIT_WARNING_INK_DROPPED;
    if (groups->count == 0)
        return false;
    show_stage(preprocessor, STAGE_COMPONENTS, plane);
    return !is_speck(preprocessor, plane, groups->main);
}

/* Analyses the picture up to its digits; false if it is blank. In a picture whose pixels are kept
 * (`untouched`) no digits are searched for. */
static bool analyse_picture(struct digit_preprocessor *preprocessor, struct findings *findings,
                            const struct digit_image *image)
{
    *findings = (struct findings){.plane = {.pixels = preprocessor->pixels}};
    struct plane *plane = &findings->plane;
    findings->factor = reduce_picture(plane, image);
    show_stage(preprocessor, STAGE_LUMA, plane);
    findings->inverted = polarity_is_dark_on_light(plane, &preprocessor->scratch.grid);
    if (findings->inverted)
        polarity_invert(plane);
    show_stage(preprocessor, STAGE_POLARITY, plane);
    enum mnist_normalisation normalisation = mnist_normalisation_of(plane);
    if (normalisation == MNIST_NORMALISATION_EXACT ||
        (normalisation == MNIST_NORMALISATION_NEAR && !findings->inverted)) {
        findings->untouched = measure_contrast(plane) >= FOREGROUND_CONTRAST_MIN;
        return findings->untouched;
    }
    return extract_foreground(preprocessor, findings) && find_digits(preprocessor, findings);
}

static struct digit_receipt receipt_of(const struct findings *findings)
{
    return (struct digit_receipt){.inverted = findings->inverted,
                                  .untouched = findings->untouched,
                                  .warnings = findings->warnings};
}

/* The box in pixels of the picture. The picture's last block of pixels may be incomplete. */
static struct digit_box crop_box_of(const struct box *box, const struct findings *findings,
                                    const struct digit_image *image)
{
    size_t left = box->left * findings->factor;
    size_t top = box->top * findings->factor;
    size_t right = (box->right + 1) * findings->factor;
    size_t bottom = (box->bottom + 1) * findings->factor;
    return (struct digit_box){
        .left_px = left,
        .top_px = top,
        .width_px = smaller(right, image->width_px) - left,
        .height_px = smaller(bottom, image->height_px) - top,
    };
}

static void make_digit(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                       struct digit_receipt *receipt, const struct findings *findings,
                       const struct digit_image *image, size_t index)
{
    const struct group *group = &preprocessor->groups.items[index];
    struct crop crop = {.plane = {.pixels = preprocessor->crop}, .sums = preprocessor->sums};
    crop_take(&crop, &findings->plane, &preprocessor->components, &preprocessor->groups, index);
    show_stage(preprocessor, STAGE_CROP, &crop.plane);
    uint32_t width = stroke_width(&crop);
    *receipt = receipt_of(findings);
    receipt->crop = crop_box_of(&group->box, findings, image);
    receipt->stroke_px = (float)width / 100.0f;
    if (performs_step(preprocessor, DIGIT_STEP_STROKE))
        receipt->stroke_changed = stroke_normalise(&crop, width, &preprocessor->scratch.stroke);
    show_stage(preprocessor, STAGE_STROKE, &crop.plane);
    if (group->touches_edge)
        receipt->warnings |= DIGIT_WARNING_TOUCHES_EDGE;
    frame_digit(out, &crop.plane);
}

static void keep_pixels(uint8_t out[DIGIT_PIXELS], struct digit_receipt *receipt,
                        const struct findings *findings)
{
    *receipt = receipt_of(findings);
    receipt->crop = (struct digit_box){0, 0, DIGIT_SIDE_PX, DIGIT_SIDE_PX};
    memcpy(out, findings->plane.pixels, DIGIT_PIXELS);
}

static void leave_blank(uint8_t out[DIGIT_PIXELS], struct digit_receipt *receipt,
                        const struct findings *findings)
{
    *receipt = receipt_of(findings);
    receipt->warnings |= DIGIT_WARNING_BLANK;
    memset(out, 0, DIGIT_PIXELS);
}

/* Whether a 28x28 picture that is far from MNIST's normalisation keeps its pixels nevertheless: if it is
 * not one clean digit, the network reads it better as it is. */
static bool keeps_pixels_after_all(const struct digit_preprocessor *preprocessor,
                                   const struct findings *findings, const struct digit_image *image)
{
    return image->width_px == DIGIT_SIDE_PX && image->height_px == DIGIT_SIDE_PX &&
           !findings->inverted &&
           (preprocessor->groups.count > 1 ||
            (findings->warnings & DIGIT_WARNING_INK_DROPPED) != 0);
}

void digit_preprocess(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                      struct digit_receipt *receipt, const struct digit_image *image)
{
    struct findings findings;
    if (!analyse_picture(preprocessor, &findings, image)) {
        leave_blank(out, receipt, &findings);
        return;
    }
    if (!findings.untouched && keeps_pixels_after_all(preprocessor, &findings, image)) {
        findings.untouched = true;
        findings.warnings &= ~(unsigned)DIGIT_WARNING_INK_DROPPED;
        reduce_picture(&findings.plane, image);
    }
    if (findings.untouched) {
        keep_pixels(out, receipt, &findings);
        return;
    }
    make_digit(preprocessor, out, receipt, &findings, image, preprocessor->groups.main);
    if (preprocessor->groups.count > 1)
        receipt->warnings |= DIGIT_WARNING_SEVERAL_COMPONENTS;
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

size_t digit_preprocess_many(struct digit_preprocessor *preprocessor, uint8_t *out,
                             struct digit_receipt *receipts, size_t capacity,
                             const struct digit_image *image)
{
    struct findings findings;
    if (!analyse_picture(preprocessor, &findings, image)) {
        leave_blank(out, &receipts[0], &findings);
        return 0;
    }
    if (findings.untouched) {
        keep_pixels(out, &receipts[0], &findings);
        return 1;
    }
    size_t count = preprocessor->groups.count;
    for (size_t i = 0; i < count && i < capacity; i++)
        make_digit(preprocessor, out + i * DIGIT_PIXELS, &receipts[i], &findings, image, i);
    return count;
}

const char *digit_warning_name(size_t index)
{
    static const char *const names[DIGIT_WARNINGS_COUNT] = {
        "blank", "low_contrast", "several_components", "ink_dropped", "touches_edge",
    };
    return names[index];
}
