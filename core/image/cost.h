/*
 * Estimates what it takes to decode and preprocess a picture.
 * Threads: any.
 */
#ifndef CORE_IMAGE_COST_H
#define CORE_IMAGE_COST_H

#include <stdint.h>

#include <digit/image.h>

#include "core/image/measure.h"

/* CPU time in microseconds. Grows with every quantity that is measured. */
uint64_t image_cost_us(enum digit_image_format format, const struct image_measure *measure);

/* The decoder's memory, the luma and its sums; a rotated picture has its luma twice. */
uint64_t image_memory_bytes(const struct image_measure *measure);

#endif
