/*
 * Writes the answer to /predict as JSON.
 */
#ifndef SERVER_ENDPOINTS_PREDICT_ANSWER_H
#define SERVER_ENDPOINTS_PREDICT_ANSWER_H

#include <digit/context.h>
#include <digit/model.h>
#include <digit/status.h>

#include "server/endpoints/predict_input.h"
#include "server/endpoints/predict_options.h"
#include "server/format/text.h"
#include "server/http/problem.h"

/* All borrowed. */
struct predict_answer {
    const struct predict_options *options;
    const struct predict_input *input;
    const struct digit_prediction *predictions; /* [input->count] */
    const struct digit_model_info *model;
    struct digit_context *context; /* that an explanation runs */
};

/*
 * Appends the answer: one object; for a batch and for digits=many it has the member "predictions".
 * Problems: INTERNAL, NO_MEMORY (of a preview or an explanation); `out` then holds a part of the
 * answer.
 */
DIGIT_MUST_CHECK enum problem
predict_answer_write(struct text *out, const struct predict_answer *answer, struct fault *fault);

#endif
