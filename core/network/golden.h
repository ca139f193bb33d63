/*
 * Golden digits, `golden` in a model file: pictures of digits, and what the model answered when the file was
 * written. Who loads the file repeats them (<digit/self_test.h>).
 *
 *     {"octets": ["0000...", ...],             one for each digit: [28][28] row-major, two hexadecimal digits
 *                                              for each octet, 0 background to 255 foreground
 *      "f32": {"digits": [7, ...],             the class with the largest logit
 *              "probabilities": [[...], ...]}, ten for each digit, calibrated
 *      "int8": {...}}                          the same in int8; missing if the model does not run in int8
 */
#ifndef CORE_NETWORK_GOLDEN_H
#define CORE_NETWORK_GOLDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <digit/image.h>
#include <digit/model.h>
#include <digit/status.h>

#define GOLDEN_MAX_DIGITS 32

/* What a model answers in one precision. */
struct golden_answers {
    bool recorded; /* false: there are none, and the rest is 0 */
    uint8_t digits[GOLDEN_MAX_DIGITS];
    float probabilities[GOLDEN_MAX_DIGITS][DIGIT_CLASSES];
};

struct golden {
    size_t count; /* of digits; 0: the model has none */
    uint8_t octets[GOLDEN_MAX_DIGITS][DIGIT_PIXELS];
    struct golden_answers f32;
    struct golden_answers int8;
};

/*
 * Reads the JSON object above, of 1 to GOLDEN_MAX_DIGITS digits; `where` names it in messages. Probabilities
 * must be from 0 to 1 and sum to 1 within 1e-5, the digit must be one of the most probable. Threads: any.
 * Errors: INVALID (no object, a missing or unknown key, a wrong type or length, a value out of range).
 */
DIGIT_MUST_CHECK enum digit_status golden_read(struct golden *out, const cJSON *json,
                                               const char *where, struct digit_error *error);

/*
 * Formats `golden`, which has at least one digit and answers in float32, as golden_read reads it back to the
 * bit. The caller frees the text with cJSON_free; NULL without memory. Threads: any.
 */
char *golden_format(const struct golden *golden);

#endif
