/*
 * How often and how strongly training images are distorted.
 */
#ifndef TRAINER_AUGMENT_DISTORT_DISTORT_RANGES_H
#define TRAINER_AUGMENT_DISTORT_DISTORT_RANGES_H

/*
 * Strengths are drawn uniformly from a small value to the one given here. All probabilities but the
 * first are those in an image that is distorted at all, and a kind with probability 0 draws no
 * random number. Every value is 0 or more; probabilities, shares, contrast and depth are at most
 * 1.
 */
struct distort_ranges {
    float probability; /* that an image is distorted; 0: none is */

    float stroke_probability;
    float stroke_px; /* strokes become thicker by up to this, or thinner by up to half of it; at
                        most 2 */
    float marker_probability;  /* strokes of a thick pen, with the same holes as before */
    float marker_px;           /* become thicker by up to this; at most 10 */
    float outline_probability; /* only the outlines of the strokes are left */
    float box_probability;     /* a rectangle covers a part, black or of any grey level */
    float box_px;              /* its longest side; at most 28 */
    float blobs_probability;
    float blob_count; /* largest number of round blots, each of any grey level */
    float lines_probability;
    float line_count; /* largest number of bright lines: straight or wavy, solid or dashed, at any
                         angle */
    float ruled_probability; /* parallel bright lines, as on ruled paper */
    float shuffle_probability;
    float shuffle_px; /* each pixel is taken from up to this far away on each axis; at most 3 */
    float motion_probability;
    float motion_px;           /* longest straight motion blur, at any angle */
    float defocus_probability; /* the disc of a camera that is out of focus */
    float defocus_px;          /* largest radius of the disc; at most 5 */
    float blur_probability;
    float blur_px;                /* largest deviation of a binomial blur; at most 3 */
    float resolution_probability; /* few pixels, enlarged again */
    float resolution_px; /* fewest of them along the 20 px of a normalised digit; 4 to 20 */
    float contrast_probability;
    float contrast_least; /* smallest contrast that is left; the background is raised at random, but
                             never so far that anything is clipped */
    float fog_probability;
    float fog_depth;            /* largest weight of the clouds that are blended in */
    float inverted_probability; /* a band, both margins or a frame is inverted */
    float impulse_probability;
    float impulse_share; /* largest share of pixels that turn black or white */
    float grain_probability;
    float grain_deviation; /* largest deviation of noise that scales with the pixel's square root */
    float noise_probability;
    float noise_deviation; /* largest deviation of noise that does not depend on the pixel */
};

#endif
