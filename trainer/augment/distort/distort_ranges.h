/*
 * How often and how strongly training images are distorted.
 */
#ifndef TRAINER_AUGMENT_DISTORT_DISTORT_RANGES_H
#define TRAINER_AUGMENT_DISTORT_DISTORT_RANGES_H

/* Strengths are drawn evenly, from little to what stands here. Probabilities are of an image that
 * is distorted at all. Every value is 0 or more, a probability or share at most 1. */
struct distort_ranges {
    float probability; /* that an image is distorted; 0: none, ever */

    float stroke_probability;
    float stroke_px; /* strokes become thicker by up to this, or thinner by up to half of it; at
                        most 2 */
    float outline_probability; /* only the strokes' outlines are left */
    float box_probability;     /* a rectangle covers part, dark or of any grey */
    float box_px;              /* its longest side; at most 28 */
    float blobs_probability;
    float blob_count; /* most round blots, each of any grey */
    float lines_probability;
    float line_count;        /* most light lines: straight or wavy, whole or dashed, at any angle */
    float ruled_probability; /* parallel light lines, as on ruled paper */
    float shuffle_probability;
    float shuffle_px; /* pixels are taken from up to this far away on each axis; at most 3 */
    float motion_probability;
    float motion_px; /* longest straight trail, at any angle */
    float blur_probability;
    float blur_px; /* deviation of a binomial blur; at most 3 */
    float contrast_probability;
    float
        contrast_least; /* the smallest contrast left, on any ground on which nothing is cut off */
    float fog_probability;
    float fog_depth;            /* most of the image that is mixed with clouds */
    float inverted_probability; /* a band, both margins or a frame is inverted */
    float impulse_probability;
    float impulse_share; /* most pixels that turn black or white */
    float grain_probability;
    float grain_deviation; /* noise whose deviation is this times the root of the pixel */
    float noise_probability;
    float noise_deviation; /* of noise that is the same everywhere */
};

#endif
