#include <digit/reader.h>

#include <math.h>
#include <string.h>

#include "core/network/prediction.h"
#include "core/preprocess/compare.h"
#include "core/read/reader_memory.h"

/* A reading that is more probable than this, under a polarity that is clear, needs no second hypothesis. */
#define CLEAR_PROBABILITY 0.98

/* It also leaves less of the foreground unread than this, and no lines were removed, which may be digits. */
#define CLEAR_DROPPED_INK 0.03

/* Digits that are lower in the plane are looked at again at full resolution. */
#define WINDOW_BELOW_PX 40

/*
 * How well a reading of one hypothesis is supported: the logarithm of its weight against those of others, fitted by
 * maximum likelihood on numbers made of MNIST's training digits (research/priors).
 */
static const struct {
    double log_probability; /* of the string among all of its plane */
    double dropped_ink;
    double log_contrast;
    double log_digits; /* logarithm of 1 + digits */
} weights = {.log_probability = 1.6, .dropped_ink = -1.7, .log_contrast = 1.2, .log_digits = 2.1};

/* A less probable string counts as this probable. */
#define PROBABILITY_MIN 1e-4

void digit_reader_begin_number(struct digit_reader *reader, const struct digit_image *image,
                               size_t exact)
{
    memset(&reader->number, 0, sizeof reader->number);
    reader->preprocessor->extracted_px = 0;
    reader->number.image = image;
    reader->number.exact = exact;
    preprocessor_begin(reader->preprocessor, image, NULL);
    number_planes_begin(&reader->number.planes);
}

/* Keeps what the answer needs of a reading; the next hypothesis overwrites the rest. */
static void keep_best(struct digit_reader *reader, const struct number_reading *reading,
                      size_t vote)
{
    struct best_number *best = &reader->number.best;
    best->reading = *reading;
    best->vote = vote;
    best->steps = reader->number.planes.steps | DIGIT_STEP_STROKE;
    best->warnings = preprocessor_warnings(reader->preprocessor, reading->dropped);
    if (reading->touching)
        best->warnings |= DIGIT_WARNING_TOUCHING_DIGITS;
    for (size_t i = 0; i < reading->count; i++) {
        const struct number_digit *digit = &reading->digits[i];
        best->boxes[i] = preprocessor_box(reader->preprocessor, &digit->box);
        best->predictions[i] = reader->candidate_predictions[digit->picture];
        memcpy(best->octets[i],
               number_reader_octets(reader->number_reader) + digit->picture * DIGIT_PIXELS,
               DIGIT_PIXELS);
    }
}

/* The box around the digits of the best reading, in pixels of the picture. */
static struct digit_box find_crop(const struct best_number *best)
{
    if (best->reading.count == 0)
        return (struct digit_box){0, 0, 0, 0};
    size_t left = SIZE_MAX, top = SIZE_MAX, right = 0, bottom = 0;
    for (size_t i = 0; i < best->reading.count; i++) {
        const struct digit_box *box = &best->boxes[i];
        left = smaller(left, box->left_px);
        top = smaller(top, box->top_px);
        right = larger(right, box->left_px + box->width_px);
        bottom = larger(bottom, box->top_px + box->height_px);
    }
    return (struct digit_box){left, top, right - left, bottom - top};
}

static size_t highest_digit_px(const struct best_number *best)
{
    size_t highest = 0;
    for (size_t i = 0; i < best->reading.count; i++)
        highest = larger(highest, best->boxes[i].height_px);
    return highest;
}

/*
 * If the digits are small in the plane and larger in the image, begins anew with the part of it that shows them.
 * Returns whether it did.
 */
