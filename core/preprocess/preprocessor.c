#include <digit/preprocess.h>

#include <stdlib.h>
#include <string.h>

#include "core/preprocess/compare.h"
#include "core/preprocess/components.h"
#include "core/preprocess/cutting.h"
#include "core/preprocess/frame.h"
#include "core/preprocess/grid.h"
#include "core/preprocess/ground.h"
#include "core/preprocess/groups.h"
#include "core/preprocess/ink.h"
#include "core/preprocess/lines.h"
#include "core/preprocess/measure.h"
#include "core/preprocess/mnist_form.h"
#include "core/preprocess/plane.h"
#include "core/preprocess/polarity.h"
#include "core/preprocess/preprocessor_observer.h"
#include "core/preprocess/reduce.h"
#include "core/preprocess/stroke.h"

/* Below this much contrast a receipt warns. */
#define CONTRAST_LOW 48

/* A digit's longer side is at least this part of the picture's. */
#define DIGIT_DIVISOR 32

/* Nothing in it but `left_out` is kept from one picture to the next. */
struct digit_preprocessor {
    uint8_t pixels[PLANE_PIXELS_MAX]; /* of the picture, reduced */
    struct run runs[RUNS_MAX];        /* the components' */
    struct components components;
    struct groups groups;
    union {
        struct grid_scratch grid;
        struct lines_scratch lines;
        struct stroke_scratch stroke;
    } scratch;
    uint8_t cutting[CUTTING_PIXELS_MAX];          /* of one digit */
    uint16_t sums[CUTTING_PIXELS_MAX];            /* its memory */
    unsigned left_out;                            /* of enum digit_step */
    const struct preprocessor_observer *observer; /* NULL: nobody looks */
};

/* What was found in one picture, beside the preprocessor's components and groups. */
struct findings {
    struct plane plane;
    size_t factor; /* pixels of the picture for one of the plane, in each direction */
    bool inverted;
    bool untouched;
    unsigned warnings; /* that hold for all digits */
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

static bool does(const struct digit_preprocessor *preprocessor, enum digit_step step)
{
    return (preprocessor->left_out & step) == 0;
}

static void show(const struct digit_preprocessor *preprocessor, enum preprocessor_stage stage,
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
    observer->see(observer->data, stage, &view);
}

/* From luma to ink on 0. False if there is none. */
static bool bring_out_ink(struct digit_preprocessor *preprocessor, struct findings *findings)
{
    struct plane *plane = &findings->plane;
    if (does(preprocessor, DIGIT_STEP_GROUND))
        ground_remove(plane, &preprocessor->scratch.grid);
    show(preprocessor, STAGE_GROUND, plane);
    const struct ink_levels levels = ink_measure(plane);
    int contrast = levels.ink - levels.ground;
    if (contrast < INK_CONTRAST_MIN)
        return false;
    if (contrast < CONTRAST_LOW)
        findings->warnings |= DIGIT_WARNING_LOW_CONTRAST;
    ink_stretch(plane, &levels);
    show(preprocessor, STAGE_INK, plane);
    return true;
}

/* Whether group `index` is too small for a digit. */
static bool is_speck(const struct digit_preprocessor *preprocessor, const struct plane *plane,
                     size_t index)
{
    size_t side = box_longer_side(&preprocessor->groups.items[index].box);
    return side * DIGIT_DIVISOR < larger(plane->width_px, plane->height_px);
}

/* From ink to groups of it, one for each digit. False if there is none. */
static bool find_digits(struct digit_preprocessor *preprocessor, struct findings *findings)
{
    struct plane *plane = &findings->plane;
    struct groups *groups = &preprocessor->groups;
    if (does(preprocessor, DIGIT_STEP_LINES) &&
        lines_remove(plane, &preprocessor->scratch.lines) > 0)
        findings->warnings |= DIGIT_WARNING_INK_DROPPED;
    show(preprocessor, STAGE_LINES, plane);
    components_find(&preprocessor->components, plane);
    if (does(preprocessor, DIGIT_STEP_COMPONENTS))
        groups_find(groups, &preprocessor->components, plane);
    else
        groups_unite(groups, &preprocessor->components, plane);
    if (groups->dropped > 0)
        findings->warnings |= DIGIT_WARNING_INK_DROPPED;
    if (groups->count == 0)
        return false;
    show(preprocessor, STAGE_COMPONENTS, plane);
    return !is_speck(preprocessor, plane, groups->main);
}

/* Reads the picture up to its digits. False if it is blank; in one that keeps its pixels,
 * `untouched`, no digits are looked for. */
static bool find(struct digit_preprocessor *preprocessor, struct findings *findings,
                 const struct digit_image *image)
{
    *findings = (struct findings){.plane = {.pixels = preprocessor->pixels}};
    struct plane *plane = &findings->plane;
    findings->factor = reduce_picture(plane, image);
    show(preprocessor, STAGE_LUMA, plane);
    findings->inverted = polarity_is_dark_on_light(plane, &preprocessor->scratch.grid);
    if (findings->inverted)
        polarity_invert(plane);
    show(preprocessor, STAGE_POLARITY, plane);
    enum mnist_form form = mnist_form_of(plane);
    if (form == MNIST_FORM_EXACT || (form == MNIST_FORM_NEAR && !findings->inverted)) {
        findings->untouched = measure_contrast(plane) >= INK_CONTRAST_MIN;
        return findings->untouched;
    }
    return bring_out_ink(preprocessor, findings) && find_digits(preprocessor, findings);
}

static struct digit_receipt receipt_of(const struct findings *findings)
{
    return (struct digit_receipt){.inverted = findings->inverted,
                                  .untouched = findings->untouched,
                                  .warnings = findings->warnings};
}

/* In pixels of the picture, whose last block of pixels may not be whole. */
static struct digit_box crop_of(const struct box *box, const struct findings *findings,
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
    struct cutting cutting = {.plane = {.pixels = preprocessor->cutting},
                              .sums = preprocessor->sums};
    cutting_take(&cutting, &findings->plane, &preprocessor->components, &preprocessor->groups,
                 index);
    show(preprocessor, STAGE_CUTTING, &cutting.plane);
    uint32_t width = stroke_width(&cutting);
    *receipt = receipt_of(findings);
    receipt->crop = crop_of(&group->box, findings, image);
    receipt->stroke_px = (float)width / 100.0f;
    if (does(preprocessor, DIGIT_STEP_STROKE))
        receipt->stroke_changed = stroke_normalise(&cutting, width, &preprocessor->scratch.stroke);
    show(preprocessor, STAGE_STROKE, &cutting.plane);
    if (group->touches_edge)
        receipt->warnings |= DIGIT_WARNING_TOUCHES_EDGE;
    frame_digit(out, &cutting.plane);
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

/* A small picture whose ink is far from where MNIST has it, and not one clean digit either: the
 * network makes more of it as it is. */
static bool keeps_after_all(const struct digit_preprocessor *preprocessor,
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
    if (!find(preprocessor, &findings, image)) {
        leave_blank(out, receipt, &findings);
        return;
    }
    if (!findings.untouched && keeps_after_all(preprocessor, &findings, image)) {
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
    show(preprocessor, STAGE_FORM, &(struct plane){out, DIGIT_SIDE_PX, DIGIT_SIDE_PX});
    preprocessor->observer = NULL;
}

size_t digit_preprocess_many(struct digit_preprocessor *preprocessor, uint8_t *out,
                             struct digit_receipt *receipts, size_t capacity,
                             const struct digit_image *image)
{
    struct findings findings;
    if (!find(preprocessor, &findings, image)) {
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
