#include "server/endpoints/predict.h"

#include <strings.h>

#include <digit/context.h>
#include <digit/model.h>

#include "server/clock.h"
#include "server/config.h"
#include "server/endpoints/predict_body.h"
#include "server/metrics.h"
#include "server/service.h"
#include "server/worker.h"

/* What can be refused without looking into the body. */
static enum problem check_request(const struct request *request, struct fault *fault)
{
    if (request->content_encoding != NULL && strcasecmp(request->content_encoding, "identity") != 0)
        return fault_set(fault, PROBLEM_UNSUPPORTED_ENCODING,
                         "Content-Encoding is not identity; bodies are taken uncompressed only");
    if (request->body_bytes == 0)
        return fault_set(fault, PROBLEM_EMPTY_BODY, "a picture or pixels are needed");
    return PROBLEM_NONE;
}

static struct predict_input input_of(const struct request *request)
{
    const struct config *config = request->service->config;
    struct worker *worker = request->worker;
    return (struct predict_input){
        .pixels = worker->pixels,
        .capacity = config->max_instances,
        .scratch = worker->scratch,
        .scratch_bytes = worker->scratch_bytes,
        .arena = &worker->arena,
        .preprocessor = worker->preprocessor,
        .limits = {.max_side_px = config->max_image_side_px,
                   .max_pixels = config->max_image_pixels},
    };
}

/* Runs the network over what was read and counts what it says. */
static enum problem infer(const struct request *request, size_t count, struct fault *fault)
{
    struct worker *worker = request->worker;
    struct digit_error error;
    double begun_s = clock_monotonic_s();
    if (digit_context_predict(worker->context, worker->predictions, worker->pixels, count,
                              &error) != DIGIT_OK)
        return fault_set(fault, PROBLEM_INTERNAL, "%s", error.message);
    metrics_observe_inference(worker->shard, clock_monotonic_s() - begun_s);
    for (size_t i = 0; i < count; i++)
        metrics_count_prediction(worker->shard, worker->predictions[i].digit,
                                 (double)worker->predictions[i].confidence);
    return PROBLEM_NONE;
}

/* The members of one prediction, without the braces around them. */
static void write_prediction(struct text *out, const struct digit_prediction *prediction)
{
    text_append(out, "\"digit\":");
    text_append_bytes(out, &"0123456789"[prediction->digit], 1);
    text_append(out, ",\"confidence\":");
    text_number(out, prediction->confidence);
    text_append(out, ",\"uncertainty\":");
    text_number(out, prediction->uncertainty);
    text_append(out, ",\"uncertain\":");
    text_append(out, prediction->uncertain ? "true" : "false");
    text_append(out, ",\"probabilities\":[");
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        text_append(out, i > 0 ? "," : "");
        text_number(out, prediction->probabilities[i]);
    }
    text_append(out, "]");
}

static void write_predictions(struct text *out, const struct digit_prediction *predictions,
                              size_t count)
{
    text_append(out, "\"predictions\":[");
    for (size_t i = 0; i < count; i++) {
        text_append(out, i > 0 ? ",{" : "{");
        write_prediction(out, &predictions[i]);
        text_append(out, "}");
    }
    text_append(out, "]");
}

static void write_model(struct text *out, const struct digit_model_info *model)
{
    text_append(out, "\"model\":{\"name\":");
    text_json_string(out, model->name);
    text_append(out, ",\"version\":");
    text_json_string(out, model->version);
    text_append(out, "}");
}

static void answer(struct reply *out, const struct request *request,
                   const struct predict_input *input)
{
    const struct digit_prediction *predictions = request->worker->predictions;
    text_append(&out->body, "{");
    if (input->batch)
        write_predictions(&out->body, predictions, input->count);
    else
        write_prediction(&out->body, &predictions[0]);
    text_append(&out->body, ",");
    write_model(&out->body, digit_model_info(request->service->model));
    text_append(&out->body, "}\n");
    reply_json(out, 200);
}

static void refuse(struct reply *out, const struct fault *fault)
{
    if (fault->problem == PROBLEM_UNSUPPORTED_MEDIA_TYPE)
        reply_header(out, "Accept", PREDICT_ACCEPT);
    if (fault->problem == PROBLEM_UNSUPPORTED_ENCODING)
        reply_header(out, "Accept-Encoding", "identity");
    reply_fault(out, fault);
}

void endpoint_predict(struct reply *out, const struct request *request)
{
    struct predict_input input = input_of(request);
    struct fault fault;
    enum problem problem = check_request(request, &fault);
    if (problem == PROBLEM_NONE)
        problem = predict_read_body(&input, request->content_type, request->body,
                                    request->body_bytes, &fault);
    if (problem == PROBLEM_NONE)
        problem = infer(request, input.count, &fault);
    if (problem == PROBLEM_NONE)
        answer(out, request, &input);
    else
        refuse(out, &fault);
}
