/*
 * A model of any architecture with random weights: as fast as a trained one, and as wrong as chance.
 */
#ifndef BENCH_RANDOM_MODEL_H
#define BENCH_RANDOM_MODEL_H

#include <digit/model.h>
#include <digit/status.h>

/*
 * Reads the architecture at `path` and makes a model of it, the same at every call, with ranges that
 * fit it; the caller destroys it. Errors: as architecture_load and model_create.
 */
DIGIT_MUST_CHECK enum digit_status random_model_create(struct digit_model **out, const char *path,
                                                       const struct digit_model_options *options,
                                                       struct digit_error *error);

#endif
