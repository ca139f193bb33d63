/*
 * Digits of straight strokes and their variants.
 */
#ifndef TESTS_TRAINER_AUGMENT_VARIANTS_VARIANT_DRAWINGS_H
#define TESTS_TRAINER_AUGMENT_VARIANTS_VARIANT_DRAWINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>

#include "trainer/augment/pen.h"
#include "trainer/augment/variants/variant_settings.h"

/* Every variant of every digit that has one. */
extern const struct variant_settings all_variants;

/* Draws lines with a pen of half_width_px from point to point; image [28][28] is not cleared. */
void draw_polyline(float image[DIGIT_PIXELS], const struct pen_point *points, size_t count,
                   float half_width_px);

/* Draws an ellipse around the middle (14, 14). */
void draw_ellipse(float image[DIGIT_PIXELS], float half_wide_px, float half_high_px,
                  float half_width_px);

/* A one whose foot is lean_px to the left of its head. */
void draw_one(uint8_t out[DIGIT_PIXELS], float lean_px);

/* variant_image with all_variants and generator `index`. */
bool draw_variant(uint8_t out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS], uint8_t label,
                  uint64_t index);

/* Columns of the row from the first to the last pixel of 128 or more. */
size_t row_width(const uint8_t *row);

long sum_of(const uint8_t image[DIGIT_PIXELS]);

#endif
