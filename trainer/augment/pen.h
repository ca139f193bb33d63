/*
 * A round pen with an edge that is one pixel soft, as the strokes of MNIST have.
 *
 *     const struct pen pen = {.half_width_px = 1.2f, .brightness = 1.0f};
 *     pen_line(image, (struct pen_point){6, 8}, (struct pen_point){14, 20}, &pen);
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
    float half_width_px; /* where the brightness has fallen to a half; 0.5 or more */
    float brightness;    /* in the middle of the stroke, 0 to 1 */
};

/*
 * Draws a straight line into image [28][28]; brighter pixels keep their value. Points may lie
 * outside the image, up to 1,000 px away.
 */
void pen_line(float image[DIGIT_PIXELS], struct pen_point from, struct pen_point to,
              const struct pen *pen);

#endif
