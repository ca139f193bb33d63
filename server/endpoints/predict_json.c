/*
 * One pass over the tokens. The members of an object are stored as they come and converted to
 * floats when the object ends, because "max" may follow the pixels that it scales.
 */
#include "server/endpoints/predict_json.h"

#include <stdio.h>
#include <string.h>

#include "server/format/base64.h"
#include "server/format/json_reader.h"

#define SHOWN_KEY_BYTES 64
#define PREFIX_BYTES    40

/* What has been read of one object with "pixels" or "b64". */
struct source {
    char prefix[PREFIX_BYTES]; /* the pointer to the object: "" or "/instances/3" */
    bool has_pixels, has_max, has_b64;
    bool rows; /* the pixels are 28 rows of 28 */
    double max;
    const uint8_t *b64; /* [b64_bytes], with its escapes */
    size_t b64_bytes;
};

struct reading {
    struct json_reader json;
    struct predict_input *input;
    struct fault *fault;
    double *values; /* [DIGIT_PIXELS], the pixels of the object being read */
};

static enum problem refuse_malformed(struct reading *reading)
{
    return fault_set(reading->fault, PROBLEM_MALFORMED_JSON, "%s", reading->json.message);
}

/* Refuses the value at prefix/name, whose first token is `token`, because of its type. */
static enum problem refuse_type(struct reading *reading, enum json_token token, const char *prefix,
                                const char *name, const char *wanted)
{
    if (token == JSON_MALFORMED)
        return refuse_malformed(reading);
    fault_set(reading->fault, PROBLEM_INVALID_INPUT, "%s is %s, must be %s", name,
              json_token_name(token), wanted);
    return fault_set_pointer(reading->fault, "%s/%s", prefix, name);
}

/*
 * Reads the numbers of an array whose first element is `token`: stores the first `room` of them and
 * counts all. The pointer to a number is prefix, place ("/pixels", "/pixels/3") and its index.
 */
static enum problem read_numbers(struct reading *reading, double *out, size_t room, size_t *count,
                                 enum json_token token, const char *prefix, const char *place)
{
    for (*count = 0; token == JSON_NUMBER; token = json_next(&reading->json)) {
        if (*count < room)
            out[*count] = reading->json.number;
        (*count)++;
        if (*count < room)
            *count += json_more_numbers(&reading->json, out + *count, room - *count);
    }
    if (token == JSON_ARRAY_END)
        return PROBLEM_NONE;
    if (token == JSON_MALFORMED)
        return refuse_malformed(reading);
    fault_set(reading->fault, PROBLEM_INVALID_INPUT, "a pixel is %s, must be a number",
              json_token_name(token));
    return fault_set_pointer(reading->fault, "%s%s/%zu", prefix, place, *count);
}

static enum problem read_flat(struct reading *reading, struct source *source, enum json_token first)
{
    size_t count;
    enum problem problem = read_numbers(reading, reading->values, DIGIT_PIXELS, &count, first,
                                        source->prefix, "/pixels");
    if (problem != PROBLEM_NONE || count == DIGIT_PIXELS)
        return problem;
    fault_set(reading->fault, PROBLEM_INVALID_INPUT,
              "pixels has %zu numbers, must have %d, or %d rows of %d", count, DIGIT_PIXELS,
              DIGIT_SIDE_PX, DIGIT_SIDE_PX);
    return fault_set_pointer(reading->fault, "%s/pixels", source->prefix);
}

/* Reads row `row` of 28; rows beyond the last are counted and not stored. */
static enum problem read_row(struct reading *reading, struct source *source, size_t row)
{
    char place[32];
    size_t count, room = row < DIGIT_SIDE_PX ? DIGIT_SIDE_PX : 0;
    double *out = room > 0 ? reading->values + row * DIGIT_SIDE_PX : NULL;
    enum problem problem;
    snprintf(place, sizeof place, "/pixels/%zu", row);
    problem =
        read_numbers(reading, out, room, &count, json_next(&reading->json), source->prefix, place);
    if (problem != PROBLEM_NONE || count == DIGIT_SIDE_PX)
        return problem;
    fault_set(reading->fault, PROBLEM_INVALID_INPUT,
              "row %zu of pixels has %zu numbers, must have %d", row, count, DIGIT_SIDE_PX);
    return fault_set_pointer(reading->fault, "%s%s", source->prefix, place);
}

