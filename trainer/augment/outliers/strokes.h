/*
 * Strokes in coordinates of any scale, drawn at the size of MNIST's digits.
 *
 *     struct strokes strokes = {.count = 0};
 *     strokes_begin(&strokes);
 *     strokes_add(&strokes, (struct pen_point){0, 0});
 *     strokes_add(&strokes, (struct pen_point){8, 8});
 *     strokes_write(image, &strokes, 1.0f, rng);
 *
 * Threads: each object belongs to one thread.
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
    bool begins[STROKES_MAX_POINTS]; /* whether the point begins a stroke */
    size_t count;
    bool lifted; /* the next point begins a stroke */
};

/* Lifts the pen: the next point begins a stroke. */
void strokes_begin(struct strokes *strokes);

/* Adds a straight line from the last point; at most STROKES_MAX_POINTS points in all. */
void strokes_add(struct strokes *strokes, struct pen_point point);

/* Adds a stroke of its own: a Catmull-Rom spline (1974) through controls [count], 2 to
 * STROKES_MAX_CONTROLS, with eight points from each control to the next. */
void strokes_add_curve(struct strokes *strokes, const struct pen_point *controls, size_t count);

/*
 * Adds strokes from a text, in which blanks separate them. Each is a list of points on a 9x9 grid,
 * column and row from the top left; ~ before a stroke makes it a curve. "~0005286885 8580" is a U.
 * A stroke has at most STROKES_MAX_CONTROLS points. They deviate from the grid by a random share of `jitter` steps, unless `rng` is NULL.
 */
void strokes_add_text(struct strokes *strokes, const char *text, float jitter, struct rng *rng);

/*
 * Draws the strokes into out [28][28], MNIST-normalised. Horizontal coordinates are multiplied by
 * `width`; then everything is scaled so that the longer side, with the pen's edge, is 20 px. Draws
 * nothing if there are no points.
 */
void strokes_draw(float out[DIGIT_PIXELS], const struct strokes *strokes, float width,
                  const struct pen *pen);

/*
 * Draws the strokes into out [28][28] with a random pen that is as thin as MNIST's or thicker, like
 * strokes_draw.
 */
void strokes_write(float out[DIGIT_PIXELS], const struct strokes *strokes, float width,
                   struct rng *rng);

#endif
