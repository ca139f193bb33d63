/*
 * What people draw in; 28x28 digits in MNIST's form out, with a receipt of what was found and done.
 *
 *     struct digit_preprocessor *preprocessor;
 *     status = digit_preprocessor_create(&preprocessor, &error);
 *     digit_preprocess(preprocessor, pixels, &receipt, &image);
 *
 * Nothing is allocated after digit_preprocessor_create, whatever the picture, no picture leaves a
 * trace in the next one, and every machine gives the same bytes. docs/recognition.md shows each
 * step. Pictures are as digit_image_decode makes them, 1 to 65,535 px a side; they are only read.
 * Threads: any, each with a preprocessor of its own.
 */
#ifndef DIGIT_PREPROCESS_H
#define DIGIT_PREPROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>
#include <digit/status.h>

/* Version of what digit_preprocess does; a model states the version it was trained for. */
#define DIGIT_PREPROCESSING_VERSION 2

/* The memory of one thread's preprocessing, about 3 MiB. */
struct digit_preprocessor;

/* A part of the picture, in its pixels, within it. */
struct digit_box {
    size_t left_px;
    size_t top_px;
    size_t width_px;
    size_t height_px;
};

/*
 * Bits of a receipt's `warnings`, in the order of digit_warning_name. What is dropped are specks,
 * lines, frames and shadows; specks of less than a 256th of all ink are dropped without a word.
 */
enum digit_warning {
    DIGIT_WARNING_BLANK = 1 << 0,              /* nothing that could be a digit's ink; no digit */
    DIGIT_WARNING_LOW_CONTRAST = 1 << 1,       /* less than 48 levels between ground and ink */
    DIGIT_WARNING_SEVERAL_COMPONENTS = 1 << 2, /* what may be more digits stands beside this one */
    DIGIT_WARNING_INK_DROPPED = 1 << 3,        /* what is no digit's was left out */
    DIGIT_WARNING_TOUCHES_EDGE = 1 << 4,       /* the digit may go on beyond the picture */
};

#define DIGIT_WARNINGS_COUNT 5

/* What preprocessing found and did. */
struct digit_receipt {
    bool inverted;         /* the picture was dark on light */
    bool untouched;        /* 28x28, and its pixels were kept */
    bool stroke_changed;   /* strokes were made thicker or thinner */
    struct digit_box crop; /* the digit's ink; the whole picture if untouched, 0 if blank */
    float stroke_px;       /* how thick strokes were, in pixels of the 20 px that the digit's longer
                              side gets; 0 if blank or untouched */
    unsigned warnings;     /* of enum digit_warning */
};

/* Steps that can be left out, to see what each brings; bits. */
enum digit_step {
    DIGIT_STEP_GROUND = 1 << 0,     /* uneven light is taken out */
    DIGIT_STEP_LINES = 1 << 1,      /* so are ruled lines */
    DIGIT_STEP_COMPONENTS = 1 << 2, /* and pieces of ink that are not the digit's */
    DIGIT_STEP_STROKE = 1 << 3,     /* strokes become as thick as MNIST's */
};

/* The caller owns `out` and destroys it; nothing is left out. Errors: NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status digit_preprocessor_create(struct digit_preprocessor **out,
                                                             struct digit_error *error);

/* NULL is taken. */
void digit_preprocessor_destroy(struct digit_preprocessor *preprocessor);

/* From now on `preprocessor` leaves out `steps`, bits of enum digit_step; 0 does them all. */
void digit_preprocessor_leave_out(struct digit_preprocessor *preprocessor, unsigned steps);

/*
 * Brings the picture's digit, of several the one with the most ink, into MNIST's form: out is
 * [28][28] row-major, 0 ground to 255 ink, all 0 if the picture is blank. Pixels are kept, inverted
 * if they are dark on light, where a picture is 28x28 and in MNIST's form already. So are those of
 * a light on dark one of 28x28 that is nearly in it, or in which more than one clean digit is
 * found. `receipt` is filled in any case.
 */
void digit_preprocess(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                      struct digit_receipt *receipt, const struct digit_image *image);

/*
 * The same for each digit of a picture, from left to right. out: [capacity][28][28]; receipts:
 * [capacity], at least 1. Returns how many digits there are, at most 256; if that is more than
 * `capacity`, the first ones are written. A blank picture has none, but its image and its receipt
 * are written as the first. One of 28x28 keeps its pixels, as one digit, only if it is in MNIST's
 * form or nearly so. No receipt warns of several components.
 */
size_t digit_preprocess_many(struct digit_preprocessor *preprocessor, uint8_t *out,
                             struct digit_receipt *receipts, size_t capacity,
                             const struct digit_image *image);

/* What bit number `index`, below DIGIT_WARNINGS_COUNT, of `warnings` is called: "touches_edge". */
const char *digit_warning_name(size_t index);

#endif
