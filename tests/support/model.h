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

/* The same numbers at every run, from -1 to 1: xorshift64 (Marsaglia 2003) from a fixed start. */
void fill_numbers(float *out, size_t count, uint64_t start);

/* Reads a file of the repository; a failure ends the test. */
void load_architecture(struct architecture *out, const char *path);

/*
 * Parameters that give all of a network's numbers about the size of one: weights divided by the
 * root of their number for each output, running variances from 0.5 to 1.5. The caller frees them.
 */
float *make_parameters(const struct architecture *architecture, uint64_t start);

/* A model of that; the caller destroys it. */
struct digit_model *make_model(const char *path);

/* Writes TINY_JSON with such parameters as a model file; a failure ends the test. */
void write_model(const char *path, uint64_t start);

#endif
