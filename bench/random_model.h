/*
 * A model of any architecture with random weights, and random images. It is as fast as a trained model,
 * whose time does not depend on the images either.
 * Threads: any.
 */
#ifndef BENCH_RANDOM_MODEL_H
#define BENCH_RANDOM_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include <digit/model.h>
#include <digit/status.h>

/*
 * Reads the architecture at `path` and creates a model with activation ranges for int8. The weights are
 * the same in every call. The caller destroys the model. Errors: those of architecture_load and
 * model_create.
 */
DIGIT_MUST_CHECK enum digit_status random_model_create(struct digit_model **out, const char *path,
                                                       const struct digit_model_options *options,
                                                       struct digit_error *error);

/* Fills `octets` [count]; the values are the same in every call. */
void random_octets_fill(uint8_t *octets, size_t count);

#endif
