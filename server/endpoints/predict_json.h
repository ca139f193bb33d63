/*
 * JSON for /predict. The body is one object. It, or each of its instances, has either "pixels" or
 * "b64":
 *
 *     {"pixels": [784 numbers]}             row by row, 0 background to 255 foreground
 *     {"pixels": [28 rows of 28 numbers]}
 *     {"pixels": [...], "max": 1}           0 background to 1 foreground; "max" is 1 or 255
 *     {"b64": "iVBORw0..."}                 an encoded picture (RFC 4648 section 4)
 *     {"instances": [{...}, {...}]}         several of these
 *
 * Pixels may have fractions. Keys may come in any order. A key that is unknown, given twice or not
 * allowed beside another one is refused, and so is every invalid value, with a pointer to it.
 * Malformed JSON is reported as such, whatever else is wrong before the place where it is
 * malformed.
 */
#ifndef SERVER_ENDPOINTS_PREDICT_JSON_H
#define SERVER_ENDPOINTS_PREDICT_JSON_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "server/endpoints/predict_input.h"
#include "server/http/problem.h"

/*
 * Reads text [size]; input->scratch must have room for `size` bytes. Sets input->count and
 * input->batch.
 * Problems: MALFORMED_JSON, INVALID_INPUT, TOO_MANY_INSTANCES, and those of predict_read_picture.
 */
DIGIT_MUST_CHECK enum problem predict_read_json(struct predict_input *input, const uint8_t *text,
                                                size_t size, struct fault *fault);

#endif
