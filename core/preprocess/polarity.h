/*
 * Polarity: is the picture dark on light, or light on dark?
 * Threads: any, each with its own scratch.
 */
#ifndef CORE_PREPROCESS_POLARITY_H
#define CORE_PREPROCESS_POLARITY_H

#include <stdbool.h>

#include "core/preprocess/grid.h"
#include "core/preprocess/plane.h"

/*
 * Whether the picture is dark on light. Polarity is decided on rings just inside the border, past any
 * frame.
 * - Two rings are measured, a twelfth and an eighth of the shorter side from the border. If a ring is
 *   even, it is taken for background: the picture is dark on light if the median of the more even ring
 *   lies above Otsu's threshold. If both are even and disagree, a third ring decides, a sixth of the side
 *   from the border.
 * - If no ring is even, the light is uneven and the strokes decide. Strokes are thinner than the
 *   background that they enclose, so they disappear under a smaller filter: the picture is dark on light
 *   if half of the detail disappears under a smaller closing (dark details) than opening (light details).
 * - A 28x28 picture is light on dark unless most pixels of at least three of its sides lie above the
 *   threshold.
 */
bool polarity_is_dark_on_light(const struct plane *plane, struct grid_scratch *scratch);

/* Inverts every level: 255 - level. */
void polarity_invert(struct plane *plane);

#endif
