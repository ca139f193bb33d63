/*
 * Bodies of /predict: the first byte says of which type, the rest is the body. Whatever it is, it is
 * refused with a problem or becomes octets, or pixels from 0 to 1; pictures are read by a small network with random
 * weights, which is never sure, so that the reader tries everything.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bench/random_model.h"
#include "server/endpoints/predict_body.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define CAPACITY          4
#define MAX_SIDE_PX       7800 /* so that pictures are reduced by up to 4 */
#define MAX_PIXELS        (300 * 300)
#define MAX_DECODER_BYTES (2u << 20)
#define MAX_COST_US       100000
#define MANY_DIGITS       0x80 /* of the first byte: all digits of a picture are asked for */
#define EXACT_DIGITS      0x40 /* of the first byte: exactly EXACT digits of a picture are asked for */
#define EXACT             3
#define MAX_BODY_BYTES    ((size_t)1 << 20)

/* What takes the place of one worker's memory. */
static float pixels[CAPACITY * DIGIT_PIXELS];
static uint8_t octets[CAPACITY * DIGIT_PIXELS];
static struct predict_source sources[CAPACITY];
static struct digit_prediction predictions[CAPACITY];
static struct digit_reading readings[CAPACITY];
static uint8_t scratch[MAX_BODY_BYTES];
static uint8_t arena_bytes[DIGIT_IMAGE_ARENA_BYTES];

static const char *const types[] = {
    "image/png",
    "application/json",
    "application/octet-stream",
    "multipart/form-data; boundary=b",
    "application/json; charset=utf-8",
    NULL,
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static const struct digit_reader_limits limits = {.max_hypotheses = DIGIT_HYPOTHESES_MAX,
                                                  .max_lines = 2,
                                                  .max_candidates = 64,
                                                  .max_digits = CAPACITY};

static struct digit_reader *reader(void)
{
    static const struct digit_model_options options = {.precision = DIGIT_PRECISION_AUTO};
    static struct digit_model *model;
    static struct digit_context *context;
    static struct digit_reader *made;
    if (made == NULL) {
        check(random_model_create(&model, SOURCE_DIR "/tests/fixtures/architectures/tiny.json",
                                  &options, NULL) == DIGIT_OK);
        check(digit_context_create(&context, model, NULL) == DIGIT_OK);
        check(digit_reader_create(&made, context, &limits, NULL) == DIGIT_OK);
    }
    return made;
}

static void check_pixels(const float values[DIGIT_PIXELS])
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        check(values[i] >= 0.0f && values[i] <= 1.0f);
}

static void check_prediction(const struct digit_prediction *prediction)
{
    float sum = 0;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        sum += prediction->probabilities[i];
    check(prediction->digit < DIGIT_CLASSES);
    check(sum > 0.999F && sum < 1.001F);
    check(prediction->confidence >= 0 && prediction->confidence <= 1.00001F);
}

static void check_box(const struct digit_box *box, const struct predict_source *source)
{
    check(box->left_px + box->width_px <= source->width_px);
    check(box->top_px + box->height_px <= source->height_px);
}

static void check_source(const struct predict_input *input, size_t index)
{
    const struct predict_source *source = &sources[index];
    if (!source->is_octets)
        check_pixels(predict_input_pixels(input, index));
    if (!source->is_picture)
        return;
    check(source->hypotheses >= 1 && source->hypotheses <= DIGIT_HYPOTHESES_MAX);
    check_box(&source->receipt.crop, source);
    check_prediction(&predictions[index]);
}

static void check_number(const struct digit_number *number, const struct predict_source *source)
{
    check(number->confidence >= 0 && number->confidence <= 1.00001F);
    check(number->second_confidence >= 0 && number->second_confidence <= 1.00001F);
    check(number->lines <= limits.max_lines && number->second_count <= CAPACITY);
    for (size_t i = 0; i < number->second_count; i++)
        check(number->second[i] < DIGIT_CLASSES);
    check_box(&number->receipt.crop, source);
}

static void check_input(const struct predict_input *input)
{
    check(input->count <= CAPACITY);
    for (size_t i = 0; i < input->count; i++)
        check_source(input, i);
    if (input->many && input->has_picture)
        check_number(&input->number, &sources[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct digit_image_arena arena = {.bytes = arena_bytes, .size_bytes = sizeof arena_bytes};
    struct fault fault;
    if (size < 2 || size > MAX_BODY_BYTES)
        return -1; /* not for the corpus */
    struct predict_input input = {
        .pixels = pixels,
        .octets = octets,
        .sources = sources,
        .predictions = predictions,
        .capacity = CAPACITY,
        .many = (bytes[0] & (MANY_DIGITS | EXACT_DIGITS)) != 0,
        .exact = (bytes[0] & EXACT_DIGITS) != 0 ? EXACT : 0,
        .scratch = scratch,
        .scratch_bytes = sizeof scratch,
        .arena = &arena,
        .reader = reader(),
        .readings = readings,
        .max_lines = limits.max_lines,
        .max_digits = limits.max_digits,
        .limits = {.max_side_px = MAX_SIDE_PX,
                   .max_pixels = MAX_PIXELS,
                   .max_decoder_bytes = MAX_DECODER_BYTES,
                   .max_cost_us = MAX_COST_US},
    };
    const char *type =
        types[(bytes[0] & ~(MANY_DIGITS | EXACT_DIGITS)) % (sizeof types / sizeof types[0])];
    if (predict_read_body(&input, type, bytes + 1, size - 1, &fault) == PROBLEM_NONE)
        check_input(&input);
    else
        check(fault.detail[0] != '\0');
    return 0;
}
