/*
 * An image moved by whole pixels: what neighbourhoods are made of, one vector loop for each
 * neighbour.
 */
#ifndef TRAINER_AUGMENT_SHIFT_H
#define TRAINER_AUGMENT_SHIFT_H

#include <digit/image.h>

/* out (x, y) = image (x + dx, y + dy), ground (0) where that is outside; both [28][28], apart. */
void shift_image(float out[DIGIT_PIXELS], const float image[DIGIT_PIXELS], int dx, int dy);

#endif