static bool look_closer(struct digit_reader *reader)
{
    const struct preprocessor_picture *picture = &reader->preprocessor->picture;
    const struct digit_image *image = reader->number.image;
    size_t highest = highest_digit_px(&reader->number.best);
    if (reader->number.is_window || reader->number.best.reading.count == 0 ||
        picture->factor <= image->block_px || highest >= WINDOW_BELOW_PX * picture->factor)
        return false;
    const struct digit_box crop = find_crop(&reader->number.best);
    const struct digit_box window = preprocessor_widen(reader->preprocessor, &crop, highest);
    preprocessor_begin(reader->preprocessor, image, &window);
    number_planes_begin(&reader->number.planes);
    reader->number.is_window = true;
    reader->number.has_digits = false;
    reader->number.is_clear = false;
    reader->number.of_whole = reader->number.votes;
    reader->number.votes.count = 0;
    return true;
}

/* If no digits were found at full resolution, goes back to the reading of the whole picture. */
static void look_back(struct digit_reader *reader)
{
    if (!reader->number.is_window || reader->number.has_digits)
        return;
    reader->number.votes = reader->number.of_whole;
    preprocessor_begin(reader->preprocessor, reader->number.image, NULL);
}

static bool may_read_more(const struct digit_reader *reader)
{
    return !reader->number.is_clear && reader->number.votes.count < NUMBER_VOTES_MAX &&
           reader->number.votes.count < reader->limits.max_hypotheses;
}

static bool make_next_plane(struct digit_reader *reader)
{
    return may_read_more(reader) &&
           number_planes_next(&reader->number.planes, reader->preprocessor);
}

/* Makes the winner's plane again, unless its reading is there. Returns whether it did. */
static bool make_final_plane(struct digit_reader *reader)
{
    const struct number_votes *votes = &reader->number.votes;
    if (reader->number.is_final)
        return false;
    look_back(reader);
    if (votes->count == 0)
        return false;
    size_t winner = number_votes_winner(votes);
    reader->number.is_final = true;
    reader->number.planes.steps = votes->items[winner].steps;
    return winner != reader->number.best.vote &&
           preprocessor_extract(reader->preprocessor, votes->items[winner].steps);
}

bool digit_reader_propose_number(struct digit_reader *reader)
{
    const struct digit_preprocessor *preprocessor = reader->preprocessor;
    bool made = !reader->number.is_final && make_next_plane(reader);
    made = made || (look_closer(reader) && make_next_plane(reader));
    if (!made && !make_final_plane(reader))
        return false;
    reader->number.candidates = number_reader_propose(reader->number_reader, &preprocessor->plane,
                                                      &preprocessor->components);
    return true;
}

static double score_reading(const struct number_reading *reading, const struct digit_reader *reader)
{
    double score = (double)reader->number.planes.log_prior +
                   weights.dropped_ink * reading->dropped_ink +
                   weights.log_contrast * log(reader->preprocessor->foreground.contrast) +
                   weights.log_digits * log1p((double)reading->count);
    if (reading->count > 0)
        score += weights.log_probability * log(fmax(reading->probability, PROBABILITY_MIN));
    return score;
}

/* Whether a reading, whose vote is the last one, is the best so far. */
static bool is_best(const struct digit_reader *reader, const struct number_reading *reading)
{
    const struct number_votes *votes = &reader->number.votes;
    if (reader->number.is_window && !reader->number.has_digits)
        return reading->count > 0;
    return votes->count == 1 ||
           votes->items[votes->count - 1].score > votes->items[reader->number.best.vote].score;
}

enum digit_status digit_reader_predict_number(struct digit_reader *reader,
                                              struct digit_error *error)
{
    struct number_reading reading;
    if (reader->number.candidates > 0) {
        enum digit_status status = digit_context_predict_octets(
            reader->context, reader->candidate_predictions,
            number_reader_octets(reader->number_reader), reader->number.candidates, error);
        if (status != DIGIT_OK)
            return status;
    }
    number_reader_read(reader->number_reader, &reading, reader->candidate_predictions,
                       reader->number.exact);
    struct number_votes *votes = &reader->number.votes;
    if (reader->number.is_final) {
        keep_best(reader, &reading, number_votes_winner(votes));
        return DIGIT_OK;
    }
    number_votes_add(votes, &reading, reader->number.planes.steps, score_reading(&reading, reader));
    if (is_best(reader, &reading))
        keep_best(reader, &reading, votes->count - 1);
    reader->number.has_digits = reader->number.has_digits || reading.count > 0;
    reader->number.is_clear = reading.count > 0 && reading.probability > CLEAR_PROBABILITY &&
                              reading.dropped_ink < CLEAR_DROPPED_INK &&
                              reader->preprocessor->foreground.lines == 0 &&
                              reader->preprocessor->picture.polarity.is_clear;
    return DIGIT_OK;
}

