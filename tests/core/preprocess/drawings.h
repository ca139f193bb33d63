/*
 * Pictures to preprocess, drawn by hand. Pixels lie in a block of exactly their size, so that a
 * sanitizer sees one read too many; drawing beyond the edge is left out.
 */
#ifndef TESTS_CORE_PREPROCESS_DRAWINGS_H
#define TESTS_CORE_PREPROCESS_DRAWINGS_H

#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>

#include "core/preprocess/plane.h"

struct canvas {
    uint8_t *luma; /* [height_px][width_px] */
    size_t width_px;
    size_t height_px;
};

/* Every pixel has the level `background`. The caller frees it with canvas_free. */
struct canvas canvas_make(size_t width_px, size_t height_px, uint8_t background);

/* 28x28, with these pixels. */
struct canvas canvas_of_digit(const uint8_t pixels[DIGIT_PIXELS]);

void canvas_free(struct canvas *canvas);

/* The canvas as what preprocessing takes; its pixels are the canvas's. */
struct digit_image canvas_image(const struct canvas *canvas);
struct plane canvas_plane(const struct canvas *canvas);

uint8_t canvas_at(const struct canvas *canvas, size_t x, size_t y);

void canvas_set(struct canvas *canvas, size_t x, size_t y, uint8_t level);

void canvas_box(struct canvas *canvas, size_t left, size_t top, size_t width_px, size_t height_px,
                uint8_t level);

/* A rectangle's outline, `thick_px` inside. */
void canvas_frame(struct canvas *canvas, size_t left, size_t top, size_t width_px, size_t height_px,
                  size_t thick_px, uint8_t level);

/* A stroke with round ends between two points, as thick as that. */
void canvas_stroke(struct canvas *canvas, double from_x, double from_y, double to_x, double to_y,
                   double thick_px, uint8_t level);

/* A seven in a box of 2/3 of the height, strokes reaching out of it by half of their thickness. */
void canvas_seven(struct canvas *canvas, double left, double top, double height_px, double thick_px,
                  uint8_t level);

/* Makes pixels darker, by nothing at the left edge to `levels` at the right one. */
void canvas_darken(struct canvas *canvas, int levels);

/* Adds -levels to levels, evenly, the same for each seed. */
void canvas_noise(struct canvas *canvas, int levels, uint64_t seed);

void canvas_invert(struct canvas *canvas);

/* Strokes of random places and levels in a picture of random size, up to 700 px a side, with uneven light and noise
 * or without. The caller frees it. */
struct canvas canvas_random(uint64_t *seed);

/* The next of pseudorandom numbers from 0 to 2^31 - 1. */
uint32_t drawing_random(uint64_t *state);

#endif
