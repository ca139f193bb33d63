/*
 * The digits of one request between its body and the network: where the pixels of each digit go,
 * and the limits. The readers of the body fill it.
 * Threads: one at a time for each input.
 */
#ifndef SERVER_ENDPOINTS_PREDICT_INPUT_H
#define SERVER_ENDPOINTS_PREDICT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>
#include <digit/preprocess.h>
#include <digit/reader.h>

#include "server/http/problem.h"

/* The largest pixel value in octets and decoded pictures, and in JSON without "max". */
#define PREDICT_MAX_OCTET 255.0

/* The types that /predict supports, for error messages and the Accept header. */
#define PREDICT_ACCEPT                                                                             \
    "image/png, image/jpeg, image/bmp, application/octet-stream, multipart/form-data, "            \
    "application/json"

/* The origin of an instance. */
struct predict_source {
    bool is_octets;  /* the digit is in the input's octets, otherwise in its pixels */
    bool is_idx;     /* the octets are an image of an IDX file */
    bool is_picture; /* the members below are set only for a picture */
    bool is_read;    /* its prediction is in the input's predictions already */
    enum digit_image_format format;
    size_t width_px; /* of the upright picture */
    size_t height_px;
    int rotation_deg; /* clockwise, by which it was made upright */
    bool mirrored;    /* left to right, before the rotation */
    struct digit_receipt receipt;
    size_t hypotheses; /* how many were tried */
    struct digit_second second;
    size_t line;          /* of a number, from the top */
    float colour_axis[3]; /* weights of red, green and blue if it was read by colour, otherwise 0 */
};

/* How often something was done for a request, and how long that took in total. */
struct predict_work {
    size_t count;
    double seconds;
};

struct predict_input {
    float *pixels;   /* [capacity][DIGIT_PIXELS], 0 background to 1 foreground; borrowed */
    uint8_t *octets; /* [capacity][DIGIT_PIXELS], 0 background to 255 foreground; borrowed */
    struct predict_source *sources;       /* [capacity]; borrowed */
    struct digit_prediction *predictions; /* [capacity]; borrowed */
    size_t capacity;                      /* the most instances of one request */
    size_t count;     /* instances read; 0 for a blank picture with digits=many */
    bool batch;       /* the request is a list of instances, and so is the answer */
    bool many;        /* each digit of one picture's numbers is an instance */
    size_t exact;     /* with `many`: how many digits there are; 0: unknown */
    bool has_picture; /* a picture was read, if only a blank one */
    uint8_t *scratch; /* [scratch_bytes]; borrowed */
    size_t scratch_bytes;
    struct digit_image_arena *arena; /* that pictures are decoded in; borrowed, or NULL */
    struct digit_reader *reader;     /* borrowed */
    struct digit_reading *readings;  /* [max_digits]; borrowed */
    struct digit_number number;      /* with digits=many */
    size_t max_lines;
    size_t max_digits;
    /* max_pixels and max_cost_us are for all pictures of the request together */
    struct digit_image_limits limits;
    size_t max_json_depth;      /* 0: JSON_MAX_DEPTH */
    size_t max_multipart_parts; /* 0: MULTIPART_MAX_PARTS */
    size_t decoded_pixels;      /* of the pictures read so far */
    uint64_t decoded_cost_us; /* estimated, of the pictures read so far with all their hypotheses */
    struct predict_work decoding;      /* of all pictures, whether it succeeded or not */
    struct predict_work preprocessing; /* of all pictures */
    struct predict_work inference;     /* of the pictures that are read already */
    bool is_measured; /* pictures are probed and not decoded: only their cost is wanted */
};

/*
 * Where the digit of instance `index`, which is below the capacity, goes: numbers to the pixels, all else
 * to the octets. Numbers become value / largest value, computed in double and rounded to float, which is
 * what the network makes of octets: a digit gives the same answer in every form.
 */
float *predict_input_pixels(const struct predict_input *input, size_t index);
uint8_t *predict_input_octets(const struct predict_input *input, size_t index);

/*
 * Notes that the pixels of instance `index` were read, and what their levels give cause for: the receipt's
 * warnings LOW_CONTRAST or MAX_PIXEL_IS_1. `max`: the number that became 1. Problems: INVALID_INPUT with
 * digits=many, which needs a picture.
 */
DIGIT_MUST_CHECK enum problem predict_note_pixels(struct predict_input *input, size_t index,
                                                  double max, struct fault *fault);

/* Takes 784 octets, row by row, as instance `index`. Warnings and problems: as predict_note_pixels. */
DIGIT_MUST_CHECK enum problem predict_read_octets(struct predict_input *input, size_t index,
                                                  const uint8_t octets[DIGIT_PIXELS],
                                                  struct fault *fault);

/*
 * Decodes and reads an encoded picture as instance `index`: its octets and its prediction. With digits=many it
 * reads every digit of the picture's numbers, from instance 0 on, and sets `count` and `number`. A picture that is
 * doubtful by its luma is decoded again by its colours, as far as the limits leave room, and the better reading of
 * both is taken. `if_unknown` is the problem if the bytes have none of the formats; it depends on the type that the
 * client declared.
 * Problems: `if_unknown`, UNDECODABLE_IMAGE (truncated, corrupt), IMAGE_TOO_LARGE (alone, or
 * together with the pictures before it: a small body can hold many large blank pictures),
 * NO_MEMORY, INTERNAL (logits are not finite); with digits=many, TOO_MANY_INSTANCES (digits or lines; more digits
 * asked for than may be read) and INVALID_INPUT (`exact` digits cannot be found).
 */
DIGIT_MUST_CHECK enum problem predict_read_picture(struct predict_input *input, size_t index,
                                                   const uint8_t *bytes, size_t size,
                                                   enum problem if_unknown, struct fault *fault);

#endif
