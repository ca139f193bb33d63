#include "server/endpoints/predict_cost.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "server/endpoints/predict_body.h"
#include "server/endpoints/predict_options.h"
#include "server/endpoints/predictor.h"
#include "server/http/settings.h"

/*
 * Microseconds, on one core of an Intel Xeon with AVX-512 and VNNI, preset `release`: the differences
 * between requests over loopback with 1 and with 256 digits, as IDX and as JSON, and with and
 * without preview and explain; rounded up. Pictures: digit_image_probe, which has their hypotheses, too, unless they
 * are made to give cause for many. Numbers: five digits in one to five lines take 2.4 to 4.2 ms more than one digit, if
 * they touch 3.8; noise of 512x512 takes 75, which only a reading can tell.
 */
static const struct {
    double request;
    double body_byte;    /* of JSON, the slowest to parse */
    double digit;        /* through the network, and its answer */
    double numbers;      /* of one picture, with digits=many */
    double explanation;  /* of one digit */
    double preview;      /* of one digit */
    double encoded_byte; /* of a picture that is not looked at: a progressive photo */
} costs_us = {
    .request = 5,
    .body_byte = 0.0012,
    .digit = 6,
    .numbers = 6000,
    .explanation = 1000,
    .preview = 40,
    .encoded_byte = 0.06,
};

/* The fewest bytes of a digit in JSON: 784 one-digit numbers and commas. */
#define JSON_DIGIT_BYTES 1568

/* Pictures within a body of more bytes are not looked at here, which would itself take too long. */
#define MAX_MEASURED_BYTES 65536

static bool is_json(const struct request *request)
{
    return request->content_type != NULL &&
           strncasecmp(request->content_type, "application/json", 16) == 0;
}

static bool is_form(const struct request *request)
{
    return request->content_type != NULL &&
           strncasecmp(request->content_type, "multipart/form-data", 19) == 0;
}

/*
 * Whether JSON cannot contain a picture: the key b64 has a b, if it is not written with an escape,
 * and the other keys have none.
 */
static bool is_numbers(const struct request *request)
{
    return memchr(request->body, 'b', request->body_bytes) == NULL &&
           memchr(request->body, '\\', request->body_bytes) == NULL;
}

/* Has the body read as far as its pictures' headers. */
static double measure_us(const struct request *request, const struct predict_options *options,
                         size_t *digits)
{
    struct predict_input input = predictor_input(request->predictor, &request->settings->config);
    struct fault fault;
    input.many = options->many;
    input.exact = options->exact;
    input.is_measured = true;
    /* A body that will be refused costs what was read of it. */
    bool is_read = predict_read_body(&input, request->content_type, request->body,
                                     request->body_bytes, &fault) == PROBLEM_NONE;
    *digits = is_read && !options->many ? input.count : 0;
    return (double)input.decoded_cost_us;
}

/* What the pictures and digits of the body cost, besides `digits`, which are counted. */
static double contents_us(const struct request *request, const struct predict_options *options,
                          size_t *digits)
{
    size_t size = request->body_bytes;
    if (is_json(request) && is_numbers(request)) {
        *digits = 1 + size / JSON_DIGIT_BYTES;
        return 0;
    }
    if (size == DIGIT_PIXELS && !is_form(request) && !is_json(request)) {
        *digits = 1;
        return 0;
    }
    if ((is_json(request) || is_form(request)) && size > MAX_MEASURED_BYTES) {
        *digits = options->many ? 0 : 1;
        return (double)size * costs_us.encoded_byte;
    }
    return measure_us(request, options, digits);
}

double predict_cost_ms(const struct request *request)
{
    struct predict_options options;
    struct fault fault;
    size_t digits = 0;
    if (request->body_bytes == 0 || predict_options_read(&options, request, &fault) != PROBLEM_NONE)
        return 0;
    double us = costs_us.request + (double)request->body_bytes * costs_us.body_byte;
    us += contents_us(request, &options, &digits);
    us += (double)digits * costs_us.digit;
    if (options.many)
        us += costs_us.numbers;
    if (options.explain)
        us += (double)digits * costs_us.explanation;
    if (options.preview)
        us += (double)digits * costs_us.preview;
    return us * 1e-3;
}
