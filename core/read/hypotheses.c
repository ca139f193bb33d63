#include "core/read/hypotheses.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/preprocess/compare.h"
#include "core/preprocess/foreground.h"
#include "core/preprocess/measure.h"
#include "core/preprocess/preprocessor.h"

/* Fitted by research/priors, in the order of enum hypothesis_feature. */
static const float weights[FEATURES_COUNT] = {
    [FEATURE_POLARITY] = -2.42F,
    [FEATURE_POLARITY_OPEN] = -1.80F,
    [FEATURE_OTSU_WHOLE] = 1.66F,
    [FEATURE_OTSU_SELECTED] = -0.95F,
    [FEATURE_OTSU_AGAIN] = 3.11F,
    [FEATURE_LINES_KEPT] = -0.26F,
    [FEATURE_STROKE_KEPT] = -0.64F,
    [FEATURE_UNTOUCHED] = 0.67F,
    [FEATURE_UNTOUCHED_FAR] = -0.35F,
    [FEATURE_STRETCHED] = 0.49F,
    [FEATURE_SEVERAL] = 0.39F,
    [FEATURE_DROPPED] = -0.95F,
    [FEATURE_UNITED] = -2.29F,
    [FEATURE_THICK] = -1.15F,
    [FEATURE_THIN] = -1.09F,
    [FEATURE_LOW_CONTRAST] = -0.47F,
    [FEATURE_POLARITY_CONTRAST] = -2.29F,
    [FEATURE_EDGE] = -1.93F,
    [FEATURE_SHARE] = -0.81F,
    [FEATURE_SMALL] = 1.13F,
};

#define CONTRAST_RATIO_MAX 3.0F

#define SMALL_DIVISOR 10

/* A digit of a shorter longer side in the plane is looked at again at full resolution. */
#define WINDOW_BELOW_PX 48

/* 28x28 pixels with fewer levels between the darkest and the lightest may need stretching. */
#define FAINT_CONTRAST 128

/* What the proposals of one picture share. */
struct proposal {
    struct hypotheses *out;
    struct digit_preprocessor *preprocessor;
    const struct hypotheses_settings *settings;
};

static bool is_full(const struct proposal *proposal)
{
    return proposal->out->count == proposal->settings->limit;
}

static bool is_tried(const struct proposal *proposal, enum digit_alternative alternative)
{
    return (proposal->settings->left_out & alternative) == 0;
}

/* Whether the picture's digit would have the same pixels under a hypothesis that is there already. */
static bool is_repeated(const struct hypotheses *hypotheses)
{
    for (size_t i = 0; i < hypotheses->count; i++)
        if (memcmp(hypotheses->octets[i], hypotheses->octets[hypotheses->count], DIGIT_PIXELS) == 0)
            return true;
    return false;
}

static void note_strokes(float features[FEATURES_COUNT], float stroke_px)
{
    float ratio = logf(fminf(fmaxf(stroke_px, 0.3F), 12.0F) / (STROKE_MEDIAN / 100.0F));
    features[FEATURE_THICK] = fmaxf(ratio, 0.0F);
    features[FEATURE_THIN] = fmaxf(-ratio, 0.0F);
}

/* The components that groups_find would not have made the digit of: they were dropped, or are other digits. */
static size_t count_others(const struct digit_preprocessor *preprocessor)
{
    return preprocessor->groups.dropped + preprocessor->groups.count - 1;
}

/* A feature that is there or not. */
static float indicate(bool holds)
{
    return holds ? 1.0F : 0.0F;
}

/* Which polarity the hypothesis has. */
static void note_polarity(float features[FEATURES_COUNT], bool inverted,
                          const struct polarity *polarity)
{
    bool other = inverted != polarity->dark_on_light;
    features[FEATURE_POLARITY] = indicate(other && !polarity->is_open);
    features[FEATURE_POLARITY_OPEN] = indicate(other && polarity->is_open);
}

