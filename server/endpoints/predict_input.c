#include "server/endpoints/predict_input.h"

#include <string.h>

#include "server/observe/clock.h"

float *predict_input_pixels(const struct predict_input *input, size_t index)
{
    return input->pixels + index * DIGIT_PIXELS;
}

uint8_t *predict_input_octets(const struct predict_input *input, size_t index)
{
    return input->octets + index * DIGIT_PIXELS;
}

/* Notes that instance `index` did not come as a picture. */
static enum problem note_no_picture(struct predict_input *input, size_t index, bool is_octets,
                                    struct fault *fault)
{
    input->sources[index].is_octets = is_octets;
    input->sources[index].is_idx = false;
    input->sources[index].is_picture = false;
    if (!input->many)
        return PROBLEM_NONE;
    return fault_set(fault, PROBLEM_INVALID_INPUT,
                     "digits=many needs a picture; pixels are always one digit");
}

enum problem predict_note_pixels(struct predict_input *input, size_t index, struct fault *fault)
{
    return note_no_picture(input, index, false, fault);
}

enum problem predict_read_octets(struct predict_input *input, size_t index,
                                 const uint8_t octets[DIGIT_PIXELS], struct fault *fault)
{
    memcpy(predict_input_octets(input, index), octets, DIGIT_PIXELS);
    return note_no_picture(input, index, true, fault);
}

/* The problem for a status of digit_image_decode. */
static enum problem picture_problem(enum digit_status status, enum problem if_unknown)
{
    switch (status) {
    case DIGIT_UNSUPPORTED:
        return if_unknown;
    case DIGIT_LIMIT:
        return PROBLEM_IMAGE_TOO_LARGE;
    case DIGIT_NO_MEMORY:
        return PROBLEM_NO_MEMORY;
    case DIGIT_OK:
    case DIGIT_IO:
    case DIGIT_MALFORMED:
    case DIGIT_INVALID:
    default:
        return PROBLEM_UNDECODABLE_IMAGE;
    }
}

static struct predict_source make_source(const struct digit_image *image)
{
    return (struct predict_source){
        .is_octets = true,
        .is_picture = true,
        .format = image->format,
        .width_px = image->width_px,
        .height_px = image->height_px,
        .rotation_deg = image->rotation_deg,
        .mirrored = image->mirrored,
    };
}

static void read_one_digit(struct predict_input *input, size_t index,
                           const struct digit_image *image)
{
    input->sources[index] = make_source(image);
    digit_preprocess(input->preprocessor, predict_input_octets(input, index),
                     &input->sources[index].receipt, image);
}

/* The most digits that may be read from one picture. */
static size_t digits_capacity(const struct predict_input *input)
{
    return input->capacity < PREDICT_DIGITS_MAX ? input->capacity : PREDICT_DIGITS_MAX;
}

static void read_many_digits(struct predict_input *input, const struct digit_image *image)
{
    struct digit_receipt receipts[PREDICT_DIGITS_MAX];
    size_t capacity = digits_capacity(input);
    input->count =
        digit_preprocess_many(input->preprocessor, input->octets, receipts, capacity, image);
    /* A picture without a digit has one receipt, too. */
    size_t receipt_count = input->count == 0 ? 1 : input->count;
    for (size_t i = 0; i < receipt_count && i < capacity; i++) {
        input->sources[i] = make_source(image);
        input->sources[i].receipt = receipts[i];
    }
}

static enum problem check_count(const struct predict_input *input, struct fault *fault)
{
    size_t capacity = digits_capacity(input);
    if (input->count <= capacity)
        return PROBLEM_NONE;
    fault_set(fault, PROBLEM_TOO_MANY_INSTANCES, "the picture has %zu digits; the limit is %zu",
              input->count, capacity);
    return fault_set_limit(fault, capacity);
}

static void note_work(struct predict_work *work, double begun_s, double ended_s)
{
    work->count++;
    work->seconds += ended_s - begun_s;
}

/* What the pictures before have left of the limits. */
static struct digit_image_limits limits_left(const struct predict_input *input)
{
    struct digit_image_limits limits = input->limits;
    limits.max_pixels -= input->decoded_pixels;
    limits.max_cost_us -= input->decoded_cost_us;
    return limits;
}

static enum digit_status decode_picture(struct digit_image *out, struct predict_input *input,
                                        const uint8_t *bytes, size_t size,
                                        struct digit_error *error)
{
    const struct digit_image_limits limits = limits_left(input);
    enum digit_status status = digit_image_decode(out, bytes, size, &limits, input->arena, error);
    if (status == DIGIT_OK) {
        input->decoded_pixels += out->width_px * out->height_px;
        input->decoded_cost_us += out->cost_us;
    }
    return status;
}

/* Adds what decoding would add. */
static enum digit_status probe_picture(struct predict_input *input, const uint8_t *bytes,
                                       size_t size, struct digit_error *error)
{
    const struct digit_image_limits limits = limits_left(input);
    struct digit_image_probe probe;
    enum digit_status status = digit_image_probe(&probe, bytes, size, &limits, error);
    if (status == DIGIT_OK) {
        input->decoded_pixels += probe.width_px * probe.height_px;
        input->decoded_cost_us += probe.cost_us;
    }
    return status;
}

/* Says why a picture is refused. */
static enum problem refuse_picture(const struct predict_input *input, enum digit_status status,
                                   const struct digit_error *error, enum problem if_unknown,
                                   struct fault *fault)
{
    if (status == DIGIT_LIMIT && input->decoded_pixels > 0)
        return fault_set(
            fault, PROBLEM_IMAGE_TOO_LARGE,
            "%s, after %zu pixels of the pictures before it, which take %llu microseconds",
            error->message, input->decoded_pixels, (unsigned long long)input->decoded_cost_us);
    return fault_set(fault, picture_problem(status, if_unknown), "%s", error->message);
}

static enum problem measure_picture(struct predict_input *input, const uint8_t *bytes, size_t size,
                                    enum problem if_unknown, struct fault *fault)
{
    struct digit_error error;
    enum digit_status status = probe_picture(input, bytes, size, &error);
    return status == DIGIT_OK ? PROBLEM_NONE
                              : refuse_picture(input, status, &error, if_unknown, fault);
}

enum problem predict_read_picture(struct predict_input *input, size_t index, const uint8_t *bytes,
                                  size_t size, enum problem if_unknown, struct fault *fault)
{
    struct digit_error error;
    struct digit_image image = {.luma = NULL};
    if (input->is_measured)
        return measure_picture(input, bytes, size, if_unknown, fault);
    double begun_s = clock_monotonic_s();
    enum digit_status status = decode_picture(&image, input, bytes, size, &error);
    double decoded_s = clock_monotonic_s();
    note_work(&input->decoding, begun_s, decoded_s);
    if (status != DIGIT_OK)
        return refuse_picture(input, status, &error, if_unknown, fault);
    if (input->many)
        read_many_digits(input, &image);
    else
        read_one_digit(input, index, &image);
    note_work(&input->preprocessing, decoded_s, clock_monotonic_s());
    digit_image_release(&image);
    return input->many ? check_count(input, fault) : PROBLEM_NONE;
}
