/*
 * Shows what each step of a network computes; for core/network/, and for what measures a model from inside
 * (trainer/, bench/, tests).
 */
#ifndef CORE_NETWORK_CONTEXT_OBSERVER_H
#define CORE_NETWORK_CONTEXT_OBSERVER_H

#include <stddef.h>
#include <stdint.h>

#include <digit/context.h>

#include "core/network/plan.h"

/* Images that go through the steps together, as the pixels of deep layers are too few to be fast alone. */
#define CONTEXT_BLOCK_IMAGES 16

struct context_observer {
    /* activations [count]: what `step` computed for a block of images, one image after the other. */
    void (*see_step)(void *data, const struct step *step, const float *activations, size_t count);
    void *data;
};

/* Runs the network on octets [count][28][28], 0 to 255, and calls the observer after each step of each
 * block. */
void context_observe(struct digit_context *context, const uint8_t *octets, size_t count,
                     const struct context_observer *observer);

#endif
