/*
 * Reads whole numbers: cuts a foreground into more pieces than there are digits, lets the network read every run of
 * pieces that may be a digit, and takes the most probable way to read all pieces (over-segmentation and a lattice of
 * candidates, as LeCun et al. 1998, "Gradient-based learning applied to document recognition", section V).
 *
 *     size_t count = number_reader_propose(reader, &plane, &components);
 *     digit_context_predict_octets(context, predictions, number_reader_octets(reader), count, &error);
 *     number_reader_read(reader, &reading, predictions, 0);
 *
 * number_reader_create allocates all memory. The octets are the same bytes on every machine; probabilities may differ
 * in their last bits. Threads: any, each with its own reader.
 */
#ifndef CORE_NUMBER_NUMBER_READER_H
#define CORE_NUMBER_NUMBER_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/context.h>
#include <digit/status.h>

#include "core/number/limits.h"
#include "core/preprocess/components.h"
#include "core/preprocess/measure.h"
#include "core/preprocess/plane.h"

/* The largest number of digits that can be asked for. */
#define NUMBER_EXACT_MAX 32

/* What a reading's score loses if all foreground belongs to no digit, and the score of a reading without digits. */
#define NUMBER_DROPPED_COST 3.0
#define NUMBER_SCORE_NONE   (-1000.0)

struct number_reader;

struct number_digit {
    struct box box; /* in pixels of the plane */
    size_t line;    /* of writing, from the top */
    size_t picture; /* index among the octets and predictions */
    /* Thickness of its line's strokes in pixels of the 28x28 result, before normalisation. */
    float stroke_px;
    size_t digit;
    double probability; /* that this place of the picture shows this digit */
};

struct number_reading {
    struct number_digit digits[NUMBER_DIGITS_MAX]; /* line by line, from left to right */
    size_t count;
    size_t found_digits;               /* more than count if there are more than the limit */
    double probability;                /* of the whole string, among all readings of this plane */
    uint8_t second[NUMBER_DIGITS_MAX]; /* digits of the second most probable string */
    size_t second_count;
    double second_probability; /* 0: there is no second string */
    /* To compare readings of several planes of one picture: ln(probability) - NUMBER_DROPPED_COST * dropped_ink, or
     * NUMBER_SCORE_NONE if there is no digit. */
    double score;
    bool touching;      /* a digit is parted from another one by a cut through ink */
    size_t found_lines; /* of writing, more than max_lines if some were not read */
    size_t dropped;     /* components and cut pieces that belong to no digit */
    double dropped_ink; /* their share of the foreground, 0 to 1; pale ones count as dark ones */
    /* Cuts, unions or lines were left out because of a limit: a larger one might read more. */
    bool is_limited;
};

/*
 * Makes a reader; the caller destroys it. Errors: INVALID (a limit is 0 or above its maximum), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status number_reader_create(struct number_reader **out,
                                                        const struct number_limits *limits,
                                                        struct digit_error *error);

/* Does nothing if `reader` is NULL. */
void number_reader_destroy(struct number_reader *reader);

/*
 * Finds the candidates of a plane whose foreground is light on a background of 0, after lines and frames were removed,
 * and makes their pictures. `components` are those of the plane. Both must stay as they are until number_reader_read.
 * Returns the number of pictures, 0 to max_candidates.
 */
size_t number_reader_propose(struct number_reader *reader, const struct plane *plane,
                             const struct components *components);

/* The pictures, [count][28][28], 0 background to 255 foreground; valid until the next number_reader_propose. */
const uint8_t *number_reader_octets(const struct number_reader *reader);

/*
 * Chooses the most probable string. predictions: [count], the network's for each picture. `exact`: 0, or how many
 * digits there are, 1 to NUMBER_EXACT_MAX; probabilities are among readings with so many digits then. A reading
 * without digits has a count of 0; with `exact` it means that no so many digits can be found.
 */
void number_reader_read(struct number_reader *reader, struct number_reading *out,
                        const struct digit_prediction *predictions, size_t exact);

#endif
