#include "core/network/golden.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/json.h"

#define HEX_BYTES (2 * DIGIT_PIXELS)

/* Enough for "%.9g", which has the bits of every float. */
#define NUMBER_BYTES 24

static const double SUM_TOLERANCE = 1e-5;

/* The place that is being read, for messages. */
struct place {
    const char *where;
    const char *answers; /* "f32" or "int8" */
    struct digit_error *error;
};

/* The value of a hexadecimal digit in lower case; -1 if it is none. */
static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static bool read_octets(uint8_t out[DIGIT_PIXELS], const char *text)
{
    if (text == NULL || strlen(text) != HEX_BYTES)
        return false;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}

static enum digit_status read_images(struct golden *out, const cJSON *json,
                                     const struct place *place)
{
    const cJSON *images = cJSON_GetObjectItemCaseSensitive(json, "octets");
    int count = cJSON_IsArray(images) ? cJSON_GetArraySize(images) : 0;
    if (count < 1 || count > GOLDEN_MAX_DIGITS)
        return digit_fail(place->error, DIGIT_INVALID,
                          "%s: \"octets\" must be an array of 1 to %d texts", place->where,
                          GOLDEN_MAX_DIGITS);
    for (const cJSON *image = images->child; image != NULL; image = image->next, out->count++)
        if (!read_octets(out->octets[out->count], cJSON_GetStringValue(image)))
            return digit_fail(place->error, DIGIT_INVALID,
                              "%s: \"octets\" of golden digit %zu must be %d hexadecimal digits "
                              "in lower case",
                              place->where, out->count, HEX_BYTES);
    return DIGIT_OK;
}

static enum digit_status check_count(const cJSON *array, const char *key, size_t count,
                                     const struct place *place)
{
    if (cJSON_IsArray(array) && (size_t)cJSON_GetArraySize(array) == count)
        return DIGIT_OK;
    return digit_fail(place->error, DIGIT_INVALID,
                      "%s: %s: \"%s\" must be an array of %zu, one for each golden digit",
                      place->where, place->answers, key, count);
}

static bool is_between(double value, double least, double most)
{
    return value >= least && value <= most; /* false for what is no number */
}

static enum digit_status read_digits(struct golden_answers *out, const cJSON *json, size_t count,
                                     const struct place *place)
{
    const cJSON *digits = cJSON_GetObjectItemCaseSensitive(json, "digits");
    enum digit_status status = check_count(digits, "digits", count, place);
    if (status != DIGIT_OK)
        return status;
    size_t i = 0;
    for (const cJSON *digit = digits->child; digit != NULL; digit = digit->next, i++) {
        double value = cJSON_GetNumberValue(digit);
        if (!is_between(value, 0.0, DIGIT_CLASSES - 1) || value != floor(value))
            return digit_fail(place->error, DIGIT_INVALID,
                              "%s: %s: golden digit %zu must be a whole number from 0 to %d",
                              place->where, place->answers, i, DIGIT_CLASSES - 1);
        out->digits[i] = (uint8_t)value;
    }
    return DIGIT_OK;
}

/* Reads the probabilities of golden digit number `i`, whose class is `digit`. */
static enum digit_status read_distribution(float out[DIGIT_CLASSES], const cJSON *json, size_t i,
                                           size_t digit, const struct place *place)
{
    if (!cJSON_IsArray(json) || cJSON_GetArraySize(json) != DIGIT_CLASSES)
        return digit_fail(place->error, DIGIT_INVALID,
                          "%s: %s: golden digit %zu must have %d probabilities", place->where,
                          place->answers, i, DIGIT_CLASSES);
    double sum = 0.0;
    size_t j = 0;
    for (const cJSON *number = json->child; number != NULL; number = number->next, j++) {
        double value = cJSON_GetNumberValue(number);
        if (!is_between(value, 0.0, 1.0))
            return digit_fail(place->error, DIGIT_INVALID,
                              "%s: %s: golden digit %zu: the probability of class %zu must be a "
                              "number from 0 to 1",
                              place->where, place->answers, i, j);
        out[j] = (float)value;
        sum += (double)out[j];
    }
    if (!is_between(sum, 1.0 - SUM_TOLERANCE, 1.0 + SUM_TOLERANCE))
        return digit_fail(place->error, DIGIT_INVALID,
                          "%s: %s: golden digit %zu: the probabilities sum to %.9g, must be 1 "
                          "within %g",
                          place->where, place->answers, i, sum, SUM_TOLERANCE);
    for (j = 0; j < DIGIT_CLASSES; j++)
        if (out[j] > out[digit])
            return digit_fail(place->error, DIGIT_INVALID,
                              "%s: %s: golden digit %zu is %zu, but class %zu is more probable",
                              place->where, place->answers, i, digit, j);
    return DIGIT_OK;
}

