/*
 * How a model's logits become probabilities, and from where on an answer counts as uncertain: what
 * `calibration` says in a model file.
 */
#ifndef CORE_NETWORK_CALIBRATION_H
#define CORE_NETWORK_CALIBRATION_H

#include <cjson/cJSON.h>

#include <digit/status.h>

/* What a temperature may be. Trained networks need one from 0.5 to 5. */
#define MODEL_TEMPERATURE_LEAST 0.05
#define MODEL_TEMPERATURE_MOST  20.0

/* Room for what model_calibration_format writes. */
#define MODEL_CALIBRATION_TEXT_BYTES 96

struct model_calibration {
    float temperature;     /* probabilities are softmax(logits / temperature), Guo et al. 2017 */
    float uncertain_above; /* an answer of a larger uncertainty is uncertain, 0 to 1 */
};

/* That of a model whose file says nothing: temperature 1, uncertain above 0.5. */
extern const struct model_calibration model_uncalibrated;

/*
 * Reads {"temperature": T, "uncertain_above": u}; `where` names it in messages. Threads: any.
 * Errors: INVALID (no object, a key missing or unknown, a type or a value that does not fit).
 */
DIGIT_MUST_CHECK enum digit_status model_calibration_read(struct model_calibration *out,
                                                          const cJSON *json, const char *where,
                                                          struct digit_error *error);

/* Writes what model_calibration_read reads back to the bit, as JSON. Threads: any. */
void model_calibration_format(char out[MODEL_CALIBRATION_TEXT_BYTES],
                              const struct model_calibration *calibration);

#endif
