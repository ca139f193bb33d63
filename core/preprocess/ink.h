/*
 * From contrast to ink: how much the ground varies and how far from it the ink is, and all that
 * lies between them as a share of ink.
 * Threads: any, on different planes.
 */
#ifndef CORE_PREPROCESS_INK_H
#define CORE_PREPROCESS_INK_H

#include "core/preprocess/plane.h"

/* Less contrast than this between ground and ink is the grain of a sensor, not a stroke. */
#define INK_CONTRAST_MIN 16

/* Half way from ground to ink a stroke has its edge; ink_stretch makes this of it. */
#define INK_EDGE 85

/* Levels of a plane with light ink on dark ground. */
struct ink_levels {
    int ground; /* what most of the plane's edge has, or a ring inside it if that is darker */
    int noise;  /* deviation of a pixel from its neighbours, a robust estimate */
    int ink; /* the median of what is too far from the ground to be noise; never below `ground` */
};

/* Measures the pixels as they are; `plane` has at least one. */
struct ink_levels ink_measure(const struct plane *plane);

/*
 * Stretches the plane in place: 0 up to a quarter of the way from the ground to the ink, or up to
 * four times the noise if that is more, but no more than half of the way; 255 from the ink
 * on; even in between. The ink is at least INK_CONTRAST_MIN above the ground.
 */
void ink_stretch(struct plane *plane, const struct ink_levels *levels);

#endif
