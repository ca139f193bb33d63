/*
 * The rows and columns that the strokes of an image reach.
 *
 * Threads: any.
 */
#ifndef TRAINER_AUGMENT_EXTENT_H
#define TRAINER_AUGMENT_EXTENT_H

#include <stddef.h>

#include <digit/image.h>

/* The rows of image [28][28] with pixels of `least` or more, `end` excluded: 28 and 0 if there is
 * none. */
void extent_rows(size_t *first, size_t *end, const float image[DIGIT_PIXELS], float least);

/* The columns, in the same way. */
void extent_columns(size_t *first, size_t *end, const float image[DIGIT_PIXELS], float least);

#endif
