/*
 * Readers for tests, with the model that is shipped, and pictures for them. A failure ends the test.
 */
#ifndef TESTS_CORE_READ_FIXTURE_H
#define TESTS_CORE_READ_FIXTURE_H

#include <digit/context.h>
#include <digit/reader.h>

#include "core/preprocess/preprocessor.h"
#include "tests/core/preprocess/drawings.h"

/* The context of the shipped model. */
struct digit_context *fixture_context(void);

/* A reader in this context; the caller destroys it. */
struct digit_reader *fixture_reader(const struct digit_reader_limits *limits);

/* Frees the context and the model. */
void fixture_release(void);

/* What the tests of a program share: set up by the group's functions, in TEST_MAIN_WITH. */
extern struct digit_reader *reader;
extern struct digit_preprocessor *preprocessor;

int create_reader(void **state);
int destroy_reader(void **state);
int create_preprocessor(void **state);
int destroy_preprocessor(void **state);

/* 200x200, a seven of 120 px with strokes of 16: MNIST's thickness. */
struct canvas draw_seven(uint8_t background, uint8_t foreground);

/* 28x28, MNIST-normalised: a ring of 20x20 px with strokes of this level on black. */
struct canvas draw_normalised(uint8_t level);

/* Dark on light, in light so uneven that it is darker at the right than the ink is at the left. */
struct canvas draw_in_uneven_light(void);

/* A seven of ink 37 on a patch of 225 on white. */
struct canvas draw_on_patch(void);

/* Draws 0, 1, 4 or 7 in a box of 2/3 of the height. */
void draw_digit(struct canvas *canvas, size_t digit, double left, double top, double height_px,
                double thick_px, uint8_t level);

#endif
