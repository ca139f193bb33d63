/*
 * From decoded colours to one byte a pixel: the projection on the axis of the greatest contrast.
 * Threads: any, on different reductions.
 */
#ifndef CORE_IMAGE_COLOUR_H
#define CORE_IMAGE_COLOUR_H

#include <stdbool.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/image/reduction.h"

/* The memory that colour_project allocates. */
#define COLOUR_SCRATCH_BYTES 131072

/* What became of the colours. */
struct colour_projection {
    bool is_projected;
    bool is_stretched; /* samples used less than 48 of 256 levels and were stretched first */
    float axis[3];     /* weights of red, green and blue in the result, a vector of length 1 */
    float contrast;    /* in standard deviations of the noise */
};

/*
 * Projects the means of a reduction of REDUCTION_COLOUR, after reduction_end, into planes[0].means.octets: the
 * background, with everything up to a quarter of the way to the ink or three standard deviations of the noise,
 * becomes 224, and the ink about 32. Or leaves the means as they are, possibly stretched, if nothing stands out. Only with `is_deep`, of a picture with 16-bit samples, may they be stretched.
 * Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status colour_project(struct colour_projection *out,
                                                  struct reduction *reduction, bool is_deep,
                                                  struct digit_error *error);

#endif
