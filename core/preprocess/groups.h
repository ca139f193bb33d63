/*
 * Which pieces of ink are digits, which belong to one, and which are dirt, frames and shadows.
 * Threads: any.
 */
#ifndef CORE_PREPROCESS_GROUPS_H
#define CORE_PREPROCESS_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/preprocess/components.h"

/* The ink of one digit: pieces whose boxes overlap or nearly touch. */
struct group {
    struct box box; /* in pixels of the plane */
    uint64_t mass;
    bool touches_edge; /* of the plane */
};

struct groups {
    struct group items[COMPONENTS_MAX]; /* from left to right */
    size_t count;
    size_t main;                           /* the one with the most ink */
    uint16_t of_component[COMPONENTS_MAX]; /* its group, COMPONENT_NONE if it was dropped */
    size_t dropped; /* components in no group: specks, what lies along an edge of the picture */
};

/*
 * Parts the components into digits. `plane` is where they were found.
 * - A frame is a component along half of one of the picture's sides, a solid one at its edge, and
 *   one that encloses what may be a digit.
 * - The strongest component is a digit; frames and what touches the picture's edge count an eighth
 *   for that. So is each other one, frames aside, that is at least half as high and has a quarter
 *   of its ink. Two of them are one digit if one stands above the other, or if they nearly touch
 *   and are together not wider than high.
 * - What is smaller belongs to the digit it is nearest to, if it lies within a quarter of the
 *   digit's longer side and has a twentieth of its ink. The rest is dropped.
 * There is at least one group if there is a component.
 */
void groups_find(struct groups *out, const struct components *components,
                 const struct plane *plane);

/* One group of all components; none without any. */
void groups_unite(struct groups *out, const struct components *components,
                  const struct plane *plane);

#endif
