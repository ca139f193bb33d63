/*
 * Preprocessing: finds the digits of a decoded picture and MNIST-normalises them to 28x28; a receipt says
 * what was found and done.
 *
 *     struct digit_preprocessor *preprocessor;
 *     status = digit_preprocessor_create(&preprocessor, &error);
 *     digit_preprocess(preprocessor, pixels, &receipt, &image);
 *
 * digit_preprocessor_create allocates all memory; nothing is allocated afterwards, whatever the picture. A
 * result depends on its own picture alone, and every machine gives the same bytes. docs/recognition.md
 * explains each step. Pictures come from digit_image_decode, have sides of 1 to 65,535 px and are only read.
 * Threads: any, each with its own preprocessor.
 */
#ifndef DIGIT_PREPROCESS_H
#define DIGIT_PREPROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>
#include <digit/status.h>

/* Version of the preprocessing; a model states the version that it was trained for. */
#define DIGIT_PREPROCESSING_VERSION 2

/* The working memory of one thread's preprocessing, about 3 MiB. */
struct digit_preprocessor;

/* A rectangle within the picture, in the picture's pixels. */
struct digit_box {
    size_t left_px;
    size_t top_px;
    size_t width_px;
    size_t height_px;
};

/*
 * Bits of a receipt's `warnings`, in the order of digit_warning_name. Specks, ruled lines, frames and
 * shadows are dropped; specks of less than 1 / 256 of the whole foreground are dropped without a warning.
 */
enum digit_warning {
    DIGIT_WARNING_BLANK = 1 << 0,        /* no foreground that could be a digit: no digit */
    DIGIT_WARNING_LOW_CONTRAST = 1 << 1, /* fewer than 48 levels from background to foreground */
    DIGIT_WARNING_SEVERAL_COMPONENTS = 1 << 2, /* there may be more digits beside this one */
    DIGIT_WARNING_INK_DROPPED = 1 << 3,        /* foreground that belongs to no digit was dropped */
    DIGIT_WARNING_TOUCHES_EDGE = 1 << 4,       /* the digit may continue beyond the picture */
};

#define DIGIT_WARNINGS_COUNT 5

/* What preprocessing found in a picture and did to it. */
struct digit_receipt {
    bool inverted;         /* the picture was dark on light */
    bool untouched;        /* the picture is 28x28 and its pixels were kept */
    bool stroke_changed;   /* strokes were made thicker or thinner */
    struct digit_box crop; /* around the digit; the whole picture if untouched, all 0 if blank */
    float stroke_px;       /* thickness of the strokes before that, in pixels of the 28x28 result,
                              where the digit's longer side has 20; 0 if blank or untouched */
    unsigned warnings;     /* bits of enum digit_warning */
};

/* Steps that can be left out, to measure what each contributes; bits. */
enum digit_step {
    DIGIT_STEP_BACKGROUND = 1 << 0, /* remove an uneven background */
    DIGIT_STEP_LINES = 1 << 1,      /* remove ruled lines */
    DIGIT_STEP_COMPONENTS = 1 << 2, /* drop components that belong to no digit */
    DIGIT_STEP_STROKE = 1 << 3,     /* make strokes as thick as MNIST's */
};

/* Makes a preprocessor that performs all steps; the caller destroys it. Errors: NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status digit_preprocessor_create(struct digit_preprocessor **out,
                                                             struct digit_error *error);

/* Does nothing if `preprocessor` is NULL. */
void digit_preprocessor_destroy(struct digit_preprocessor *preprocessor);

/* From now on `preprocessor` leaves out `steps`, bits of enum digit_step; 0 performs all steps. */
void digit_preprocessor_leave_out(struct digit_preprocessor *preprocessor, unsigned steps);

/*
 * MNIST-normalises the picture's digit; of several digits, the one with the most foreground. out:
 * [28][28] row-major, 0 background to 255 foreground, all 0 if the picture is blank.
 *
 * The pixels of a 28x28 picture are kept ("untouched"), inverted if it is dark on light, if it is
 * MNIST-normalised already. The pixels of a light on dark 28x28 picture are also kept if it is nearly
 * MNIST-normalised, or if it is not one clean digit: several digits are found, or foreground would be
 * dropped. `receipt` is always written.
 */
void digit_preprocess(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                      struct digit_receipt *receipt, const struct digit_image *image);

/*
 * MNIST-normalises every digit of a picture, from left to right. out: [capacity][28][28]; receipts:
 * [capacity]; capacity is at least 1. Returns the number of digits in the picture, at most 256; if there
 * are more than `capacity`, only the first `capacity` are written. For a blank picture it returns 0 and
 * writes an empty image and its receipt as the first. A 28x28 picture keeps its pixels, as one digit, only
 * if it is MNIST-normalised or, light on dark, nearly so. No receipt has DIGIT_WARNING_SEVERAL_COMPONENTS.
 */
size_t digit_preprocess_many(struct digit_preprocessor *preprocessor, uint8_t *out,
                             struct digit_receipt *receipts, size_t capacity,
                             const struct digit_image *image);

/* The name of bit `index` of `warnings`, such as "touches_edge"; `index` is below DIGIT_WARNINGS_COUNT. */
const char *digit_warning_name(size_t index);

#endif
