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

/*
 * A tensor [images][elements...] as one block [elements][lanes], unused lanes zero; the caller
 * frees it. `image` is the first that goes in, of at most `lanes`.
 */
float *block_from_images(const struct safetensor *images, size_t image, size_t lanes);

/* The reverse for one block: copies what `images` would hold of it, [used][elements]; the caller
 * frees. */
float *images_from_block(const float *block, size_t elements, size_t used, size_t lanes);

#endif
