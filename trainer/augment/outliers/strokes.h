/*
 * Strokes on no particular scale, drawn in the end as writing of MNIST's size.
 *
 *     struct strokes strokes = {.count = 0};
 *     strokes_begin(&strokes);
 *     strokes_add(&strokes, (struct pen_point){0, 0});
 *     strokes_add(&strokes, (struct pen_point){8, 8});
 *     strokes_write(image, &strokes, rng);
 *
 * Threads: one for each value.
 */
#ifndef TRAINER_AUGMENT_OUTLIERS_STROKES_H
#define TRAINER_AUGMENT_OUTLIERS_STROKES_H

#include <stdbool.h>
#include <stddef.h>

#include "trainer/augment/pen.h"
#include "trainer/base/rng.h"

#define STROKES_MAX_POINTS   640
#define STROKES_MAX_CONTROLS 16 /* of a curve */

struct strokes {
    struct pen_point points[STROKES_MAX_POINTS];
    bool begins[STROKES_MAX_POINTS]; /* the pen came from elsewhere */
    size_t count;
    bool lifted;
};

/* The next point is the first of a stroke. */
void strokes_begin(struct strokes *strokes);

/* A straight line from the last point; there must be room for it. */
void strokes_add(struct strokes *strokes, struct pen_point point);

/* A stroke of its own: Catmull and Rom's spline (1974) through controls [count], 2 to
 * STROKES_MAX_CONTROLS, eight points from each to the next. */
void strokes_add_curve(struct strokes *strokes, const struct pen_point *controls, size_t count);

/*
 * Writes them in MNIST's form: made as narrow as `width` of what they are, the longer side then 20 px
 * with the pen's edge, with a pen as thin as MNIST's or thicker. Nothing without points.
 */
void strokes_write(float out[DIGIT_PIXELS], const struct strokes *strokes, float width,
                   struct rng *rng);

#endif
