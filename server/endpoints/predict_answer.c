#include "server/endpoints/predict_answer.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include <digit/explain.h>
#include <digit/preprocess.h>

#include "server/endpoints/model_name.h"
#include "server/format/base64.h"

/* In the order of enum digit_image_format. */
static const char *const format_names[] = {"png", "jpeg", "bmp"};

static void write_flag(struct text *out, const char *name, bool value)
{
    text_append(out, name);
    text_append(out, value ? "true" : "false");
}

static void write_digit(struct text *out, size_t digit)
{
    text_append(out, "\"digit\":");
    text_append_bytes(out, &"0123456789"[digit], 1);
}

static void write_probabilities(struct text *out, const struct digit_prediction *prediction)
{
    text_append(out, ",\"probabilities\":[");
    text_numbers(out, prediction->probabilities, DIGIT_CLASSES);
    text_append(out, "]");
}

/* The likeliest class whose bit is not set in `seen`. */
static size_t next_likeliest(const struct digit_prediction *prediction, unsigned seen)
{
    size_t best = DIGIT_CLASSES;
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        if ((seen & 1u << i) != 0)
            continue;
        if (best == DIGIT_CLASSES || prediction->probabilities[i] > prediction->probabilities[best])
            best = i;
    }
    return best;
}

/* The predicted digit comes first, even if another digit has the same probability. */
static void write_top_k(struct text *out, const struct digit_prediction *prediction, size_t top_k)
{
    size_t digit = prediction->digit;
    unsigned seen = 0;
    text_append(out, ",\"top_k\":[");
    for (size_t i = 0; i < top_k; i++) {
        text_append(out, i > 0 ? ",{" : "{");
        write_digit(out, digit);
        text_append(out, ",\"confidence\":");
        text_number(out, prediction->probabilities[digit]);
        text_append(out, "}");
        seen |= 1u << digit;
        digit = next_likeliest(prediction, seen);
    }
    text_append(out, "]");
}

static void write_count(struct text *out, const char *name, size_t count)
{
    text_append(out, name);
    text_count(out, count);
}

static void write_box(struct text *out, const char *name, const struct digit_box *box)
{
    text_append(out, name);
    write_count(out, "{\"left_px\":", box->left_px);
    write_count(out, ",\"top_px\":", box->top_px);
    write_count(out, ",\"width_px\":", box->width_px);
    write_count(out, ",\"height_px\":", box->height_px);
    text_append(out, "}");
}

/* The names of the bits that are set, as an array. */
static void write_names(struct text *out, const char *key, unsigned bits, size_t count,
                        const char *(*name)(size_t index))
{
    const char *comma = "";
    text_append(out, key);
    for (size_t i = 0; i < count; i++) {
        if ((bits & 1u << i) == 0)
            continue;
        text_append(out, comma);
        text_append(out, "\"");
        text_append(out, name(i));
        text_append(out, "\"");
        comma = ",";
    }
    text_append(out, "]");
}

static void write_warnings(struct text *out, const char *key, unsigned warnings)
{
    write_names(out, key, warnings, DIGIT_WARNINGS_COUNT, digit_warning_name);
}

static void write_steps(struct text *out, unsigned steps)
{
    write_names(out, "\"steps\":[", steps, DIGIT_STEPS_COUNT, digit_step_name);
}

/* Which hypothesis won, and what the second most probable digit is. */
static void write_hypothesis(struct text *out, const struct predict_source *source)
{
    const struct digit_second *second = &source->second;
    text_append(out, ",\"hypothesis\":{");
    write_steps(out, source->receipt.steps);
    write_count(out, ",\"tried\":", source->hypotheses);
    if (second->digit < DIGIT_CLASSES) {
        text_append(out, ",\"second\":{");
        write_digit(out, second->digit);
        text_append(out, ",\"confidence\":");
        text_number(out, second->confidence);
        text_append(out, ",");
        write_steps(out, second->steps);
        text_append(out, "}");
    }
    text_append(out, "}");
    if ((source->receipt.warnings & DIGIT_WARNING_COLOUR_CONTRAST) == 0)
        return;
    text_append(out, ",\"colour_axis\":[");
    text_numbers(out, source->colour_axis, 3);
    text_append(out, "]");
}

