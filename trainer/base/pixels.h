/*
 * Pixels as data sets store them, octets, and as networks read them, floats.
 *
 *     float pixels[DIGIT_PIXELS];
 *     pixels_from_octets(pixels, data.images + i * DIGIT_PIXELS, DIGIT_PIXELS);
 *
 * Threads: any.
 */
#ifndef TRAINER_BASE_PIXELS_H
#define TRAINER_BASE_PIXELS_H

#include <stddef.h>
#include <stdint.h>

/* out[i] = octets[i] / 255 for i below `count`, in float32: 0 to 1. */
void pixels_from_octets(float *out, const uint8_t *octets, size_t count);

#endif