/* The features that the steps and the preprocessor's state decide. */
static void note_steps(struct hypothesis *hypothesis, const struct digit_preprocessor *preprocessor,
                       size_t others)
{
    float *features = hypothesis->features;
    const struct digit_receipt *receipt = &hypothesis->receipt;
    const struct plane *plane = &preprocessor->plane;
    bool selected = (receipt->steps & DIGIT_STEP_COMPONENTS) != 0;
    bool otsu = (receipt->steps & DIGIT_STEP_OTSU) != 0;
    note_polarity(features, receipt->inverted, &preprocessor->picture.polarity);
    features[FEATURE_OTSU_WHOLE] = indicate(otsu && !selected);
    features[FEATURE_OTSU_SELECTED] =
        indicate(otsu && selected && (receipt->steps & DIGIT_STEP_OTSU_AGAIN) == 0);
    features[FEATURE_OTSU_AGAIN] = indicate((receipt->steps & DIGIT_STEP_OTSU_AGAIN) != 0);
    features[FEATURE_LINES_KEPT] = indicate(!otsu && (receipt->steps & DIGIT_STEP_LINES) == 0);
    features[FEATURE_STROKE_KEPT] = indicate((receipt->steps & DIGIT_STEP_STROKE) == 0);
    features[FEATURE_SEVERAL] = indicate(selected && preprocessor->groups.count > 1);
    features[FEATURE_DROPPED] = selected ? log1pf((float)preprocessor->groups.dropped) : 0;
    features[FEATURE_UNITED] = selected ? 0 : log1pf((float)others);
    note_strokes(features, receipt->stroke_px);
    const struct group *group = &preprocessor->groups.items[preprocessor->cropped];
    features[FEATURE_EDGE] = indicate(group->touches_edge);
    features[FEATURE_SHARE] = (float)preprocessor->components.mass /
                              (255.0F * (float)(plane->width_px * plane->height_px));
    features[FEATURE_SMALL] = indicate(box_longer_side(&group->box) * SMALL_DIVISOR <
                                       larger(plane->width_px, plane->height_px));
    hypothesis->contrast = preprocessor->foreground.contrast;
}

/* Proposes the crop with and without other strokes. */
static void propose_crop(const struct proposal *proposal, unsigned steps, size_t others)
{
    struct hypotheses *out = proposal->out;
    preprocessor_crop(proposal->preprocessor, proposal->preprocessor->groups.main);
    static const unsigned strokes[] = {DIGIT_STEP_STROKE, 0};
    size_t count = is_tried(proposal, DIGIT_ALTERNATIVE_STROKE) ? 2 : 1;
    for (size_t i = 0; i < count && !is_full(proposal); i++) {
        struct hypothesis *next = &out->items[out->count];
        *next = (struct hypothesis){.contrast = 0};
        preprocessor_finish(proposal->preprocessor, out->octets[out->count], &next->receipt,
                            steps | strokes[i]);
        note_steps(next, proposal->preprocessor, others);
        out->count += !is_repeated(out);
    }
}

/* Whether a foreground of so little contrast that it may be a sensor's noise is mostly one thing. */
static bool is_coherent(const struct digit_preprocessor *preprocessor)
{
    const struct groups *groups = &preprocessor->groups;
    const struct components *components = &preprocessor->components;
    uint64_t largest = 0;
    if (preprocessor->foreground.contrast >= FOREGROUND_CONTRAST_MIN)
        return true;
    for (size_t i = 0; i < components->count; i++)
        if (groups->of_component[i] == groups->main && components->items[i].mass > largest)
            largest = components->items[i].mass;
    return 2 * largest >= components->mass;
}

/* Proposes the plane's main digit, or with `steps` that lack COMPONENTS all of its foreground. */
static void propose_plane(const struct proposal *proposal, unsigned steps)
{
    struct digit_preprocessor *preprocessor = proposal->preprocessor;
    size_t others = 0;
    if ((steps & DIGIT_STEP_COMPONENTS) == 0) {
        groups_find(&preprocessor->groups, &preprocessor->components, &preprocessor->plane);
        others = preprocessor->groups.count > 0 ? count_others(preprocessor) : 0;
    }
    if (preprocessor_group(preprocessor, steps) && is_coherent(preprocessor))
        propose_crop(proposal, steps, others);
}

/* Whether nothing is doubtful about the plane that was extracted: every other way gives the same digit. */
static bool is_plain(const struct digit_preprocessor *preprocessor)
{
    const struct preprocessor_foreground *found = &preprocessor->foreground;
    return found->lines == 0 && !found->background_removed && preprocessor->groups.count == 1 &&
           preprocessor->groups.dropped == 0;
}

/* Extracts the foreground and proposes it, unless there is no room. Returns whether there was a foreground. */
static bool propose_steps(const struct proposal *proposal, unsigned steps)
{
    if (is_full(proposal) || !preprocessor_extract(proposal->preprocessor, steps))
        return false;
    propose_plane(proposal, steps);
    return true;
}

