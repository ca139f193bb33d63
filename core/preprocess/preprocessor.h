/*
 * One picture under steps that the caller chooses: finds its digits and MNIST-normalises them to 28x28; a receipt
 * says what was found and done. core/read/ tries several choices on the same picture; digit_preprocess makes the
 * usual one.
 *
 *     status = digit_preprocessor_create(&preprocessor, &error);
 *     preprocessor_begin(preprocessor, &image, NULL);
 *     if (preprocessor_extract(preprocessor, steps) && preprocessor_group(preprocessor, steps)) {
 *         preprocessor_crop(preprocessor, preprocessor->groups.main);
 *         preprocessor_finish(preprocessor, out, &receipt, steps);
 *     }
 *
 * digit_preprocessor_create allocates all memory; nothing is allocated afterwards, whatever the picture. A result
 * depends on its own picture alone, and every machine gives the same bytes. Pictures come from digit_image_decode,
 * have sides of 1 to 65,535 px and are only read. Steps are bits of enum digit_step. Threads: any, each with its own preprocessor.
 */
#ifndef CORE_PREPROCESS_PREPROCESSOR_H
#define CORE_PREPROCESS_PREPROCESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>
#include <digit/preprocess.h>
#include <digit/status.h>

#include "core/preprocess/components.h"
#include "core/preprocess/crop.h"
#include "core/preprocess/grid.h"
#include "core/preprocess/groups.h"
#include "core/preprocess/histogram.h"
#include "core/preprocess/lines.h"
#include "core/preprocess/mnist_normalisation.h"
#include "core/preprocess/plane.h"
#include "core/preprocess/polarity.h"
#include "core/preprocess/stroke.h"

struct preprocessor_observer;

/* What is known of a picture before any step. */
struct preprocessor_picture {
    struct plane luma;
    struct histogram levels; /* of the luma, if `has_levels` */
    bool has_levels;
    /* The part of the picture that the plane shows, in the picture's pixels. */
    struct digit_box window;
    size_t width_px; /* of the whole picture */
    size_t height_px;
    size_t factor; /* pixels of the picture per pixel of the plane, along each axis */
    struct polarity polarity;
};

/* What preprocessor_extract found. */
struct preprocessor_foreground {
    int contrast;            /* levels from background to foreground */
    int edge;                /* the level half way, where a stroke's edge is */
    int again_contrast;      /* with OTSU: between the two parts of the foreground, 0 without */
    bool background_removed; /* it was uneven */
    size_t lines;            /* how many bands of ruled lines were removed */
};

/* The working memory of one thread's preprocessing, about 3 MiB. Nothing is kept from one picture to the next. */
struct digit_preprocessor {
    struct preprocessor_picture picture;
    struct plane plane; /* what the steps have made of the luma: foreground on a background of 0 */
    struct preprocessor_foreground foreground;
    /* Pixels of all planes that were extracted, until the caller sets it to 0. */
    uint64_t extracted_px;
    struct components components;
    struct groups groups;
    struct crop crop;
    size_t cropped;                               /* index of the group in the crop */
    uint32_t stroke_width;                        /* of the crop, as from stroke_width() */
    const struct preprocessor_observer *observer; /* NULL: none */

    uint8_t luma_pixels[PLANE_PIXELS_MAX];
    uint8_t plane_pixels[PLANE_PIXELS_MAX];
    struct run runs[RUNS_MAX];
    union {
        struct grid_scratch grid;
        struct lines_scratch lines;
        struct stroke_scratch stroke;
    } scratch;
    uint8_t crop_pixels[CROP_PIXELS_MAX];
    uint8_t stroke_pixels[CROP_PIXELS_MAX]; /* the crop with other strokes */
    uint16_t sums[CROP_PIXELS_MAX];
};

