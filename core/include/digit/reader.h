/*
 * Reads the digit of a picture. Where preprocessing is not sure (polarity, background, ruled lines, thickness of
 * strokes, which components belong together), it proposes several hypotheses; the network predicts all of them as
 * one batch, and the most probable digit over all hypotheses is the answer.
 *
 *     struct digit_reader *reader;
 *     status = digit_reader_create(&reader, context, NULL, &error);
 *     digit_reader_propose(reader, &image);
 *     status = digit_reader_read(reader, &reading, &error);
 *
 * digit_reader_create allocates all memory; nothing is allocated afterwards, whatever the picture. A reading depends
 * on its own picture and the model alone. docs/recognition.md explains the hypotheses.
 * Threads: any, each with its own reader and context.
 */
#ifndef DIGIT_READER_H
#define DIGIT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/context.h>
#include <digit/image.h>
#include <digit/preprocess.h>
#include <digit/status.h>

struct digit_reader;

/* The largest values that the fields of struct digit_reader_limits may have. */
#define DIGIT_HYPOTHESES_MAX 20
#define DIGIT_LINES_MAX      64
#define DIGIT_CANDIDATES_MAX 4096
#define DIGIT_DIGITS_MAX     256

/* The largest number of digits that can be asked for. */
#define DIGIT_EXACT_MAX 32

/* Kinds of hypotheses beside the usual one, as bits, to measure what each contributes. */
enum digit_alternative {
    DIGIT_ALTERNATIVE_POLARITY = 1 << 0, /* the other polarity */
    DIGIT_ALTERNATIVE_WHOLE = 1 << 1, /* Otsu's threshold on the picture as it is, all foreground */
    DIGIT_ALTERNATIVE_OTSU = 1 << 2,  /* Otsu's threshold after the background was removed */
    DIGIT_ALTERNATIVE_LINES = 1 << 3, /* ruled lines are kept */
    DIGIT_ALTERNATIVE_STROKE = 1 << 4,     /* strokes keep their thickness */
    DIGIT_ALTERNATIVE_UNTOUCHED = 1 << 5,  /* the pixels of a 28x28 picture are kept */
    DIGIT_ALTERNATIVE_OTSU_AGAIN = 1 << 6, /* Otsu's threshold twice */
};

/* Each is at least 1. */
struct digit_reader_limits {
    size_t max_hypotheses; /* about one picture; the least likely ones are left out */
    size_t max_lines;      /* of numbers in one picture */
    size_t max_candidates; /* pieces of a picture, and runs of pieces, that are tried as a digit */
    size_t max_digits;     /* of the numbers in one picture */
};

/* What another hypothesis says, or the same one as its second choice. */
struct digit_second {
    size_t digit;     /* the second most probable; DIGIT_CLASSES if only one hypothesis was tried */
    float confidence; /* its probability */
    unsigned steps;   /* of the hypothesis that supports it most: bits of enum digit_step */
};

struct digit_reading {
    struct digit_prediction prediction; /* over all hypotheses, the warnings taken into account */
    struct digit_receipt receipt;       /* of the hypothesis that supports the digit most */
    uint8_t octets[DIGIT_PIXELS];       /* its 28x28 image, 0 background to 255 foreground */
    size_t hypotheses;                  /* how many were tried */
    struct digit_second second;
    size_t line; /* of a number: of writing, from the top, 0 first */
};

/* All numbers of a picture, as one string of digits, line by line. */
struct digit_number {
    size_t count;       /* digits; 0: none */
    size_t found;       /* digits of the string; above `count` if there are more than max_digits */
    size_t lines;       /* of writing that have digits */
    size_t found_lines; /* of writing; above max_lines if some were not read */
    size_t hypotheses;  /* how many were tried */
    float confidence;   /* the probability that the whole string is right */
    bool uncertain; /* no digit, or 1 - confidence is above digit_model_info's uncertain_above */
    /* The second most probable string. */
    uint8_t second[DIGIT_DIGITS_MAX]; /* 0 to 9 each */
    size_t second_count;
    float second_confidence;      /* its probability; 0: there is none */
    struct digit_receipt receipt; /* `crop`: around all digits */
};

/*
 * Makes a reader that predicts in `context`, which must outlive it. limits: NULL for all hypotheses, 32 lines, 512
 * candidates and 128 digits. The caller destroys it. Errors: NO_MEMORY, INVALID (a limit out of its range).
 */
DIGIT_MUST_CHECK enum digit_status digit_reader_create(struct digit_reader **out,
                                                       struct digit_context *context,
                                                       const struct digit_reader_limits *limits,
                                                       struct digit_error *error);

/* Does nothing if `reader` is NULL. */
void digit_reader_destroy(struct digit_reader *reader);

/* From now on `reader` does not try `alternatives`, bits of enum digit_alternative; 0: it tries all. A 28x28 picture
 * that is MNIST-normalised is kept nevertheless. */
void digit_reader_leave_out(struct digit_reader *reader, unsigned alternatives);

/* Preprocesses the picture under all hypotheses. The image is not used any more afterwards. */
void digit_reader_propose(struct digit_reader *reader, const struct digit_image *image);

/*
 * What preprocessing the last picture, or its numbers, took at most beside its digit_image's cost_us, which has the
 * first hypothesis: an estimate of the CPU time by the pixels that were looked at again, the same on every machine.
 */
uint64_t digit_reader_cost_us(const struct digit_reader *reader);

/* Predicts the hypotheses of the last digit_reader_propose and chooses. Errors: those of
 * digit_context_predict_octets; `out` is then unspecified. */
DIGIT_MUST_CHECK enum digit_status digit_reader_read(struct digit_reader *reader,
                                                     struct digit_reading *out,
                                                     struct digit_error *error);

/*
 * Reads the numbers of a picture: digits that may touch, in one or more lines.
 *
 *     digit_reader_begin_number(reader, &image, 0);
 *     while (status == DIGIT_OK && digit_reader_propose_number(reader))
 *         status = digit_reader_predict_number(reader, &error);
 *     digit_reader_finish_number(reader, readings, &number);
 *
 * Under each hypothesis about the picture, the foreground is cut into more pieces than there are digits; the network
 * predicts every run of pieces that may be a digit, and the most probable way to read all pieces wins (LeCun et al.
 * 1998, "Gradient-based learning applied to document recognition", section V). `exact` is the number of digits if it is
 * known, 1 to DIGIT_EXACT_MAX, or 0. The image must stay until digit_reader_finish_number.
 */
void digit_reader_begin_number(struct digit_reader *reader, const struct digit_image *image,
                               size_t exact);

/* Proposes candidates under the next hypothesis; false if there is none, or if the last one left no doubt. */
bool digit_reader_propose_number(struct digit_reader *reader);

/* Predicts these candidates. Errors: those of digit_context_predict_octets. */
DIGIT_MUST_CHECK enum digit_status digit_reader_predict_number(struct digit_reader *reader,
                                                               struct digit_error *error);

/*
 * Writes what was read: readings: [max_digits], of which `out->count` are written, line by line and from left to right.
 * A reading's confidence is the probability that this place of the picture shows this digit, at least that of the whole
 * string; `hypotheses` counts those of the picture, `second.digit` is DIGIT_CLASSES.
 */
void digit_reader_finish_number(const struct digit_reader *reader, struct digit_reading *readings,
                                struct digit_number *out);

#endif
