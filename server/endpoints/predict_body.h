/*
 * Converts a body of any type that /predict supports to pixels: chooses the reader by Content-Type,
 * by the rules in predict.h.
 */
#ifndef SERVER_ENDPOINTS_PREDICT_BODY_H
#define SERVER_ENDPOINTS_PREDICT_BODY_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "server/endpoints/predict_input.h"
#include "server/http/problem.h"

/*
 * Reads body [size], at least one byte, of type `content_type` (NULL if the request has none). The
 * input's scratch must have room for `size` bytes. Problems: UNSUPPORTED_MEDIA_TYPE,
 * MALFORMED_MULTIPART, INVALID_INPUT and those of the readers.
 */
DIGIT_MUST_CHECK enum problem predict_read_body(struct predict_input *input,
                                                const char *content_type, const uint8_t *body,
                                                size_t size, struct fault *fault);

#endif
