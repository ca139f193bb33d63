/*
 * The calibration of a model, `calibration` in a model file: the temperature that makes probabilities of its
 * logits, and the threshold above which a prediction is uncertain.
 */
#ifndef CORE_NETWORK_CALIBRATION_H
#define CORE_NETWORK_CALIBRATION_H

#include <cjson/cJSON.h>

#include <digit/status.h>

/* The limits of a temperature. Those of trained networks are from 0.5 to 5. */
#define MODEL_TEMPERATURE_LEAST 0.05
#define MODEL_TEMPERATURE_MOST  20.0

/* Enough for the text of model_calibration_format. */
#define MODEL_CALIBRATION_TEXT_BYTES 96

struct model_calibration {
    float temperature;     /* probabilities are softmax(logits / temperature), Guo et al. 2017 */
    float uncertain_above; /* a prediction with a larger uncertainty is uncertain; 0 to 1 */
};

/* The default for a model without calibration: temperature 1, uncertain above 0.5. */
extern const struct model_calibration model_uncalibrated;

/*
 * Reads {"temperature": T, "uncertain_above": u}; `where` names the object in messages. Threads: any.
 * Errors: INVALID (no object, a missing or unknown key, a wrong type, a value out of range).
 */
DIGIT_MUST_CHECK enum digit_status model_calibration_read(struct model_calibration *out,
                                                          const cJSON *json, const char *where,
                                                          struct digit_error *error);

/* Formats JSON that model_calibration_read reads back to the bit. Threads: any. */
void model_calibration_format(char out[MODEL_CALIBRATION_TEXT_BYTES],
                              const struct model_calibration *calibration);

#endif
