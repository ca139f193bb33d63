/*
 * Dark on light, or light on dark?
 * Threads: any, each with its own scratch.
 */
#ifndef CORE_PREPROCESS_POLARITY_H
#define CORE_PREPROCESS_POLARITY_H

#include <stdbool.h>

#include "core/preprocess/grid.h"
#include "core/preprocess/plane.h"

/*
 * Whether the picture is dark on light. Two rings inside the picture, past any frame (a twelfth and
 * an eighth of the shorter side from the edge), are taken for ground where they are even, and on
 * which side of Otsu's threshold the more even one lies decides; where both are even and disagree, a
 * third one, a sixth from the edge. In uneven light strokes decide: they are thinner than the ground
 * that they enclose, so of dark and of light details those are strokes of which half have
 * disappeared under the smaller closing or opening. A picture of MNIST's size is light on dark
 * unless most of at least three of its sides is above the threshold.
 */
bool polarity_is_dark_on_light(const struct plane *plane, struct grid_scratch *scratch);

/* Light and dark change places. */
void polarity_invert(struct plane *plane);

#endif