static enum problem read_rows(struct reading *reading, struct source *source)
{
    enum json_token token = JSON_ARRAY_BEGIN;
    enum problem problem;
    size_t rows;
    source->rows = true;
    for (rows = 0; token == JSON_ARRAY_BEGIN; rows++) {
        problem = read_row(reading, source, rows);
        if (problem != PROBLEM_NONE)
            return problem;
        token = json_next(&reading->json);
    }
    if (token == JSON_MALFORMED)
        return refuse_malformed(reading);
    if (token != JSON_ARRAY_END) {
        fault_set(reading->fault, PROBLEM_INVALID_INPUT, "a row is %s, must be an array",
                  json_token_name(token));
        return fault_set_pointer(reading->fault, "%s/pixels/%zu", source->prefix, rows);
    }
    if (rows == DIGIT_SIDE_PX)
        return PROBLEM_NONE;
    fault_set(reading->fault, PROBLEM_INVALID_INPUT, "pixels has %zu rows, must have %d", rows,
              DIGIT_SIDE_PX);
    return fault_set_pointer(reading->fault, "%s/pixels", source->prefix);
}

static enum problem read_pixels(struct reading *reading, struct source *source)
{
    enum json_token token = json_next(&reading->json);
    if (token != JSON_ARRAY_BEGIN)
        return refuse_type(reading, token, source->prefix, "pixels", "an array");
    token = json_next(&reading->json);
    return token == JSON_ARRAY_BEGIN ? read_rows(reading, source)
                                     : read_flat(reading, source, token);
}

static enum problem read_max(struct reading *reading, struct source *source)
{
    enum json_token token = json_next(&reading->json);
    if (token != JSON_NUMBER)
        return refuse_type(reading, token, source->prefix, "max", "a number");
    source->max = reading->json.number;
    if (source->max == 1 || source->max == PREDICT_MAX_OCTET)
        return PROBLEM_NONE;
    fault_set(reading->fault, PROBLEM_INVALID_INPUT, "max is %.9g, must be 1 or 255", source->max);
    return fault_set_pointer(reading->fault, "%s/max", source->prefix);
}

static enum problem read_b64(struct reading *reading, struct source *source)
{
    enum json_token token = json_next(&reading->json);
    if (token != JSON_STRING)
        return refuse_type(reading, token, source->prefix, "b64", "a string");
    source->b64 = reading->json.string;
    source->b64_bytes = reading->json.string_bytes;
    return PROBLEM_NONE;
}

static enum problem refuse_unknown_key(struct reading *reading, const char *prefix,
                                       const char *known)
{
    const struct json_reader *json = &reading->json;
    int shown = json->string_bytes < SHOWN_KEY_BYTES ? (int)json->string_bytes : SHOWN_KEY_BYTES;
    fault_set(reading->fault, PROBLEM_INVALID_INPUT, "unknown key \"%.*s\"; known keys are %s",
              shown, (const char *)json->string, known);
    return fault_set_pointer(reading->fault, "%s", prefix);
}

static enum problem refuse_repeated_key(struct reading *reading, const char *prefix,
                                        const char *name)
{
    fault_set(reading->fault, PROBLEM_INVALID_INPUT, "the key %s is given twice", name);
    return fault_set_pointer(reading->fault, "%s/%s", prefix, name);
}

/* Reads the member whose key has just been read. */
static enum problem read_member(struct reading *reading, struct source *source, const char *known)
{
    const struct {
        const char *name;
        bool *seen;
        enum problem (*read)(struct reading *reading, struct source *source);
    } members[] = {
        {"pixels", &source->has_pixels, read_pixels},
        {"max", &source->has_max, read_max},
        {"b64", &source->has_b64, read_b64},
    };
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (!json_key_is(&reading->json, members[i].name))
            continue;
        if (*members[i].seen)
            return refuse_repeated_key(reading, source->prefix, members[i].name);
        *members[i].seen = true;
        return members[i].read(reading, source);
    }
    return refuse_unknown_key(reading, source->prefix, known);
}

