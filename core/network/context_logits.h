/*
 * The logits of a network, before any calibration; for the trainer.
 */
#ifndef CORE_NETWORK_CONTEXT_LOGITS_H
#define CORE_NETWORK_CONTEXT_LOGITS_H

#include <stddef.h>
#include <stdint.h>

#include <digit/context.h>

/*
 * Runs the network on octets [count][28][28], 0 to 255, and writes the logits of each image to out
 * [count][DIGIT_CLASSES]. They may be not finite. Threads: as the context.
 */
void context_logits(struct digit_context *context, float *out, const uint8_t *octets, size_t count);

#endif
