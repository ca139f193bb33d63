/*
 * A look at what a network's steps make on the way to its answer; for core/network/ and its tests.
 */
#ifndef CORE_NETWORK_CONTEXT_OBSERVER_H
#define CORE_NETWORK_CONTEXT_OBSERVER_H

#include <stddef.h>

#include <digit/context.h>

#include "core/network/plan.h"

struct context_observer {
    /* `count` activations that `step` made of some images, one image after the other. */
    void (*see_step)(void *data, const struct step *step, const float *activations, size_t count);
    void *data;
};

/* Runs the network on pixels [count][28][28], 0 to 1, and shows what each step makes. */
void context_observe(struct digit_context *context, const float *pixels, size_t count,
                     const struct context_observer *observer);

#endif
