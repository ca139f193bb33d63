/*
 * What people draw in; 28x28 digits in MNIST's form out, with a receipt of what was found and done.
 *
 *     struct digit_preprocessor *preprocessor;
 *     status = digit_preprocessor_create(&preprocessor, &error);
 *     digit_preprocess(preprocessor, pixels, &receipt, &image);
 *
 * Nothing is allocated after digit_preprocessor_create, whatever the picture, and every machine gives
 * the same bytes. docs/recognition.md shows each step.
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

/* The memory of one thread's preprocessing. */
struct digit_preprocessor;

/* In pixels of the picture. */
struct digit_box {
    size_t left_px;
    size_t top_px;
    size_t width_px;
    size_t height_px;
};

/* Bits of a receipt's `warnings`, in the order of digit_warning_name. */
enum digit_warning {
    DIGIT_WARNING_BLANK = 1 << 0,              /* nothing that could be a digit's ink */
    DIGIT_WARNING_LOW_CONTRAST = 1 << 1,       /* less than 48 levels between ground and ink */
    DIGIT_WARNING_SEVERAL_COMPONENTS = 1 << 2, /* what may be more digits stands beside this one */
    DIGIT_WARNING_INK_DROPPED = 1 << 3,        /* specks, lines, frames or shadows were left out */
    DIGIT_WARNING_TOUCHES_EDGE = 1 << 4,       /* the digit may go on beyond the picture */
};

#define DIGIT_WARNINGS_COUNT 5

/* What preprocessing found and did. */
struct digit_receipt {
    bool inverted;         /* the picture was dark on light */
    bool untouched;        /* 28x28 and so near to MNIST's form that its pixels were kept */
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

/* The caller owns `out`; one thread at a time. Errors: NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status digit_preprocessor_create(struct digit_preprocessor **out,
                                                             struct digit_error *error);

/* NULL is taken. */
void digit_preprocessor_destroy(struct digit_preprocessor *preprocessor);

/* From now on `preprocessor` leaves out `steps`, bits of enum digit_step; 0 to begin with. */
void digit_preprocessor_leave_out(struct digit_preprocessor *preprocessor, unsigned steps);

/*
 * Brings the picture's digit, of several the one with the most ink, into MNIST's form: out is [28][28]
 * row-major, 0 ground to 255 ink, all 0 if the picture is blank. A picture of 28x28 that is light on
 * dark, once it is inverted if need be, and in MNIST's form already, or nearly, keeps its pixels.
 */
void digit_preprocess(struct digit_preprocessor *preprocessor, uint8_t out[DIGIT_PIXELS],
                      struct digit_receipt *receipt, const struct digit_image *image);

/*
 * The same for each digit of a picture, from left to right. out: [capacity][28][28]; receipts:
 * [capacity]. Returns how many digits there are, which may be more than `capacity` but then only so many
 * are written. A blank picture has none; its receipt is written to receipts[0].
 */
size_t digit_preprocess_many(struct digit_preprocessor *preprocessor, uint8_t *out,
                             struct digit_receipt *receipts, size_t capacity,
                             const struct digit_image *image);

/* How warning number `index`, below DIGIT_WARNINGS_COUNT, is called: "touches_edge". */
const char *digit_warning_name(size_t index);

#endif