/* Gives the digit its probability, and the others what is left in their proportions. */
static void set_probability(struct digit_prediction *prediction, size_t digit, float probability)
{
    prediction_set_digit(prediction, digit);
    float others = prediction->uncertainty;
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        float share =
            others > 0 ? prediction->probabilities[i] / others : 1.0F / (DIGIT_CLASSES - 1);
        prediction->probabilities[i] = i == digit ? probability : (1 - probability) * share;
    }
    prediction->confidence = probability;
    prediction->uncertainty = 1 - probability;
}

/* `of_all`: the probability of the whole string, which is right only if this digit is. */
static void write_reading(struct digit_reading *out, const struct digit_reader *reader,
                          size_t index, float of_all)
{
    const struct best_number *best = &reader->number.best;
    const struct number_digit *digit = &best->reading.digits[index];
    *out = (struct digit_reading){.prediction = best->predictions[index],
                                  .hypotheses = reader->number.votes.count,
                                  .second = {.digit = DIGIT_CLASSES},
                                  .line = digit->line};
    set_probability(&out->prediction, digit->digit,
                    fmaxf((float)fmin(digit->probability, 1.0), of_all));
    out->prediction.uncertain = out->prediction.uncertainty > reader_uncertain_above(reader);
    out->receipt = (struct digit_receipt){.steps = best->steps,
                                          .inverted = (best->steps & DIGIT_STEP_INVERT) != 0,
                                          .stroke_changed = true,
                                          .crop = best->boxes[index],
                                          .stroke_px = digit->stroke_px,
                                          .warnings = best->warnings};
    if (preprocessor_is_small(reader->preprocessor, &best->boxes[index]))
        out->receipt.warnings |= DIGIT_WARNING_SMALL_DIGIT;
    memcpy(out->octets, best->octets[index], DIGIT_PIXELS);
}

static size_t count_lines(const struct number_reading *reading)
{
    size_t lines = 0;
    for (size_t i = 0; i < reading->count; i++)
        lines += i == 0 || reading->digits[i].line != reading->digits[i - 1].line;
    return lines;
}

static void write_second(struct digit_number *out, const struct digit_reader *reader)
{
    const struct number_votes *votes = &reader->number.votes;
    const struct number_string *second = number_votes_second(votes, reader->number.best.vote);
    if (second == NULL)
        return;
    out->second_confidence =
        fminf((float)number_votes_probability(votes, second, true), 1 - out->confidence);
    out->second_count = second->count;
    memcpy(out->second, second->digits, second->count);
}

void digit_reader_finish_number(const struct digit_reader *reader, struct digit_reading *readings,
                                struct digit_number *out)
{
    const struct best_number *best = &reader->number.best;
    const struct number_votes *votes = &reader->number.votes;
    *out = (struct digit_number){
        .count = best->reading.count,
        .found = larger(best->reading.found_digits, best->reading.count),
        .lines = count_lines(&best->reading),
        .found_lines = best->reading.found_lines,
        .hypotheses = votes->count,
        .receipt = {.steps = best->steps,
                    .inverted = (best->steps & DIGIT_STEP_INVERT) != 0,
                    .crop = find_crop(best),
                    .warnings = best->warnings},
    };
    if (votes->count > 0) {
        out->confidence =
            (float)number_votes_probability(votes, &votes->items[best->vote].first, false);
        write_second(out, reader);
    }
    out->uncertain = out->count == 0 || 1 - out->confidence > reader_uncertain_above(reader);
    if (best->reading.count == 0)
        out->receipt.warnings |= DIGIT_WARNING_BLANK;
    for (size_t i = 0; i < best->reading.count; i++)
        write_reading(&readings[i], reader, i, out->confidence);
}
