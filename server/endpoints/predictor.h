/*
 * What one thread answers POST /predict with: the memory that the network and preprocessing run in,
 * and room for the digits of one request. All of it is allocated when the server starts, so that a
 * request within the limits only needs memory for its own body and answer.
 * Threads: one at a time.
 */
#ifndef SERVER_ENDPOINTS_PREDICTOR_H
#define SERVER_ENDPOINTS_PREDICTOR_H

#include <stddef.h>
#include <stdint.h>

#include <digit/context.h>
#include <digit/image.h>
#include <digit/model.h>
#include <digit/preprocess.h>
#include <digit/reader.h>
#include <digit/status.h>

#include "server/endpoints/predict_input.h"

struct config;

struct predictor {
    struct digit_context *context;
    struct digit_reader *reader;
    struct digit_reading *readings; /* [max_digits], of one picture's numbers */
    float *pixels;   /* [max_instances][DIGIT_PIXELS], 0 background to 1 foreground */
    uint8_t *octets; /* [max_instances][DIGIT_PIXELS], 0 background to 255 foreground */
    struct predict_source *sources;       /* [max_instances], which of both an instance is in */
    struct digit_prediction *predictions; /* [max_instances] */
    uint8_t *scratch;                     /* [scratch_bytes]: bytes decoded from base64 */
    size_t scratch_bytes;                 /* max_body_bytes */
    struct digit_image_arena arena;       /* that pictures are decoded in */
};

/*
 * Makes a predictor for `model`, which must outlive it, within the limits of `config`. The caller
 * owns it. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status predictor_create(struct predictor **out,
                                                    const struct config *config,
                                                    const struct digit_model *model,
                                                    struct digit_error *error);

/* An empty input for one request, in the predictor's memory and within the limits of `config`. */
struct predict_input predictor_input(struct predictor *predictor, const struct config *config);

/*
 * Predicts those of the first `count` instances, at most max_instances, that are not read yet, from their pixels or
 * octets into `predictions`. Errors: those of digit_context_predict.
 */
DIGIT_MUST_CHECK enum digit_status predictor_run(struct predictor *predictor, size_t count,
                                                 struct digit_error *error);

/* NULL is allowed. */
void predictor_destroy(struct predictor *predictor);

#endif
