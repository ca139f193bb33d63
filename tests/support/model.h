/*
 * Networks for tests: an architecture of the repository with made-up weights.
 */
#ifndef TESTS_SUPPORT_MODEL_H
#define TESTS_SUPPORT_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "core/network/model.h"

#define TINY_JSON     "tests/fixtures/architectures/tiny.json"
#define DIGITS_JSON   "config/architectures/digits.json"
#define BASELINE_JSON "config/architectures/baseline.json"

/* Numbers from -1 to 1, the same in every run: xorshift64 (Marsaglia 2003) from a fixed start. */
void fill_numbers(float *out, size_t count, uint64_t start);

/* Reads a file of the repository; a failure ends the test. */
void load_architecture(struct architecture *out, const char *path);

/*
 * Parameters with which all activations are of the order of 1: weights are divided by the square
 * root of their number per output, running variances are from 0.5 to 1.5. The caller frees them.
 */
float *make_parameters(const struct architecture *architecture, uint64_t start);

/* A float32 model with such parameters; the caller destroys it. */
struct digit_model *make_model(const char *path);

/* Writes TINY_JSON with such parameters as a model file; a failure ends the test. */
void write_model(const char *path, uint64_t start);

#endif
