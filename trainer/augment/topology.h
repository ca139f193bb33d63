/*
 * How many strokes and holes an image has: what a change of strokes must leave as it is, if the
 * digit is to stay the same one.
 *
 *     struct topology before = topology_of(image);
 *     ... thicken the strokes ...
 *     if (topology_of(image).holes != before.holes) ...
 *
 * Threads: any.
 */
#ifndef TRAINER_AUGMENT_TOPOLOGY_H
#define TRAINER_AUGMENT_TOPOLOGY_H

#include <stddef.h>

#include <digit/image.h>

/* Pixels from here on belong to a stroke. */
#define TOPOLOGY_MIN_STROKE 0.5f

struct topology {
    size_t strokes;     /* regions of stroke pixels, joined by sides or corners */
    size_t holes;       /* regions of other pixels, joined by sides, that do not reach the border */
    size_t hole_pixels; /* of all holes */
    size_t hole_top;    /* index of a pixel in the highest row of the highest hole; DIGIT_PIXELS: no
                           hole */
};

/* Measures image [28][28]. Beyond its edges lies background. */
struct topology topology_of(const float image[DIGIT_PIXELS]);

#endif
