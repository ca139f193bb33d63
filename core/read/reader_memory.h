/*
 * What a reader holds; for the files of core/read/ that read digits and numbers.
 */
#ifndef CORE_READ_READER_MEMORY_H
#define CORE_READ_READER_MEMORY_H

#include <digit/reader.h>

#include "core/number/number_reader.h"
#include "core/read/hypotheses.h"
#include "core/read/number_planes.h"
#include "core/read/number_votes.h"
#include "core/read/views.h"

/* The best reading of a picture's numbers so far. */
struct best_number {
    struct number_reading reading;
    struct digit_box boxes[DIGIT_DIGITS_MAX]; /* in pixels of the picture */
    struct digit_prediction predictions[DIGIT_DIGITS_MAX];
    uint8_t octets[DIGIT_DIGITS_MAX][DIGIT_PIXELS];
    unsigned steps;
    unsigned warnings; /* that apply to the whole picture */
    size_t vote;       /* index of its vote */
};

struct digit_reader {
    struct digit_context *context;
    struct digit_preprocessor *preprocessor;
    struct number_reader *number_reader;
    struct digit_reader_limits limits;
    unsigned left_out; /* bits of enum digit_alternative */
    struct hypotheses hypotheses;
    struct digit_prediction predictions[HYPOTHESES_MAX];
    struct {
        uint8_t octets[HYPOTHESES_MAX][VIEWS_COUNT][DIGIT_PIXELS];
        struct digit_prediction predictions[HYPOTHESES_MAX][VIEWS_COUNT];
        size_t of[HYPOTHESES_MAX]; /* hypothesis */
        size_t count;
    } views;
    struct {
        const struct digit_image *image;
        size_t exact;
        struct number_planes planes;
        size_t candidates; /* of the present plane */
        bool is_window;    /* the plane shows only a part of the picture, at full resolution */
        bool has_digits;   /* a reading of that part, or of the whole picture, had some */
        bool is_clear;     /* the last reading leaves no doubt */
        /* The plane of the winner was made again, because another one came after it. */
        bool is_final;
        struct number_votes votes;
        struct number_votes of_whole; /* those of the whole picture, with `is_window` */
        struct best_number best;
    } number;
    struct digit_prediction candidate_predictions[]; /* [max_candidates] */
};

/* The model's threshold of uncertainty. */
static inline float reader_uncertain_above(const struct digit_reader *reader)
{
    return digit_model_info(digit_context_model(reader->context))->uncertain_above;
}

#endif
