/*
 * Arrays that PyTorch computed (tests/golden/make_golden.py), and how to compare with them.
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
 * Every value within `tolerance` of the expected one, relative to the largest expected magnitude:
 * sums over the same terms in another order differ by about that times 2^-24 times the number of
 * terms.
 */
void assert_close(const float *values, const float *expected, size_t count, double tolerance);

/* Images [count][channels][pixels] as [count][pixels][channels], with GRADIENT_SLACK zeros behind
 * them; the caller frees. Called with channels and pixels exchanged, it goes the other way. */
float *nhwc_from_nchw(const float *images, size_t count, size_t channels, size_t pixels);

/* The same for a tensor of rank two or more, images and channels first. */
float *golden_nhwc(const struct safetensor *tensor);

/* assert_close for values in NHWC and an expected tensor in NCHW. */
void assert_nhwc_close(const float *values, const struct safetensor *expected, double tolerance);

#endif
