/*
 * Undoes the filters of PNG's rows (W3C PNG, third edition, section 9).
 * Threads: any.
 */
#ifndef CORE_IMAGE_PNG_FILTER_H
#define CORE_IMAGE_PNG_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Undoes filter `type` on row [size_bytes], in place. `above` is the row above it, unfiltered, or zeros;
 * `pixel_bytes`, 1, 2, 3, 4, 6 or 8, is the size of a pixel, rounded up to a byte, of which the row has a whole
 * number, at least one. False if there is no such type.
 */
bool png_unfilter(unsigned type, uint8_t *row, const uint8_t *above, size_t size_bytes,
                  size_t pixel_bytes);

#endif
