/*
 * What a model is made of; for core/network/ alone.
 */
#ifndef CORE_NETWORK_MODEL_DATA_H
#define CORE_NETWORK_MODEL_DATA_H

#include "core/base/sha256.h"
#include "core/network/model.h"
#include "core/network/plan.h"

struct digit_model {
    struct digit_model_info info; /* points into the members below */
    struct architecture architecture;
    struct parameter_table table;
    struct plan plan;
    struct model_preprocessing preprocessing;
    struct model_calibration calibration;
    char *labels[DIGIT_CLASSES];
    char sha256[SHA256_HEX_BYTES];
    char version[SHA256_HEX_BYTES];
};

#endif
