/*
 * An image shifted by whole pixels. Operations on neighbourhoods shift the whole image once for
 * each neighbour, which the compiler vectorises.
 */
#ifndef TRAINER_AUGMENT_SHIFT_H
#define TRAINER_AUGMENT_SHIFT_H

#include <digit/image.h>

/*
 * out (x, y) = image (x + dx, y + dy), or background (0) where that lies outside; both [28][28],
 * not overlapping. Threads: any.
 */
void shift_image(float out[DIGIT_PIXELS], const float image[DIGIT_PIXELS], int dx, int dy);

#endif
