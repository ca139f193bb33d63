/*
 * Batches for /predict without JSON: an IDX file of images, the format of MNIST
 * (http://yann.lecun.com/exdb/mnist/). Integers are big-endian:
 *
 *     00 00 08 03    octets in three dimensions
 *     count          32 bits
 *     28, 28         32 bits each: rows, columns
 *     count * 784 octets, row by row, 0 background to 255 foreground
 */
#ifndef SERVER_ENDPOINTS_PREDICT_IDX_H
#define SERVER_ENDPOINTS_PREDICT_IDX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "server/endpoints/predict_input.h"
#include "server/http/problem.h"

/* True if the bytes begin like an IDX file of octets, whatever its number of dimensions. */
bool predict_is_idx(const uint8_t *bytes, size_t size);

/*
 * Reads all images of a file for which predict_is_idx is true. Sets input->count and input->batch.
 * Problems: INVALID_INPUT (not three dimensions, not 28x28, no image, more or fewer bytes than the
 * header says; digits=many), TOO_MANY_INSTANCES.
 */
DIGIT_MUST_CHECK enum problem predict_read_idx(struct predict_input *input, const uint8_t *bytes,
                                               size_t size, struct fault *fault);

#endif
