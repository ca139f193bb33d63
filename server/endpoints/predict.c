#include "server/endpoints/predict.h"

#include <strings.h>

#include <digit/context.h>
#include <digit/model.h>
#include <digit/uncertainty.h>

#include "server/config/config.h"
#include "server/endpoints/predict_answer.h"
#include "server/endpoints/predict_body.h"
#include "server/endpoints/predict_options.h"
#include "server/endpoints/predictor.h"
#include "server/http/service.h"
#include "server/http/worker.h"
#include "server/observe/clock.h"
#include "server/observe/metrics.h"

#define EXPLANATIONS_MAX 8

/* Checks what can be refused without reading the body. */
static enum problem check_request(const struct request *request, struct fault *fault)
{
    if (request->content_encoding != NULL && strcasecmp(request->content_encoding, "identity") != 0)
        return fault_set(fault, PROBLEM_UNSUPPORTED_ENCODING,
                         "Content-Encoding is not identity; compressed bodies are not supported");
    if (request->body_bytes == 0)
        return fault_set(fault, PROBLEM_EMPTY_BODY,
                         "the request needs a picture or pixels as its body");
    return PROBLEM_NONE;
}

static struct predict_input make_input(const struct request *request,
                                       const struct predict_options *options)
{
    const struct config *config = request->service->config;
    struct predictor *predictor = request->worker->predictor;
    return (struct predict_input){
        .pixels = predictor->pixels,
        .octets = predictor->octets,
        .sources = predictor->sources,
        .capacity = config->max_instances,
        .many = options->many,
        .scratch = predictor->scratch,
        .scratch_bytes = predictor->scratch_bytes,
        .arena = &predictor->arena,
        .preprocessor = predictor->preprocessor,
        .limits = {.max_side_px = config->max_image_side_px,
                   .max_pixels = config->max_image_pixels,
                   .max_decoder_bytes = config->max_decoder_bytes,
                   .max_cost_us = config->max_decoder_ms * 1000},
    };
}

/* Runs the network on the digits that were read, and counts the predictions. */
static enum problem predict_digits(const struct request *request, size_t count, struct fault *fault)
{
    struct predictor *predictor = request->worker->predictor;
    struct metrics_shard *shard = request->worker->shard;
    struct digit_error error;
    double begun_s = clock_monotonic_s();
    if (predictor_run(predictor, count, &error) != DIGIT_OK)
        return fault_set(fault, PROBLEM_INTERNAL, "%s", error.message);
    metrics_observe_inference(shard, clock_monotonic_s() - begun_s);
    for (size_t i = 0; i < count; i++) {
        struct digit_prediction *prediction = &predictor->predictions[i];
        if (predictor->sources[i].is_picture)
            digit_prediction_apply_receipt(prediction, &predictor->sources[i].receipt);
        metrics_count_prediction(shard, prediction);
    }
    return PROBLEM_NONE;
}

/* An explanation runs the network so often that a large batch of them would block the worker. */
static enum problem check_explanations(const struct predict_options *options, size_t count,
                                       struct fault *fault)
{
    if (!options->explain || count <= EXPLANATIONS_MAX)
        return PROBLEM_NONE;
    fault_set(fault, PROBLEM_TOO_MANY_INSTANCES,
              "the request has %zu digits; explain=1 is possible for at most %d", count,
              EXPLANATIONS_MAX);
    return fault_set_limit(fault, EXPLANATIONS_MAX);
}

static enum problem write_answer(struct reply *out, const struct request *request,
                                 const struct predict_options *options,
                                 const struct predict_input *input, struct fault *fault)
{
    const struct predictor *predictor = request->worker->predictor;
    const struct predict_answer answer = {
        .options = options,
        .input = input,
        .predictions = predictor->predictions,
        .model = digit_model_info(request->service->model),
        .context = predictor->context,
    };
    enum problem problem = predict_answer_write(&out->body, &answer, fault);
    if (problem == PROBLEM_NONE)
        reply_json(out, 200);
    return problem;
}

static void refuse_request(struct reply *out, const struct fault *fault)
{
    if (fault->problem == PROBLEM_UNSUPPORTED_MEDIA_TYPE)
        reply_header(out, "Accept", PREDICT_ACCEPT);
    if (fault->problem == PROBLEM_UNSUPPORTED_ENCODING)
        reply_header(out, "Accept-Encoding", "identity");
    reply_fault(out, fault);
}

void endpoint_predict(struct reply *out, const struct request *request)
{
    struct predict_options options;
    struct fault fault;
    enum problem problem = predict_options_read(&options, request, &fault);
    struct predict_input input = make_input(request, &options);
    if (problem == PROBLEM_NONE)
        problem = check_request(request, &fault);
    if (problem == PROBLEM_NONE)
        problem = predict_read_body(&input, request->content_type, request->body,
                                    request->body_bytes, &fault);
    if (problem == PROBLEM_NONE)
        problem = check_explanations(&options, input.count, &fault);
    if (problem == PROBLEM_NONE && input.count > 0)
        problem = predict_digits(request, input.count, &fault);
    if (problem == PROBLEM_NONE)
        problem = write_answer(out, request, &options, &input, &fault);
    if (problem != PROBLEM_NONE)
        refuse_request(out, &fault);
}
