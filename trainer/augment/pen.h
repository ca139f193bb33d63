/*
 * A round pen with an edge one pixel soft, as the strokes of MNIST have.
 *
 *     pen_line(image, (struct pen_point){6, 8}, (struct pen_point){14, 20}, &(struct pen){1.2f, 1});
 *
 * Threads: any.
 */
#ifndef TRAINER_AUGMENT_PEN_H
#define TRAINER_AUGMENT_PEN_H

#include <digit/image.h>

/* In px, the centre of the first pixel at (0, 0). */
struct pen_point {
    float x, y;
};

struct pen {
    float half_width_px; /* up to where the light is half of it; 0.5 or more */
    float light;         /* 0 to 1 */
};

/* Draws a straight line into image [28][28]; what is lighter already stays so. Points may lie outside,
 * up to 1,000 px away. */
void pen_line(float image[DIGIT_PIXELS], struct pen_point from, struct pen_point to,
              const struct pen *pen);

#endif