static enum digit_status read_probabilities(struct golden_answers *out, const cJSON *json,
                                            size_t count, const struct place *place)
{
    const cJSON *distributions = cJSON_GetObjectItemCaseSensitive(json, "probabilities");
    enum digit_status status = check_count(distributions, "probabilities", count, place);
    if (status != DIGIT_OK)
        return status;
    size_t i = 0;
    for (const cJSON *item = distributions->child; item != NULL && status == DIGIT_OK;
         item = item->next, i++)
        status = read_distribution(out->probabilities[i], item, i, out->digits[i], place);
    return status;
}

static enum digit_status read_answers(struct golden_answers *out, const cJSON *json, size_t count,
                                      const struct place *place)
{
    static const char *const keys[] = {"digits", "probabilities"};
    char where[256];
    snprintf(where, sizeof where, "%.200s: %s", place->where, place->answers);
    enum digit_status status =
        json_check_keys(json, keys, sizeof keys / sizeof *keys, where, place->error);
    if (status == DIGIT_OK)
        status = read_digits(out, json, count, place);
    if (status == DIGIT_OK)
        status = read_probabilities(out, json, count, place);
    out->recorded = status == DIGIT_OK;
    return status;
}

enum digit_status golden_read(struct golden *out, const cJSON *json, const char *where,
                              struct digit_error *error)
{
    static const char *const keys[] = {"octets", "f32", "int8"};
    struct place place = {where, "f32", error};
    memset(out, 0, sizeof *out);
    enum digit_status status =
        json_check_keys(json, keys, sizeof keys / sizeof *keys, where, error);
    if (status == DIGIT_OK)
        status = read_images(out, json, &place);
    if (status == DIGIT_OK)
        status = read_answers(&out->f32, cJSON_GetObjectItemCaseSensitive(json, "f32"), out->count,
                              &place);
    place.answers = "int8";
    if (status == DIGIT_OK && json_has(json, "int8"))
        status = read_answers(&out->int8, cJSON_GetObjectItemCaseSensitive(json, "int8"),
                              out->count, &place);
    return status;
}

/* Appends `item` to `array` and owns it; false without memory. */
static bool append(cJSON *array, cJSON *item)
{
    if (cJSON_AddItemToArray(array, item))
        return true;
    cJSON_Delete(item);
    return false;
}

static bool format_images(cJSON *json, const struct golden *golden)
{
    static const char digits[] = "0123456789abcdef";
    char text[HEX_BYTES + 1] = "";
    cJSON *images = cJSON_AddArrayToObject(json, "octets");
    bool done = images != NULL;
    for (size_t i = 0; i < golden->count && done; i++) {
        for (size_t j = 0; j < DIGIT_PIXELS; j++) {
            text[2 * j] = digits[golden->octets[i][j] / 16];
            text[2 * j + 1] = digits[golden->octets[i][j] % 16];
        }
        done = append(images, cJSON_CreateString(text));
    }
    return done;
}

static bool format_distribution(cJSON *distributions, const float probabilities[DIGIT_CLASSES])
{
    cJSON *distribution = cJSON_CreateArray();
    bool done = append(distributions, distribution);
    for (size_t i = 0; i < DIGIT_CLASSES && done; i++) {
        char number[NUMBER_BYTES];
        snprintf(number, sizeof number, "%.9g", (double)probabilities[i]);
        done = append(distribution, cJSON_CreateRaw(number));
    }
    return done;
}

static bool format_answers(cJSON *json, const char *key, const struct golden_answers *answers,
                           size_t count)
{
    if (!answers->recorded)
        return true;
    cJSON *object = cJSON_AddObjectToObject(json, key);
    cJSON *digits = cJSON_AddArrayToObject(object, "digits");
    cJSON *distributions = cJSON_AddArrayToObject(object, "probabilities");
    bool done = digits != NULL && distributions != NULL;
    for (size_t i = 0; i < count && done; i++)
        done = append(digits, cJSON_CreateNumber(answers->digits[i])) &&
               format_distribution(distributions, answers->probabilities[i]);
    return done;
}

char *golden_format(const struct golden *golden)
{
    char *text = NULL;
    cJSON *json = cJSON_CreateObject();
    if (json != NULL && format_images(json, golden) &&
        format_answers(json, "f32", &golden->f32, golden->count) &&
        format_answers(json, "int8", &golden->int8, golden->count))
        text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    return text;
}
