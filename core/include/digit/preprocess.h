/*
 * What preprocessing does with a picture and says of it: its steps, and the receipt of a 28x28 image that it made.
 * digit/reader.h performs it; docs/recognition.md explains each step.
 */
#ifndef DIGIT_PREPROCESS_H
#define DIGIT_PREPROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Version of the preprocessing; a model states the version that it was trained for. */
#define DIGIT_PREPROCESSING_VERSION 2

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
    DIGIT_WARNING_SECOND_READING = 1 << 5,     /* another hypothesis reads another digit */
    DIGIT_WARNING_SMALL_DIGIT = 1 << 6, /* its longer side is below a thirtieth of the picture's */
    DIGIT_WARNING_TOUCHING_DIGITS = 1 << 7, /* it was cut from a digit that it touches */
    DIGIT_WARNING_COLOUR_CONTRAST = 1 << 8, /* only colour parts it from its background, not luma */
    DIGIT_WARNING_MAX_PIXEL_IS_1 = 1
                                   << 9, /* no octet is above 1: values from 0 to 1 are too dark */
};

#define DIGIT_WARNINGS_COUNT 10

/* The steps of preprocessing, as bits. A hypothesis is a choice of steps. */
enum digit_step {
    DIGIT_STEP_INVERT = 1 << 0,     /* the picture is dark on light */
    DIGIT_STEP_BACKGROUND = 1 << 1, /* remove an uneven background */
    DIGIT_STEP_OTSU = 1 << 2,       /* tell foreground from background by Otsu's threshold */
    DIGIT_STEP_LINES = 1 << 3,      /* remove ruled lines */
    DIGIT_STEP_COMPONENTS = 1 << 4, /* drop components of no digit; otherwise all are one digit */
    DIGIT_STEP_STROKE = 1 << 5,     /* make strokes as thick as MNIST's */
    DIGIT_STEP_OTSU_AGAIN =
        1 << 6, /* with OTSU: divide the foreground once more, keep its lighter part */
    DIGIT_STEP_STRETCH = 1 << 7, /* stretch the levels of 28x28 pixels that are kept */
};

#define DIGIT_STEPS_COUNT 8

/* What preprocessing found in a picture and did to it. */
struct digit_receipt {
    unsigned steps;        /* bits of enum digit_step: the hypothesis */
    bool inverted;         /* the picture was dark on light */
    bool untouched;        /* the picture is 28x28 and its pixels were kept */
    bool stroke_changed;   /* strokes were made thicker or thinner */
    struct digit_box crop; /* around the digit; the whole picture if untouched, all 0 if blank */
    float stroke_px;       /* thickness of the strokes before that, in pixels of the 28x28 result,
                              where the digit's longer side has 20; 0 if blank or untouched */
    unsigned warnings;     /* bits of enum digit_warning */
};

/* The name of bit `index` of enum digit_step, such as "background"; `index` is below DIGIT_STEPS_COUNT. */
const char *digit_step_name(size_t index);

/* The name of bit `index` of `warnings`, such as "touches_edge"; `index` is below DIGIT_WARNINGS_COUNT. */
const char *digit_warning_name(size_t index);

#endif
