/*
 * Polarity: is the picture dark on light, or light on dark?
 * Threads: any, each with its own scratch.
 */
#ifndef CORE_PREPROCESS_POLARITY_H
#define CORE_PREPROCESS_POLARITY_H

#include <stdbool.h>

#include "core/preprocess/grid.h"
#include "core/preprocess/histogram.h"
#include "core/preprocess/plane.h"

struct polarity {
    bool dark_on_light;
    bool is_clear; /* false: something contradicts it, and the other polarity is worth a trial */
    bool is_open;  /* no ring is even, so that the strokes decided */
};

/*
 * Decides the polarity on rings just inside the border, past any frame. `levels` are those of the plane.
 * - Two rings are measured, a twelfth and an eighth of the shorter side from the border. If a ring is
 *   even, it is taken for background: the picture is dark on light if the median of the more even ring
 *   lies above Otsu's threshold. If both are even and disagree, a third ring decides, a sixth of the side
 *   from the border.
 * - If no ring is even, the light is uneven and the strokes decide. Strokes are thinner than the
 *   background that they enclose, so they disappear under a smaller filter: the picture is dark on light
 *   if half of the detail disappears under a smaller closing (dark details) than opening (light details).
 * - A 28x28 picture is light on dark unless most pixels of at least three of its sides lie above the
 *   threshold.
 * It is clear if a ring decides, at most one side of the picture disagrees, and seven tenths of all pixels lie on
 * the background's side of the threshold, and the extreme level of the foreground's side is at least twice as far
 * from the median of all as the other extreme; for a 28x28 picture, if no side disagrees.
 */
struct polarity polarity_find(const struct plane *plane, const struct histogram *levels,
                              struct grid_scratch *scratch);

/* Whether no side of the picture is mostly lighter than black: it is light on dark, and clear, if it is 28x28. */
bool polarity_is_on_black(const struct plane *plane);

/* Inverts every level: 255 - level. */
void polarity_invert(struct plane *plane);

#endif
