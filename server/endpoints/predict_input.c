#include "server/endpoints/predict_input.h"

float *predict_input_pixels(const struct predict_input *input, size_t index)
{
    return input->pixels + index * DIGIT_PIXELS;
}

void predict_read_octets(float out[DIGIT_PIXELS], const uint8_t octets[DIGIT_PIXELS])
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = (float)octets[i] / (float)PREDICT_MAX_OCTET;
}

/* What a failure to decode or preprocess is to the client. */
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

/* Decodes and preprocesses one picture under the limits that the ones before it have left. */
static enum digit_status decode(float out[DIGIT_PIXELS], struct predict_input *input,
                                const uint8_t *bytes, size_t size, struct digit_error *error)
{
    const struct digit_image_limits limits = {
        .max_side_px = input->limits.max_side_px,
        .max_pixels = input->limits.max_pixels - input->decoded_pixels,
    };
    struct digit_image image = {.luma = NULL};
    struct digit_receipt receipt;
    uint8_t octets[DIGIT_PIXELS];
    enum digit_status status =
        digit_image_decode(&image, bytes, size, &limits, input->arena, error);
    if (status != DIGIT_OK)
        return status;
    input->decoded_pixels += image.width_px * image.height_px;
    digit_preprocess(input->preprocessor, octets, &receipt, &image);
    predict_read_octets(out, octets);
    digit_image_release(&image);
    return DIGIT_OK;
}

enum problem predict_read_picture(struct predict_input *input, size_t index, const uint8_t *bytes,
                                  size_t size, enum problem if_unknown, struct fault *fault)
{
    struct digit_error error;
    size_t before = input->decoded_pixels;
    enum digit_status status =
        decode(predict_input_pixels(input, index), input, bytes, size, &error);
    if (status == DIGIT_OK)
        return PROBLEM_NONE;
    if (status == DIGIT_LIMIT && before > 0)
        return fault_set(fault, PROBLEM_IMAGE_TOO_LARGE,
                         "%s, after %zu pixels of the pictures before it", error.message, before);
    return fault_set(fault, picture_problem(status, if_unknown), "%s", error.message);
}