static enum problem refuse_pixel(struct reading *reading, const struct source *source, size_t index)
{
    fault_set(reading->fault, PROBLEM_INVALID_INPUT, "a pixel is %.9g, must be 0 to %g with max %g",
              reading->values[index], source->max, source->max);
    if (source->rows)
        return fault_set_pointer(reading->fault, "%s/pixels/%zu/%zu", source->prefix,
                                 index / DIGIT_SIDE_PX, index % DIGIT_SIDE_PX);
    return fault_set_pointer(reading->fault, "%s/pixels/%zu", source->prefix, index);
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/*
 * out = values / max, divided as floats and without branches. That is correct if every value is
 * exactly a float, as octets are, or max is 1: rounding the quotient to double and then to float
 * gives the same as rounding it to float, because a double has more than twice as many bits
 * (Figueroa 1995). False if it is not correct, or if a value is outside 0 to max or is negative
 * zero. Doubles that are not negative have the order of their bits.
 */
static bool scale_floats(float out[DIGIT_PIXELS], const double values[DIGIT_PIXELS], double max)
{
    uint64_t lost = 0, outside = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float value = (float)values[i];
        lost |= bits_of(values[i]) ^ bits_of((double)value);
        outside |= bits_of(values[i]) | (bits_of(max) - bits_of(values[i]));
        out[i] = value / (float)max;
    }
    return (lost == 0 || max == 1) && outside >> 63 == 0;
}

static enum problem scale_pixels(struct reading *reading, const struct source *source, float *out)
{
    const double *values = reading->values;
    if (scale_floats(out, values, source->max))
        return PROBLEM_NONE;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        if (!(values[i] >= 0 && values[i] <= source->max))
            return refuse_pixel(reading, source, i);
        out[i] = (float)(values[i] / source->max);
    }
    return PROBLEM_NONE;
}

static enum problem finish_pixels(struct reading *reading, struct source *source, size_t index)
{
    enum problem problem;
    if (!source->has_max)
        source->max = PREDICT_MAX_OCTET;
    problem = scale_pixels(reading, source, predict_input_pixels(reading->input, index));
    if (problem != PROBLEM_NONE)
        return problem;
    if (predict_note_pixels(reading->input, index, source->max, reading->fault) != PROBLEM_NONE)
        return fault_set_pointer(reading->fault, "%s/pixels", source->prefix);
    return PROBLEM_NONE;
}

static enum problem finish_b64(struct reading *reading, const struct source *source, size_t index)
{
    struct predict_input *input = reading->input;
    struct digit_error error;
    size_t size = json_string_decode(input->scratch, source->b64, source->b64_bytes);
    enum problem problem;
    if (size == 0)
        problem = fault_set(reading->fault, PROBLEM_INVALID_INPUT, "b64 is empty");
    else if (size >= 5 && memcmp(input->scratch, "data:", 5) == 0)
        problem = fault_set(reading->fault, PROBLEM_INVALID_INPUT,
                            "b64 is a data: URL; send only the base64 text after the comma");
    else if (base64_decode(input->scratch, &size, input->scratch, size, &error) != DIGIT_OK)
        problem = fault_set(reading->fault, PROBLEM_INVALID_INPUT, "b64 is not base64: %s",
                            error.message);
    else
        problem = predict_read_picture(input, index, input->scratch, size,
                                       PROBLEM_UNDECODABLE_IMAGE, reading->fault);
    if (problem != PROBLEM_NONE)
        fault_set_pointer(reading->fault, "%s/b64", source->prefix);
    return problem;
}

/* The object has ended: it must have had either pixels or b64. */
static enum problem finish_source(struct reading *reading, struct source *source, size_t index)
{
    const char *detail = NULL;
    if (source->has_pixels && source->has_b64)
        detail = "both pixels and b64 are given; send one of them";
    else if (source->has_b64 && source->has_max)
        detail = "max is given without pixels";
    else if (!source->has_pixels && !source->has_b64)
        detail = "neither pixels nor b64 is given; send one of them";
    if (detail != NULL) {
        fault_set(reading->fault, PROBLEM_INVALID_INPUT, "%s", detail);
        return fault_set_pointer(reading->fault, "%s", source->prefix);
    }
    return source->has_pixels ? finish_pixels(reading, source, index)
                              : finish_b64(reading, source, index);
}

/* Reads instance `index`, an object whose opening brace has been read. */
static enum problem read_instance(struct reading *reading, size_t index)
{
    struct source source = {.has_pixels = false};
    enum json_token token;
    enum problem problem;
    snprintf(source.prefix, sizeof source.prefix, "/instances/%zu", index);
    while ((token = json_next(&reading->json)) == JSON_KEY) {
        problem = read_member(reading, &source, "pixels, max and b64");
        if (problem != PROBLEM_NONE)
            return problem;
    }
    if (token == JSON_MALFORMED)
        return refuse_malformed(reading);
    return finish_source(reading, &source, index);
}

