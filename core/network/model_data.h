/*
 * The contents of struct digit_model and how one is assembled; for core/network/, and for what measures a
 * model from inside (trainer/, bench/, tests).
 */
#ifndef CORE_NETWORK_MODEL_DATA_H
#define CORE_NETWORK_MODEL_DATA_H

#include <digit/model.h>
#include <digit/status.h>

#include "core/base/sha256.h"
#include "core/network/architecture.h"
#include "core/network/calibration.h"
#include "core/network/golden.h"
#include "core/network/model_preprocessing.h"
#include "core/network/parameters.h"
#include "core/network/plan.h"
#include "core/network/quantisation.h"

struct digit_model {
    struct digit_model_info info; /* points into the members below */
    struct architecture architecture;
    struct parameter_table table;
    struct plan plan;
    struct model_preprocessing preprocessing;
    struct model_calibration calibration;
    struct golden golden; /* count 0: none */
    char *labels[DIGIT_CLASSES];
    char sha256[SHA256_HEX_BYTES];
    char version[SHA256_HEX_BYTES];
};

/* What a model is assembled from; everything is borrowed. */
struct model_parts {
    const char *where; /* names the parameters in messages */
    const struct architecture *architecture;
    const float *parameters; /* in the order of the architecture's parameter table */
    const char *const *labels;
    const struct model_preprocessing *preprocessing;
    const char *sha256;                      /* of the file, or of the parameters */
    const struct quantisation *quantisation; /* NULL: there are no ranges */
    const struct model_calibration *calibration;
    const struct golden *golden; /* NULL: none */
};

/*
 * Makes a model, which copies what it needs; the caller destroys it. Errors: INVALID (a non-finite
 * parameter, a negative running variance), UNSUPPORTED (as digit_model_load), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status model_assemble(struct digit_model **out,
                                                  const struct model_parts *parts,
                                                  const struct digit_model_options *options,
                                                  struct digit_error *error);

#endif