/* Proposes what speaks for one polarity: `invert` is INVERT or 0. */
static void propose_polarity(const struct proposal *proposal, unsigned invert)
{
    struct digit_preprocessor *preprocessor = proposal->preprocessor;
    const unsigned usual = invert | DIGIT_STEP_BACKGROUND | DIGIT_STEP_COMPONENTS;
    const unsigned whole = invert | DIGIT_STEP_OTSU;
    bool found = propose_steps(proposal, usual | DIGIT_STEP_LINES);
    const struct preprocessor_foreground first = preprocessor->foreground;
    bool plain = found && is_plain(preprocessor);
    if (is_full(proposal))
        return;
    const struct preprocessor_foreground otsu =
        preprocessor_measure_otsu(preprocessor, invert != 0);
    plain = plain && preprocessor_edges_agree(&otsu, &first);
    if (!plain && is_tried(proposal, DIGIT_ALTERNATIVE_WHOLE))
        propose_steps(proposal, whole);
    if (!plain && is_tried(proposal, DIGIT_ALTERNATIVE_OTSU))
        propose_steps(proposal, usual | DIGIT_STEP_OTSU);
    if (otsu.again_contrast > otsu.contrast && is_tried(proposal, DIGIT_ALTERNATIVE_OTSU_AGAIN))
        propose_steps(proposal, whole | DIGIT_STEP_OTSU_AGAIN | DIGIT_STEP_COMPONENTS);
    if (found && first.lines > 0 && is_tried(proposal, DIGIT_ALTERNATIVE_LINES))
        propose_steps(proposal, usual);
}

/* If the pixels have little contrast, only `is_shape` and stretched levels make them more than a sensor's noise. */
static void propose_kept(const struct proposal *proposal, unsigned steps, bool far, bool is_shape)
{
    struct hypotheses *out = proposal->out;
    struct digit_preprocessor *preprocessor = proposal->preprocessor;
    struct hypothesis *next = &out->items[out->count];
    bool stretched = (steps & DIGIT_STEP_STRETCH) != 0;
    *next = (struct hypothesis){.is_kept = true};
    preprocessor_keep(preprocessor, out->octets[out->count], &next->receipt, steps);
    next->contrast = preprocessor->foreground.contrast;
    note_polarity(next->features, next->receipt.inverted, &preprocessor->picture.polarity);
    next->features[FEATURE_UNTOUCHED] = indicate(!far);
    next->features[FEATURE_UNTOUCHED_FAR] = indicate(far);
    next->features[FEATURE_STRETCHED] = indicate(stretched);
    out->count += next->contrast >= FOREGROUND_CONTRAST_MIN || (is_shape && stretched);
}

/* Proposes to keep the pixels of a 28x28 picture, and with stretched levels if they are faint. */
static void propose_untouched(const struct proposal *proposal, unsigned invert,
                              enum mnist_normalisation normalisation)
{
    bool far = normalisation == MNIST_NORMALISATION_FAR ||
               (invert != 0 && normalisation == MNIST_NORMALISATION_NEAR);
    bool is_shape = normalisation == MNIST_NORMALISATION_EXACT;
    propose_kept(proposal, invert, far, is_shape);
    if (proposal->preprocessor->foreground.contrast < FAINT_CONTRAST && !is_full(proposal))
        propose_kept(proposal, invert | DIGIT_STEP_STRETCH, far, is_shape);
}

/* Proposes to keep the pixels and nothing else, if the picture is MNIST-normalised beyond doubt. */
static bool propose_normalised(const struct proposal *proposal)
{
    struct hypotheses *out = proposal->out;
    struct digit_preprocessor *preprocessor = proposal->preprocessor;
    const struct polarity polarity = preprocessor->picture.polarity;
    if (!polarity.is_clear || preprocessor_normalisation(preprocessor, polarity.dark_on_light) !=
                                  MNIST_NORMALISATION_EXACT)
        return false;
    out->items[0] = (struct hypothesis){.is_kept = true};
    preprocessor_keep(preprocessor, out->octets[0], &out->items[0].receipt,
                      polarity.dark_on_light ? DIGIT_STEP_INVERT : 0);
    out->items[0].contrast = preprocessor->foreground.contrast;
    if (preprocessor->foreground.contrast < FAINT_CONTRAST)
        return false;
    out->count = 1;
    return true;
}

