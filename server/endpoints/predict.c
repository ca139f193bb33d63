#include "server/endpoints/predict.h"

#include <strings.h>

#include <digit/context.h>
#include <digit/model.h>

#include "server/endpoints/predict_answer.h"
#include "server/endpoints/predict_body.h"
#include "server/endpoints/predict_options.h"
#include "server/endpoints/predictor.h"
#include "server/http/settings.h"
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
    /* A body that came before a reload may be larger than what was allocated after it. */
    if (request->body_bytes > request->predictor->scratch_bytes)
        return fault_set(fault, PROBLEM_BODY_TOO_LARGE, "the body has more than %zu bytes",
                         request->predictor->scratch_bytes);
    return PROBLEM_NONE;
}

/* `more_s`: what inference took beside that of the pictures. */
static void observe_inference(struct metrics_shard *shard, const struct predict_input *input,
                              double more_s)
{
    metrics_observe_phase(shard, METRICS_PHASE_INFER, input->inference.seconds + more_s);
}

/* Predicts the digits that are not predicted yet, and counts the predictions. */
static enum problem predict_digits(const struct request *request, const struct predict_input *input,
                                   struct fault *fault)
{
    const size_t count = input->count;
    struct predictor *predictor = request->predictor;
    struct metrics_shard *shard = request->shard;
    struct digit_error error;
    double begun_s = clock_monotonic_s();
    if (predictor_run(predictor, count, &error) != DIGIT_OK)
        return fault_set(fault, PROBLEM_INTERNAL, "%s", error.message);
    observe_inference(shard, input, clock_monotonic_s() - begun_s);
    for (size_t i = 0; i < count; i++)
        metrics_count_prediction(shard, &predictor->predictions[i]);
    return PROBLEM_NONE;
}

/* Observes what was done to the pictures of a request, even if it is refused. */
static void observe_pictures(struct metrics_shard *shard, const struct predict_input *input)
{
    if (input->decoding.count > 0)
        metrics_observe_phase(shard, METRICS_PHASE_DECODE, input->decoding.seconds);
    if (input->preprocessing.count > 0)
        metrics_observe_phase(shard, METRICS_PHASE_PREPROCESS, input->preprocessing.seconds);
}

static enum metrics_format format_of(const struct predict_source *source)
{
    static const enum metrics_format pictures[] = {[DIGIT_IMAGE_PNG] = METRICS_FORMAT_PNG,
                                                   [DIGIT_IMAGE_JPEG] = METRICS_FORMAT_JPEG,
                                                   [DIGIT_IMAGE_BMP] = METRICS_FORMAT_BMP};
    if (source->is_picture)
        return pictures[source->format];
    if (source->is_idx)
        return METRICS_FORMAT_IDX;
    return source->is_octets ? METRICS_FORMAT_OCTETS : METRICS_FORMAT_JSON;
}

/* Counts the inputs of a request that was read. With digits=many one picture has all sources. */
static void count_inputs(struct metrics_shard *shard, const struct predict_input *input)
{
    size_t sources = input->count > 0 ? input->count : 1; /* a blank picture has one, too */
    size_t inputs = input->many ? 1 : sources;
    for (size_t i = 0; i < inputs; i++)
        metrics_count_input(shard, format_of(&input->sources[i]));
    for (size_t i = 0; i < sources; i++)
        if (input->sources[i].receipt.warnings != 0)
            metrics_count_warnings(shard, input->sources[i].receipt.warnings);
    metrics_observe_digits(shard, input->count);
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
    const struct predictor *predictor = request->predictor;
    const struct predict_answer answer = {
        .options = options,
        .input = input,
        .predictions = predictor->predictions,
        .model = digit_model_info(request->settings->model),
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
    struct predict_input input = predictor_input(request->predictor, &request->settings->config);
    input.many = options.many;
    input.exact = options.exact;
    if (problem == PROBLEM_NONE)
        problem = check_request(request, &fault);
    if (problem == PROBLEM_NONE)
        problem = predict_read_body(&input, request->content_type, request->body,
                                    request->body_bytes, &fault);
    observe_pictures(request->shard, &input);
    if (problem == PROBLEM_NONE)
        problem = check_explanations(&options, input.count, &fault);
    if (problem == PROBLEM_NONE)
        count_inputs(request->shard, &input);
    if (problem == PROBLEM_NONE && input.count > 0)
        problem = predict_digits(request, &input, &fault);
    else if (input.inference.count > 0) /* for an answer without a digit */
        observe_inference(request->shard, &input, 0);
    if (problem == PROBLEM_NONE)
        problem = write_answer(out, request, &options, &input, &fault);
    if (problem != PROBLEM_NONE)
        refuse_request(out, &fault);
}