/* The members about the picture and its preprocessing, without the braces. */
static void write_receipt(struct text *out, const struct predict_source *source)
{
    const struct digit_receipt *receipt = &source->receipt;
    text_append(out, "\"format\":\"");
    text_append(out, format_names[source->format]);
    write_count(out, "\",\"width_px\":", source->width_px);
    write_count(out, ",\"height_px\":", source->height_px);
    write_count(out, ",\"rotation_deg\":", source->rotation_deg);
    write_flag(out, ",\"mirrored\":", source->mirrored);
    write_flag(out, ",\"inverted\":", receipt->inverted);
    write_flag(out, ",\"untouched\":", receipt->untouched);
    write_box(out, ",\"crop\":", &receipt->crop);
    text_append(out, ",\"stroke_px\":");
    text_number(out, receipt->stroke_px);
    write_flag(out, ",\"stroke_changed\":", receipt->stroke_changed);
    write_hypothesis(out, source);
    write_warnings(out, ",\"warnings\":[", receipt->warnings);
}

/* Grey pixels as a PNG in base64, with its quotes. */
static enum problem write_png(struct text *out, const uint8_t grey[DIGIT_PIXELS],
                              struct fault *fault)
{
    uint8_t png[DIGIT_PNG_MAX_BYTES];
    size_t size_bytes;
    struct digit_error error;
    if (digit_image_write_png(png, &size_bytes, grey, &error) != DIGIT_OK)
        return fault_set(fault, PROBLEM_NO_MEMORY, "%s", error.message);
    text_append(out, "\"");
    base64_append(out, png, size_bytes);
    text_append(out, "\"");
    return PROBLEM_NONE;
}

static enum problem write_preview(struct text *out, const struct predict_input *input, size_t index,
                                  struct fault *fault)
{
    const float *pixels = predict_input_pixels(input, index);
    uint8_t grey[DIGIT_PIXELS];
    text_append(out, "\"preview\":");
    if (input->sources[index].is_octets)
        return write_png(out, predict_input_octets(input, index), fault);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        grey[i] = (uint8_t)lrintf(pixels[i] * (float)PREDICT_MAX_OCTET);
    return write_png(out, grey, fault);
}

/* What is known of the input: of a picture always, of pixels if there are warnings. */
static enum problem write_input(struct text *out, const struct predict_answer *answer, size_t index,
                                struct fault *fault)
{
    const struct predict_source *source = &answer->input->sources[index];
    bool has_members = source->is_picture || source->receipt.warnings != 0;
    enum problem problem = PROBLEM_NONE;
    if (!has_members && !answer->options->preview)
        return PROBLEM_NONE;
    text_append(out, ",\"input\":{");
    if (source->is_picture)
        write_receipt(out, source);
    else if (has_members)
        write_warnings(out, "\"warnings\":[", source->receipt.warnings);
    if (answer->options->preview) {
        text_append(out, has_members ? "," : "");
        problem = write_preview(out, answer->input, index, fault);
    }
    text_append(out, "}");
    return problem;
}

/*
 * Scales the map to 1 to 255, with 128 for 0. Returns the largest absolute value, which becomes 255
 * if it is positive and 1 if it is negative.
 */
static float scale_map(uint8_t grey[DIGIT_PIXELS], const float map[DIGIT_PIXELS])
{
    float largest = 0.0f;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        largest = fmaxf(largest, fabsf(map[i]));
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        grey[i] = (uint8_t)(128 + (largest > 0.0f ? lrintf(127.0f * map[i] / largest) : 0));
    return largest;
}

/* Pixels from 0 to 1, copied from the input's or made of its octets. */
static void copy_pixels(float out[DIGIT_PIXELS], const struct predict_input *input, size_t index)
{
    const uint8_t *octets = predict_input_octets(input, index);
    if (!input->sources[index].is_octets) {
        memcpy(out, predict_input_pixels(input, index), DIGIT_PIXELS * sizeof *out);
        return;
    }
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = (float)octets[i] / (float)PREDICT_MAX_OCTET;
}

