/*
 * What a network says before anything is made of it; for the trainer.
 */
#ifndef CORE_NETWORK_CONTEXT_LOGITS_H
#define CORE_NETWORK_CONTEXT_LOGITS_H

#include <stddef.h>

#include <digit/context.h>

/*
 * Runs the network on pixels [count][28][28], 0 to 1, and writes the logits of each image, out:
 * [count][DIGIT_CLASSES], whatever the model's calibration. They may be not finite. Threads: the
 * context's own.
 */
void context_logits(struct digit_context *context, float *out, const float *pixels, size_t count);

#endif
