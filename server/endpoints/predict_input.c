#include "server/endpoints/predict_input.h"

float *predict_input_pixels(const struct predict_input *input, size_t index)
{
    return input->pixels + index * DIGIT_PIXELS;
}

void predict_read_octets(float out[DIGIT_PIXELS], const uint8_t octets[DIGIT_PIXELS])
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = (float)(octets[i] / PREDICT_MAX_OCTET);
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

enum problem predict_read_picture(float out[DIGIT_PIXELS], const uint8_t *bytes, size_t size,
                                  const struct digit_image_limits *limits, enum problem if_unknown,
                                  struct fault *fault)
{
    struct digit_image image = {.luma = NULL};
    uint8_t octets[DIGIT_PIXELS];
    struct digit_error error;
    enum digit_status status = digit_image_decode(&image, bytes, size, limits, &error);

    if (status == DIGIT_OK)
        status = digit_image_preprocess(octets, &image, NULL, &error);
    if (status == DIGIT_OK)
        predict_read_octets(out, octets);
    digit_image_release(&image);
    if (status == DIGIT_OK)
        return PROBLEM_NONE;
    return fault_set(fault, picture_problem(status, if_unknown), "%s", error.message);
}
