/*
 * Digits on their way from a request's body to the network: where the pixels of each go, and the
 * limits that they are held to. The readers below fill it.
 * Threads: one at a time for each input.
 */
#ifndef SERVER_ENDPOINTS_PREDICT_INPUT_H
#define SERVER_ENDPOINTS_PREDICT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>
#include <digit/preprocess.h>

#include "server/http/problem.h"

/* A pixel's whole ink in octets and decoded pictures, and in JSON without "max". */
#define PREDICT_MAX_OCTET 255.0

/* Digits of one picture that are read. */
#define PREDICT_DIGITS_MAX 32

/* The request types that /predict reads, for refusals and the Accept header. */
#define PREDICT_ACCEPT                                                                             \
    "image/png, image/jpeg, image/bmp, application/octet-stream, multipart/form-data, "            \
    "application/json"

/* Where an instance came from. */
struct predict_source {
    bool is_picture; /* the rest is only for a picture */
    enum digit_image_format format;
    size_t width_px; /* as it stands upright */
    size_t height_px;
    int rotation_deg; /* clockwise, that made it upright */
    bool mirrored;    /* before that */
    struct digit_receipt receipt;
};

struct predict_input {
    float *pixels;                  /* [capacity][DIGIT_PIXELS], 0 ground to 1 ink; the worker's */
    struct predict_source *sources; /* [capacity]; the worker's */
    size_t capacity;                /* instances that one request may hold */
    size_t count;                   /* instances that were read; 0 for a blank picture of many */
    bool batch;                     /* they came as a list, and so does the answer */
    bool many;                      /* all digits of one picture are read, each an instance */
    uint8_t *scratch;               /* [scratch_bytes]; the worker's */
    size_t scratch_bytes;
    struct digit_image_arena *arena; /* that pictures are decoded in; the worker's, or NULL */
    struct digit_preprocessor *preprocessor; /* the worker's */
    struct digit_image_limits limits; /* max_pixels holds for the request's pictures together */
    size_t decoded_pixels;            /* of the pictures that were read so far */
};

/* Pixels of instance `index`, below the capacity. */
float *predict_input_pixels(const struct predict_input *input, size_t index);

/*
 * 784 octets, row by row, 0 ground to 255 ink. All readers give the float that value / full ink in
 * double rounds to, so that a digit gives the same floats in whichever form it comes.
 */
void predict_read_octets(float out[DIGIT_PIXELS], const uint8_t octets[DIGIT_PIXELS]);

/* Instance `index` is one of pixels: PROBLEM_INVALID_INPUT where many digits are asked for. */
DIGIT_MUST_CHECK enum problem predict_note_pixels(struct predict_input *input, size_t index,
                                                  struct fault *fault);

/*
 * An encoded picture, decoded and preprocessed into instance `index`; of many digits, which begin
 * with instance 0, all, and `count` says how many. `if_unknown` is the problem of
 * bytes that are none of the formats: it depends on what the client said they were.
 * Problems: `if_unknown`, UNDECODABLE_IMAGE (truncated, corrupt),
 * IMAGE_TOO_LARGE (alone, or with the pictures before it: small bodies hold large blank pictures),
 * NO_MEMORY; of many digits, TOO_MANY_INSTANCES.
 */
DIGIT_MUST_CHECK enum problem predict_read_picture(struct predict_input *input, size_t index,
                                                   const uint8_t *bytes, size_t size,
                                                   enum problem if_unknown, struct fault *fault);

#endif
