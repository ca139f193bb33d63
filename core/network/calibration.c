#include "core/network/calibration.h"

#include <stdio.h>

#include "core/base/json.h"

const struct model_calibration model_uncalibrated = {.temperature = 1.0f, .uncertain_above = 0.5f};

enum digit_status model_calibration_read(struct model_calibration *out, const cJSON *json,
                                         const char *where, struct digit_error *error)
{
    static const char *const keys[] = {"temperature", "uncertain_above"};
    double temperature = 1.0, uncertain_above = 0.0;
    enum digit_status status =
        json_check_keys(json, keys, sizeof keys / sizeof *keys, where, error);
    if (status == DIGIT_OK)
        status = json_get_number(&temperature, json, "temperature", MODEL_TEMPERATURE_LEAST,
                                 MODEL_TEMPERATURE_MOST, where, error);
    if (status == DIGIT_OK)
        status = json_get_number(&uncertain_above, json, "uncertain_above", 0.0, 1.0, where, error);
    *out = (struct model_calibration){(float)temperature, (float)uncertain_above};
    return status;
}

void model_calibration_format(char out[MODEL_CALIBRATION_TEXT_BYTES],
                              const struct model_calibration *calibration)
{
    snprintf(out, MODEL_CALIBRATION_TEXT_BYTES, "{\"temperature\":%.9g,\"uncertain_above\":%.9g}",
             (double)calibration->temperature, (double)calibration->uncertain_above);
}
