#include <digit/reader.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <digit/uncertainty.h>

#include "core/read/choice.h"
#include "core/read/hypotheses.h"
#include "core/read/reader_memory.h"

_Static_assert(DIGIT_LINES_MAX == NUMBER_LINES_MAX, "one limit");
_Static_assert(DIGIT_CANDIDATES_MAX == NUMBER_CANDIDATES_MAX, "one limit");
_Static_assert(DIGIT_DIGITS_MAX == NUMBER_DIGITS_MAX, "one limit");
_Static_assert(DIGIT_EXACT_MAX == NUMBER_EXACT_MAX, "one limit");

/* Above this uncertainty the hypotheses with at least this weight are looked at in several views. */
#define VIEWS_ABOVE     0.01F
#define VIEW_WEIGHT_MIN 0.02F

/* A picture about which there are several hypotheses is less like MNIST's, and its answer uncertain above this. */
#define CHOICE_UNCERTAIN_ABOVE 0.12F

/* A second digit with at least this probability is worth a warning. */
#define SECOND_CONFIDENCE_MIN 0.05F

/*
 * CPU time that one pixel of another hypothesis' plane takes at most, with its crops, views and predictions. Noise of
 * 512x512, whose components are the most, takes 15,400 to 20,500 ps, those of the first hypothesis included.
 */
#define EXTRACTED_PIXEL_PS          25000
#define PICOSECONDS_PER_MICROSECOND 1000000

static const struct digit_reader_limits defaults = {
    .max_hypotheses = DIGIT_HYPOTHESES_MAX,
    .max_lines = NUMBER_LINES_DEFAULT,
    .max_candidates = NUMBER_CANDIDATES_DEFAULT,
    .max_digits = NUMBER_DIGITS_DEFAULT,
};

enum digit_status digit_reader_create(struct digit_reader **out, struct digit_context *context,
                                      const struct digit_reader_limits *limits,
                                      struct digit_error *error)
{
    const struct digit_reader_limits *chosen = limits != NULL ? limits : &defaults;
    const struct number_limits number_limits = {.max_lines = chosen->max_lines,
                                                .max_candidates = chosen->max_candidates,
                                                .max_digits = chosen->max_digits};
    *out = NULL;
    if (chosen->max_hypotheses < 1 || chosen->max_hypotheses > DIGIT_HYPOTHESES_MAX)
        return digit_fail(error, DIGIT_INVALID, "max_hypotheses is %zu, must be from 1 to %d",
                          chosen->max_hypotheses, DIGIT_HYPOTHESES_MAX);
    struct number_reader *number_reader;
    enum digit_status status = number_reader_create(&number_reader, &number_limits, error);
    if (status != DIGIT_OK)
        return status;
    size_t size_bytes =
        sizeof(struct digit_reader) + chosen->max_candidates * sizeof(struct digit_prediction);
    struct digit_reader *reader = calloc(1, size_bytes);
    if (reader == NULL) {
        number_reader_destroy(number_reader);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for a reader: %zu bytes", size_bytes);
    }
    reader->context = context;
    reader->number_reader = number_reader;
    reader->limits = *chosen;
    status = digit_preprocessor_create(&reader->preprocessor, error);
    if (status == DIGIT_OK)
        *out = reader;
    else
        digit_reader_destroy(reader);
    return status;
}

void digit_reader_destroy(struct digit_reader *reader)
{
    if (reader == NULL)
        return;
    digit_preprocessor_destroy(reader->preprocessor);
    number_reader_destroy(reader->number_reader);
    free(reader);
}

void digit_reader_leave_out(struct digit_reader *reader, unsigned alternatives)
{
    reader->left_out = alternatives;
}

void digit_reader_propose(struct digit_reader *reader, const struct digit_image *image)
{
    reader->preprocessor->extracted_px = 0;
    const struct hypotheses_settings settings = {.limit = reader->limits.max_hypotheses,
                                                 .left_out = reader->left_out};
    hypotheses_propose(&reader->hypotheses, reader->preprocessor, image, &settings);
}

