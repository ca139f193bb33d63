/*
 * Contrast of each component: pale ink beside dark ink is as good a digit.
 * Threads: any, on different planes.
 */
#ifndef CORE_NUMBER_CONTRAST_H
#define CORE_NUMBER_CONTRAST_H

#include "core/preprocess/components.h"
#include "core/preprocess/plane.h"

/* The largest factor by which levels are raised. */
#define CONTRAST_FACTOR_MAX 5

/*
 * Copies the components' pixels into `out`, whose pixels the caller has room for, each component's levels raised by one
 * factor so that its highest one is 255, or by CONTRAST_FACTOR_MAX if it is lower than that. All other pixels become 0.
 */
void contrast_raise(struct plane *out, const struct plane *plane,
                    const struct components *components);

#endif
