#include "server/endpoints/predict_input.h"

#include <string.h>

float *predict_input_pixels(const struct predict_input *input, size_t index)
{
    return input->pixels + index * DIGIT_PIXELS;
}

void predict_read_octets(float out[DIGIT_PIXELS], const uint8_t octets[DIGIT_PIXELS])
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = (float)octets[i] / (float)PREDICT_MAX_OCTET;
}

enum problem predict_note_pixels(struct predict_input *input, size_t index, struct fault *fault)
{
    input->sources[index].is_picture = false;
    if (!input->many)
        return PROBLEM_NONE;
    return fault_set(fault, PROBLEM_INVALID_INPUT,
                     "digits=many needs a picture; pixels are always one digit");
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
    uint8_t octets[DIGIT_PIXELS];
    input->sources[index] = make_source(image);
    digit_preprocess(input->preprocessor, octets, &input->sources[index].receipt, image);
    predict_read_octets(predict_input_pixels(input, index), octets);
}

/* The most digits that may be read from one picture. */
static size_t digits_capacity(const struct predict_input *input)
{
    return input->capacity < PREDICT_DIGITS_MAX ? input->capacity : PREDICT_DIGITS_MAX;
}

/*
 * The octets are written to the beginning of `pixels` and converted to floats in place. The last
 * digit goes first, so that no octet is overwritten before it is converted.
 */
static void read_many_digits(struct predict_input *input, const struct digit_image *image)
{
    struct digit_receipt receipts[PREDICT_DIGITS_MAX];
    uint8_t *octets = (uint8_t *)input->pixels;
    size_t capacity = digits_capacity(input);
    input->count = digit_preprocess_many(input->preprocessor, octets, receipts, capacity, image);
    input->sources[0] = make_source(image);
    input->sources[0].receipt = receipts[0];
    for (size_t i = input->count < capacity ? input->count : capacity; i-- > 0;) {
        uint8_t digit[DIGIT_PIXELS];
        memcpy(digit, octets + i * DIGIT_PIXELS, DIGIT_PIXELS);
        predict_read_octets(predict_input_pixels(input, i), digit);
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

/* Decodes one picture within what the pictures before it have left of the limits. */
static enum digit_status decode_picture(struct digit_image *out, struct predict_input *input,
                                        const uint8_t *bytes, size_t size,
                                        struct digit_error *error)
{
    const struct digit_image_limits limits = {
        .max_side_px = input->limits.max_side_px,
        .max_pixels = input->limits.max_pixels - input->decoded_pixels,
    };
    enum digit_status status = digit_image_decode(out, bytes, size, &limits, input->arena, error);
    if (status == DIGIT_OK)
        input->decoded_pixels += out->width_px * out->height_px;
    return status;
}

enum problem predict_read_picture(struct predict_input *input, size_t index, const uint8_t *bytes,
                                  size_t size, enum problem if_unknown, struct fault *fault)
{
    struct digit_error error;
    struct digit_image image = {.luma = NULL};
    size_t before = input->decoded_pixels;
    enum digit_status status = decode_picture(&image, input, bytes, size, &error);
    if (status == DIGIT_LIMIT && before > 0)
        return fault_set(fault, PROBLEM_IMAGE_TOO_LARGE,
                         "%s, after %zu pixels of the pictures before it", error.message, before);
    if (status != DIGIT_OK)
        return fault_set(fault, picture_problem(status, if_unknown), "%s", error.message);
    if (input->many)
        read_many_digits(input, &image);
    else
        read_one_digit(input, index, &image);
    digit_image_release(&image);
    return input->many ? check_count(input, fault) : PROBLEM_NONE;
}