/* Proposes everything about a picture of 28x28 or another size. */
static void propose_all(const struct proposal *proposal)
{
    struct digit_preprocessor *preprocessor = proposal->preprocessor;
    const struct polarity polarity = preprocessor->picture.polarity;
    bool is_clear = polarity.is_clear || !is_tried(proposal, DIGIT_ALTERNATIVE_POLARITY);
    for (int i = 0; i < (is_clear ? 1 : 2) && !is_full(proposal); i++) {
        bool inverted = polarity.dark_on_light != (i == 1);
        enum mnist_normalisation normalisation = preprocessor_normalisation(preprocessor, inverted);
        if (normalisation == MNIST_NORMALISATION_EXACT ||
            (normalisation != MNIST_NORMALISATION_NONE &&
             is_tried(proposal, DIGIT_ALTERNATIVE_UNTOUCHED)))
            propose_untouched(proposal, inverted ? DIGIT_STEP_INVERT : 0, normalisation);
        if (normalisation != MNIST_NORMALISATION_EXACT || !polarity.is_clear)
            propose_polarity(proposal, inverted ? DIGIT_STEP_INVERT : 0);
    }
}

/* log(a / b) from 0 to CONTRAST_RATIO_MAX; contrasts below 1 count as 1. */
static float contrast_ratio(int a, int b)
{
    return fminf(fmaxf(logf(fmaxf((float)a, 1.0F) / fmaxf((float)b, 1.0F)), 0.0F),
                 CONTRAST_RATIO_MAX);
}

static void compare_contrasts(struct hypotheses *hypotheses)
{
    int highest[2] = {0, 0}; /* by polarity */
    for (size_t i = 0; i < hypotheses->count; i++) {
        const struct hypothesis *item = &hypotheses->items[i];
        int *of_polarity = &highest[item->receipt.inverted];
        *of_polarity = item->contrast > *of_polarity ? item->contrast : *of_polarity;
    }
    int of_all = highest[0] > highest[1] ? highest[0] : highest[1];
    for (size_t i = 0; i < hypotheses->count; i++) {
        struct hypothesis *item = &hypotheses->items[i];
        int of_polarity = highest[item->receipt.inverted];
        if (!item->is_kept)
            item->features[FEATURE_LOW_CONTRAST] = contrast_ratio(of_polarity, 2 * item->contrast);
        item->features[FEATURE_POLARITY_CONTRAST] = contrast_ratio(of_all, of_polarity);
    }
}

static void weigh_hypotheses(struct hypotheses *hypotheses)
{
    compare_contrasts(hypotheses);
    for (size_t i = 0; i < hypotheses->count; i++)
        for (size_t feature = 0; feature < FEATURES_COUNT; feature++)
            hypotheses->items[i].log_prior +=
                weights[feature] * hypotheses->items[i].features[feature];
}

/* The part of the picture around the likeliest digit, with a margin of its longer side. */
static struct digit_box find_window(const struct proposal *proposal)
{
    const struct digit_box *crop = &proposal->out->items[0].receipt.crop;
    return preprocessor_widen(proposal->preprocessor, crop,
                              larger(crop->width_px, crop->height_px));
}

/* Whether the likeliest digit has few pixels in the plane and more in the image. */
static bool needs_window(const struct proposal *proposal, const struct digit_image *image)
{
    const struct digit_box *crop = &proposal->out->items[0].receipt.crop;
    size_t factor = proposal->preprocessor->picture.factor;
    return proposal->out->count > 0 && factor > image->block_px &&
           larger(crop->width_px, crop->height_px) < WINDOW_BELOW_PX * factor;
}

void hypotheses_propose(struct hypotheses *out, struct digit_preprocessor *preprocessor,
                        const struct digit_image *image, const struct hypotheses_settings *settings)
{
    const struct proposal proposal = {out, preprocessor, settings};
    out->count = 0;
    preprocessor_begin(preprocessor, image, NULL);
    if (propose_normalised(&proposal))
        return;
    propose_all(&proposal);
    if (needs_window(&proposal, image)) {
        const struct digit_box window = find_window(&proposal);
        preprocessor_begin(preprocessor, image, &window);
        out->count = 0;
        propose_all(&proposal);
        if (out->count == 0) {
            preprocessor_begin(preprocessor, image, NULL);
            propose_all(&proposal);
        }
    }
    if (out->count == 0) {
        out->count = 1;
        out->items[0] = (struct hypothesis){.contrast = 0};
        preprocessor->foreground.contrast = 0;
        preprocessor_leave_blank(preprocessor, out->octets[0], &out->items[0].receipt,
                                 preprocessor->picture.polarity.dark_on_light ? DIGIT_STEP_INVERT
                                                                              : 0);
    }
    weigh_hypotheses(out);
}