/* Reads the array that follows the key "instances". */
static enum problem read_instances(struct reading *reading)
{
    struct predict_input *input = reading->input;
    enum json_token token = json_next(&reading->json);
    enum problem problem;
    input->batch = true;
    if (input->many) {
        fault_set(reading->fault, PROBLEM_INVALID_INPUT,
                  "digits=many needs one picture; each of the instances is one digit");
        return fault_set_pointer(reading->fault, "/instances");
    }
    if (token != JSON_ARRAY_BEGIN)
        return refuse_type(reading, token, "", "instances", "an array");
    while ((token = json_next(&reading->json)) == JSON_OBJECT_BEGIN) {
        if (input->count == input->capacity) {
            fault_set(reading->fault, PROBLEM_TOO_MANY_INSTANCES,
                      "instances has more than %zu elements", input->capacity);
            fault_set_limit(reading->fault, input->capacity);
            return fault_set_pointer(reading->fault, "/instances/%zu", input->count);
        }
        problem = read_instance(reading, input->count);
        if (problem != PROBLEM_NONE)
            return problem;
        input->count++;
    }
    if (token == JSON_MALFORMED)
        return refuse_malformed(reading);
    if (token != JSON_ARRAY_END) {
        fault_set(reading->fault, PROBLEM_INVALID_INPUT, "an instance is %s, must be an object",
                  json_token_name(token));
        return fault_set_pointer(reading->fault, "/instances/%zu", input->count);
    }
    if (input->count > 0)
        return PROBLEM_NONE;
    fault_set(reading->fault, PROBLEM_INVALID_INPUT,
              "instances is empty, must have 1 to %zu elements", input->capacity);
    return fault_set_pointer(reading->fault, "/instances");
}

/* Reads one member of the outermost object. */
static enum problem read_top_member(struct reading *reading, struct source *source)
{
    if (!json_key_is(&reading->json, "instances"))
        return read_member(reading, source, "pixels, max, b64 and instances");
    if (reading->input->batch)
        return refuse_repeated_key(reading, "", "instances");
    return read_instances(reading);
}

/* Reads up to the end of the outermost object, or to the first problem. */
static enum problem read_document(struct reading *reading)
{
    struct source source = {.has_pixels = false};
    enum json_token token = json_next(&reading->json);
    enum problem problem;
    if (token == JSON_MALFORMED)
        return refuse_malformed(reading);
    if (token != JSON_OBJECT_BEGIN)
        return fault_set(reading->fault, PROBLEM_INVALID_INPUT,
                         "the body is %s, must be an object with pixels, b64 or instances",
                         json_token_name(token));
    while ((token = json_next(&reading->json)) == JSON_KEY) {
        problem = read_top_member(reading, &source);
        if (problem != PROBLEM_NONE)
            return problem;
    }
    if (token == JSON_MALFORMED)
        return refuse_malformed(reading);
    if (!reading->input->batch) {
        reading->input->count = 1;
        return finish_source(reading, &source, 0);
    }
    if (source.has_pixels || source.has_max || source.has_b64)
        return fault_set(reading->fault, PROBLEM_INVALID_INPUT,
                         "pixels, max or b64 is given beside instances; put it into an instance");
    return PROBLEM_NONE;
}

enum problem predict_read_json(struct predict_input *input, const uint8_t *text, size_t size,
                               struct fault *fault)
{
    double values[DIGIT_PIXELS]; /* outside struct source, so that no object costs clearing it */
    struct reading reading = {.input = input, .fault = fault, .values = values};
    enum problem problem;
    enum json_token token;
    input->count = 0;
    input->batch = false;
    input->decoded_pixels = 0;
    json_reader_init(&reading.json, text, size);
    if (input->max_json_depth > 0)
        reading.json.max_depth = input->max_json_depth;
    problem = read_document(&reading);
    /* Reads on to the end: if the JSON is malformed anywhere, that is what is reported. */
    do
        token = json_next(&reading.json);
    while (token != JSON_END && token != JSON_MALFORMED);
    return token == JSON_MALFORMED ? refuse_malformed(&reading) : problem;
}
