/*
 * Digits on their way from a request's body to the network: where the pixels of each go, and the
 * limits that they are held to. The three readers below fill it.
 * Threads: one at a time for each input.
 */
#ifndef SERVER_ENDPOINTS_PREDICT_INPUT_H
#define SERVER_ENDPOINTS_PREDICT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>
#include <digit/preprocess.h>

#include "server/problem.h"

/* A pixel's whole ink in octets and decoded pictures, and in JSON without "max". */
#define PREDICT_MAX_OCTET 255.0

/* The request types that /predict reads, for refusals and the Accept header. */
#define PREDICT_ACCEPT                                                                             \
    "image/png, image/jpeg, image/bmp, application/octet-stream, multipart/form-data, "            \
    "application/json"

struct predict_input {
    float *pixels;    /* [capacity][DIGIT_PIXELS], 0 ground to 1 ink; the worker's */
    size_t capacity;  /* instances that one request may hold */
    size_t count;     /* instances that were read */
    bool batch;       /* they came in "instances", and so does the answer */
    uint8_t *scratch; /* [scratch_bytes]; the worker's */
    size_t scratch_bytes;
    struct digit_image_arena *arena; /* that pictures are decoded in; the worker's, or NULL */
    struct digit_preprocessor *preprocessor; /* the worker's */
    struct digit_image_limits limits; /* max_pixels holds for the request's pictures together */
    size_t decoded_pixels;            /* of the pictures that were read so far */
};

/* Pixels of instance `index`, below the capacity. */
float *predict_input_pixels(const struct predict_input *input, size_t index);

/*
 * 784 octets, row by row, 0 ground to 255 ink. All readers compute value / full ink in double and
 * round once, so that a digit gives the same floats in whichever form it comes.
 */
void predict_read_octets(float out[DIGIT_PIXELS], const uint8_t octets[DIGIT_PIXELS]);

/*
 * An encoded picture, decoded and preprocessed into instance `index`. `if_unknown` is the problem of
 * bytes that are none of the formats: it depends on what the client said they were.
 * Problems: `if_unknown`, UNDECODABLE_IMAGE (truncated, corrupt, nothing that could be ink),
 * IMAGE_TOO_LARGE (alone, or with the pictures before it: small bodies hold large blank pictures),
 * NO_MEMORY.
 */
DIGIT_MUST_CHECK enum problem predict_read_picture(struct predict_input *input, size_t index,
                                                   const uint8_t *bytes, size_t size,
                                                   enum problem if_unknown, struct fault *fault);

#endif