uint64_t digit_reader_cost_us(const struct digit_reader *reader)
{
    const struct digit_preprocessor *preprocessor = reader->preprocessor;
    uint64_t first_px =
        (uint64_t)preprocessor->picture.luma.width_px * preprocessor->picture.luma.height_px;
    if (preprocessor->extracted_px <= first_px)
        return 0;
    return (preprocessor->extracted_px - first_px) * EXTRACTED_PIXEL_PS /
           PICOSECONDS_PER_MICROSECOND;
}

static void describe_choice(struct digit_reading *out, const struct digit_reader *reader,
                            const struct choice *choice)
{
    const struct hypotheses *hypotheses = &reader->hypotheses;
    *out = (struct digit_reading){
        .prediction = choice->prediction,
        .receipt = hypotheses->items[choice->hypothesis].receipt,
        .hypotheses = hypotheses->count,
        .second = {.digit = choice->second_digit,
                   .confidence = choice->second_confidence,
                   .steps = hypotheses->items[choice->second_hypothesis].receipt.steps},
    };
    memcpy(out->octets, hypotheses->octets[choice->hypothesis], DIGIT_PIXELS);
    if (choice->second_confidence >= SECOND_CONFIDENCE_MIN &&
        choice->second_hypothesis != choice->hypothesis)
        out->receipt.warnings |= DIGIT_WARNING_SECOND_READING;
    digit_prediction_apply_receipt(&out->prediction, &out->receipt);
}

/* Makes the views of the hypotheses that have some weight. */
static void make_views(struct digit_reader *reader, const struct choice *choice)
{
    reader->views.count = 0;
    for (size_t i = 0; i < reader->hypotheses.count; i++) {
        if (choice->weights[i] < VIEW_WEIGHT_MIN)
            continue;
        views_make(reader->views.octets[reader->views.count], reader->hypotheses.octets[i]);
        reader->views.of[reader->views.count++] = i;
    }
}

/* Predicts the views, and the choice is made anew by their means. */
static enum digit_status choose_by_views(struct digit_reader *reader, struct choice *choice,
                                         float uncertain_above, struct digit_error *error)
{
    make_views(reader, choice);
    enum digit_status status = digit_context_predict_octets(
        reader->context, reader->views.predictions[0], reader->views.octets[0][0],
        reader->views.count * VIEWS_COUNT, error);
    if (status != DIGIT_OK)
        return status;
    for (size_t i = 0; i < reader->views.count; i++)
        views_average(&reader->predictions[reader->views.of[i]], reader->views.predictions[i]);
    choice_make(choice, &reader->hypotheses, reader->predictions, uncertain_above);
    return DIGIT_OK;
}

/* The model's threshold, or that for a choice between hypotheses if it is lower. */
static float find_uncertain_above(const struct digit_reader *reader)
{
    float of_model = reader_uncertain_above(reader);
    return reader->hypotheses.count > 1 ? fminf(of_model, CHOICE_UNCERTAIN_ABOVE) : of_model;
}

enum digit_status digit_reader_read(struct digit_reader *reader, struct digit_reading *out,
                                    struct digit_error *error)
{
    const struct hypotheses *hypotheses = &reader->hypotheses;
    float uncertain_above = find_uncertain_above(reader);
    enum digit_status status = digit_context_predict_octets(
        reader->context, reader->predictions, hypotheses->octets[0], hypotheses->count, error);
    if (status != DIGIT_OK)
        return status;
    struct choice choice;
    choice_make(&choice, hypotheses, reader->predictions, uncertain_above);
    if (hypotheses->count > 1 && choice.prediction.uncertainty > VIEWS_ABOVE)
        status = choose_by_views(reader, &choice, uncertain_above, error);
    if (status == DIGIT_OK)
        describe_choice(out, reader, &choice);
    return status;
}
