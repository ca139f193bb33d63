/*
 * The JSON forms of /predict. The body is one object and, at the top or in each instance, has
 * either "pixels" or "b64":
 *
 *     {"pixels": [784 numbers]}             row by row, 0 ground to 255 ink, fractions allowed
 *     {"pixels": [28 rows of 28 numbers]}
 *     {"pixels": [...], "max": 1}           0 ground to 1 ink; "max" is 1 or 255
 *     {"b64": "iVBORw0..."}                 an encoded picture (RFC 4648 section 4)
 *     {"instances": [{...}, {...}]}         many of these
 *
 * Keys may come in any order. A key that is not known, stands twice or has no business beside
 * another is refused; so is every value that does not fit, with a pointer to it. What is malformed
 * as JSON is reported as that, whatever else is wrong before it.
 */
#ifndef SERVER_ENDPOINTS_PREDICT_JSON_H
#define SERVER_ENDPOINTS_PREDICT_JSON_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "server/endpoints/predict_input.h"
#include "server/http/problem.h"

/*
 * Reads text [size]; input->scratch must hold `size` bytes. Sets input->count and input->batch.
 * Problems: MALFORMED_JSON, INVALID_INPUT, TOO_MANY_INSTANCES, and those of predict_read_picture.
 */
DIGIT_MUST_CHECK enum problem predict_read_json(struct predict_input *input, const uint8_t *text,
                                                size_t size, struct fault *fault);

#endif
