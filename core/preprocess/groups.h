/*
 * Which components are digits, which are parts of one digit, and which are dirt, frames and shadows.
 * Threads: any.
 */
#ifndef CORE_PREPROCESS_GROUPS_H
#define CORE_PREPROCESS_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/preprocess/components.h"

/* The components of one digit: their boxes overlap or nearly touch. */
struct group {
    struct box box; /* in pixels of the plane */
    uint64_t mass;
    bool touches_edge; /* of the plane */
};

struct groups {
    struct group items[COMPONENTS_MAX]; /* from left to right */
    size_t count;
    size_t main;                           /* index of the group with the most mass */
    uint16_t of_component[COMPONENTS_MAX]; /* group of each component; COMPONENT_NONE: dropped */
    size_t dropped; /* number of components in no group: specks, frames, shadows along an edge */
};

/*
 * Groups the components into digits. `plane` is where they were found.
 * - A component is a frame if it covers half of one of the picture's sides, if it is solid and touches
 *   the picture's edge, or if it encloses another component that may be a digit.
 * - The component with the most mass is a digit; for this comparison the mass of frames and of components
 *   that touch the picture's edge is divided by eight. Every other component that is not a frame, is at
 *   least half as high and has at least a quarter of that mass is a digit too. Two of these are parts of
 *   one digit if one stands above the other, or if they nearly touch and together are not wider than high.
 * - A smaller component belongs to the nearest digit if it lies within a quarter of the digit's longer
 *   side and has at least a twentieth of its mass. All others are dropped.
 * If there is a component, there is at least one group.
 */
void groups_find(struct groups *out, const struct components *components,
                 const struct plane *plane);

/* Makes one group of all components; no group if there is no component. */
void groups_unite(struct groups *out, const struct components *components,
                  const struct plane *plane);

#endif
