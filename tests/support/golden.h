/*
 * Reads arrays that PyTorch computed (tests/golden/make_golden.py) and compares results with them.
 * Failures end the cmocka test.
 */
#ifndef TESTS_SUPPORT_GOLDEN_H
#define TESTS_SUPPORT_GOLDEN_H

#include <stddef.h>

#include "core/weights/safetensors.h"

/* Opens tests/golden/NAME; the caller destroys it. */
struct safetensors *golden_open(const char *name);

/* The tensor "PREFIX.NAME". */
const struct safetensor *golden_get(const struct safetensors *file, const char *prefix,
                                    const char *name);

/*
 * Asserts that every value is within `tolerance` of the expected one, relative to the largest
 * expected magnitude: sums of the same terms in another order differ by about that times 2^-24
 * times the number of terms.
 */
void assert_close(const float *values, const float *expected, size_t count, double tolerance);

/* Converts images [count][channels][pixels] to [count][pixels][channels], followed by
 * GRADIENT_SLACK zeros; the caller frees them. With channels and pixels exchanged it converts
 * back. */
float *nhwc_from_nchw(const float *images, size_t count, size_t channels, size_t pixels);

/* The same for a tensor of rank two or more whose first dimensions are images and channels. */
float *golden_nhwc(const struct safetensor *tensor);

/* assert_close for values in NHWC and an expected tensor in NCHW. */
void assert_nhwc_close(const float *values, const struct safetensor *expected, double tolerance);

#endif