/* Makes a preprocessor; the caller destroys it. Errors: NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status digit_preprocessor_create(struct digit_preprocessor **out,
                                                             struct digit_error *error);

/* Does nothing if `preprocessor` is NULL. */
void digit_preprocessor_destroy(struct digit_preprocessor *preprocessor);

/*
 * Reduces the picture's luma, or only that in `window` (not NULL; within the picture), to a plane and finds its
 * polarity. The image is not used any more afterwards.
 */
void preprocessor_begin(struct digit_preprocessor *preprocessor, const struct digit_image *image,
                        const struct digit_box *window);

/* A box of the plane in pixels of the picture. */
struct digit_box preprocessor_box(const struct digit_preprocessor *preprocessor,
                                  const struct box *box);

/* The box with a margin on each side, as far as the picture reaches; both in pixels of the picture. */
struct digit_box preprocessor_widen(const struct digit_preprocessor *preprocessor,
                                    const struct digit_box *box, size_t margin_px);

/* The warnings that apply to every digit of the plane, of which `dropped` components belong to no digit. */
unsigned preprocessor_warnings(const struct digit_preprocessor *preprocessor, size_t dropped);

/*
 * Whether Otsu's threshold lies where the foreground that was found has its edges: within a quarter of its contrast.
 */
bool preprocessor_edges_agree(const struct preprocessor_foreground *otsu,
                              const struct preprocessor_foreground *found);

/* Whether a digit's longer side is below a thirtieth of the picture's. */
bool preprocessor_is_small(const struct digit_preprocessor *preprocessor,
                           const struct digit_box *crop);

/* Whether and how the picture is MNIST-normalised already if it is inverted or not. */
enum mnist_normalisation preprocessor_normalisation(struct digit_preprocessor *preprocessor,
                                                    bool inverted);

/* What OTSU alone would find in the luma, inverted or not: contrast, edge and again_contrast. */
struct preprocessor_foreground preprocessor_measure_otsu(struct digit_preprocessor *preprocessor,
                                                         bool inverted);

/*
 * Performs INVERT, BACKGROUND, OTSU and LINES, as far as `steps` has them, from the luma on, and sets `plane` and
 * `foreground`. False if all levels are equal; then only `foreground.contrast` is set.
 */
bool preprocessor_extract(struct digit_preprocessor *preprocessor, unsigned steps);

/*
 * Finds the components of the plane and groups them into digits: with COMPONENTS by groups_find, else by
 * groups_unite. False if there is none, or the main one is too small for a digit.
 */
bool preprocessor_group(struct digit_preprocessor *preprocessor, unsigned steps);

/* Crops group `index` and measures its strokes. */
void preprocessor_crop(struct digit_preprocessor *preprocessor, size_t index);

/* Makes 28x28 of the crop, with STROKE in `steps` after its strokes were made as thick as MNIST's, and writes the
 * receipt. The crop stays as it is. */
void preprocessor_finish(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                         struct digit_receipt *receipt, unsigned steps);

/* Copies the luma, which is 28x28, with INVERT and STRETCH as far as `steps` has them, and writes the receipt and
 * `foreground.contrast`. */
void preprocessor_keep(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                       struct digit_receipt *receipt, unsigned steps);

/* Clears `out`, and writes the receipt of a blank picture. */
void preprocessor_leave_blank(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                              struct digit_receipt *receipt, unsigned steps);

/*
 * Does all that is usual, for tools and tests: MNIST-normalises the picture's digit; of several digits, the one with
 * the most foreground. out: [28][28] row-major, 0 background to 255 foreground, all 0 if the picture is blank.
 *
 * The pixels of a 28x28 picture are kept ("untouched"), inverted if it is dark on light, if it is
 * MNIST-normalised already. The pixels of a light on dark 28x28 picture are also kept if it is nearly
 * MNIST-normalised, or if it is not one clean digit: several digits are found, or foreground would be
 * dropped. `receipt` is always written.
 */
void digit_preprocess(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                      struct digit_receipt *receipt, const struct digit_image *image);

#endif