static enum problem write_explanation(struct text *out, const struct predict_answer *answer,
                                      size_t index, struct fault *fault)
{
    float map[DIGIT_PIXELS], pixels[DIGIT_PIXELS];
    uint8_t grey[DIGIT_PIXELS];
    struct digit_error error;
    if (!answer->options->explain)
        return PROBLEM_NONE;
    copy_pixels(pixels, answer->input, index);
    if (digit_explain(answer->context, map, pixels, answer->predictions[index].digit, &error) !=
        DIGIT_OK)
        return fault_set(fault, PROBLEM_INTERNAL, "%s", error.message);
    text_append(out, ",\"explanation\":{\"method\":\"occlusion\",\"largest_nats\":");
    text_number(out, scale_map(grey, map));
    text_append(out, ",\"map\":");
    enum problem problem = write_png(out, grey, fault);
    text_append(out, "}");
    return problem;
}

/* The members of one prediction, without the braces around them. */
static enum problem write_prediction(struct text *out, const struct predict_answer *answer,
                                     size_t index, struct fault *fault)
{
    const struct digit_prediction *prediction = &answer->predictions[index];
    write_digit(out, prediction->digit);
    text_append(out, ",\"confidence\":");
    text_number(out, prediction->confidence);
    text_append(out, ",\"uncertainty\":");
    text_number(out, prediction->uncertainty);
    write_flag(out, ",\"uncertain\":", prediction->uncertain);
    write_probabilities(out, prediction);
    if (answer->options->top_k > 0)
        write_top_k(out, prediction, answer->options->top_k);
    if (answer->input->many) {
        write_box(out, ",\"box\":", &answer->input->sources[index].receipt.crop);
        write_count(out, ",\"line\":", answer->input->sources[index].line);
    }
    enum problem problem = write_input(out, answer, index, fault);
    if (problem == PROBLEM_NONE)
        problem = write_explanation(out, answer, index, fault);
    return problem;
}

static enum problem write_predictions(struct text *out, const struct predict_answer *answer,
                                      struct fault *fault)
{
    enum problem problem = PROBLEM_NONE;
    text_append(out, "\"predictions\":[");
    for (size_t i = 0; problem == PROBLEM_NONE && i < answer->input->count; i++) {
        text_append(out, i > 0 ? ",{" : "{");
        problem = write_prediction(out, answer, i, fault);
        text_append(out, "}");
    }
    text_append(out, "]");
    return problem;
}

static void write_string(struct text *out, const uint8_t *digits, size_t count)
{
    text_append(out, "\"digits\":\"");
    for (size_t i = 0; i < count; i++)
        text_append_bytes(out, &"0123456789"[digits[i]], 1);
    text_append(out, "\"");
}

/* The second most probable string of a number, if there is one. */
static void write_second(struct text *out, const struct digit_number *number)
{
    if (number->second_confidence <= 0)
        return;
    text_append(out, "\"second\":{");
    write_string(out, number->second, number->second_count);
    text_append(out, ",\"confidence\":");
    text_number(out, number->second_confidence);
    text_append(out, "},");
}

/* The numbers as one string and how sure it is; for a blank picture also the member "input". */
static void write_number(struct text *out, const struct predict_answer *answer)
{
    const struct digit_number *number = &answer->input->number;
    uint8_t digits[DIGIT_DIGITS_MAX];
    for (size_t i = 0; i < answer->input->count; i++)
        digits[i] = (uint8_t)answer->predictions[i].digit;
    write_string(out, digits, answer->input->count);
    text_append(out, ",\"confidence\":");
    text_number(out, number->confidence);
    write_flag(out, ",\"uncertain\":", number->uncertain);
    text_append(out, ",");
    write_second(out, number);
    if (answer->input->count > 0)
        return;
    text_append(out, "\"input\":{");
    write_receipt(out, &answer->input->sources[0]);
    text_append(out, "},");
}

enum problem predict_answer_write(struct text *out, const struct predict_answer *answer,
                                  struct fault *fault)
{
    enum problem problem;
    text_append(out, "{");
    if (answer->input->many)
        write_number(out, answer);
    if (answer->input->many || answer->input->batch)
        problem = write_predictions(out, answer, fault);
    else
        problem = write_prediction(out, answer, 0, fault);
    text_append(out, ",\"model\":");
    model_name_write(out, answer->model);
    text_append(out, "}\n");
    return problem;
}
