/*
 * Estimates what it takes to decode and preprocess a picture.
 * Threads: any.
 */
#ifndef CORE_IMAGE_COST_H
#define CORE_IMAGE_COST_H

#include <stdbool.h>
#include <stdint.h>

#include <digit/image.h>

#include "core/image/measure.h"

/* CPU time in microseconds for luma, or for colour. Grows with every quantity that is measured. */
uint64_t image_cost_us(enum digit_image_format format, const struct image_measure *measure,
                       bool colour);

/* The decoder's memory and that of the reduction; or of the luma, which a picture that is rotated has twice. */
uint64_t image_memory_bytes(const struct image_measure *measure, bool colour);

#endif
