#include "core/network/golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "tests/support/failure.h"
#include "tests/support/model.h"
#include "tests/test.h"

#define TEXT_BYTES 8192

static struct digit_error error;

static enum digit_status read_text(struct golden *out, const char *text)
{
    cJSON *json;
    assert_int_equal(json_parse(&json, text, strlen(text), "here", &error), DIGIT_OK);
    enum digit_status status = golden_read(out, json, "here", &error);
    cJSON_Delete(json);
    return status;
}

/* Probabilities with all bits of a float, of which that of `digit` is the largest. */
static void fill_answer(struct golden_answers *answers, size_t i, size_t digit)
{
    float sum = 0.0f;
    answers->recorded = true;
    answers->digits[i] = (uint8_t)digit;
    fill_numbers(answers->probabilities[i], DIGIT_CLASSES, 100 * i + digit);
    for (size_t j = 0; j < DIGIT_CLASSES; j++) {
        answers->probabilities[i][j] = 1e-3f * (answers->probabilities[i][j] + 1.0f);
        sum += j != digit ? answers->probabilities[i][j] : 0.0f;
    }
    answers->probabilities[i][digit] = 1.0f - sum;
}

static void fill(struct golden *out, size_t count, bool int8)
{
    memset(out, 0, sizeof *out);
    out->count = count;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < DIGIT_PIXELS; j++)
            out->octets[i][j] = (uint8_t)(i * 7 + j);
        fill_answer(&out->f32, i, i % DIGIT_CLASSES);
        if (int8)
            fill_answer(&out->int8, i, (i + 1) % DIGIT_CLASSES);
    }
}

TEST(what_is_formatted_reads_back_to_the_bit)
{
    static const size_t counts[] = {1, 20, GOLDEN_MAX_DIGITS};
    for (size_t i = 0; i < 2 * sizeof counts / sizeof *counts; i++) {
        static struct golden written, read;
        fill(&written, counts[i / 2], i % 2 == 1);
        char *text = golden_format(&written);
        assert_non_null(text);
        if (read_text(&read, text) != DIGIT_OK)
            fail_msg("%s", error.message);
        assert_memory_equal(&read, &written, sizeof read);
        cJSON_free(text);
    }
}

/* One golden digit, whose octets are all `octet`. */
static char *compose(const char *octet, const char *answers)
{
    char *text = malloc(TEXT_BYTES);
    assert_non_null(text);
    size_t length = (size_t)snprintf(text, TEXT_BYTES, "{\"octets\":[\"");
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        length += (size_t)snprintf(text + length, TEXT_BYTES - length, "%s", octet);
    snprintf(text + length, TEXT_BYTES - length, "\"],%s}", answers);
    return text;
}

#define CERTAIN     "\"probabilities\":[[0,0,0,1,0,0,0,0,0,0]]"
#define F32(answer) "\"f32\":{" answer "}"

TEST(what_does_not_fit_is_refused_by_name)
{
    static const struct {
        const char *octet, *answers, *words;
    } cases[] = {
        {"0", F32("\"digits\":[3]," CERTAIN), "golden digit 0 must be 1568 hexadecimal digits"},
        {"000", F32("\"digits\":[3]," CERTAIN), "golden digit 0 must be 1568 hexadecimal digits"},
        {"0G", F32("\"digits\":[3]," CERTAIN), "golden digit 0 must be 1568 hexadecimal digits"},
        {"0A", F32("\"digits\":[3]," CERTAIN), "hexadecimal digits in lower case"},
        {"00", "\"int8\":{\"digits\":[3]," CERTAIN "}", "here: f32: not a JSON object"},
        {"00", F32("\"digits\":[3]," CERTAIN) ",\"f64\":1", "here: unknown key \"f64\""},
        {"00", F32("\"digits\":[3]," CERTAIN) ",\"int8\":null", "here: int8: not a JSON object"},
        {"00", F32("\"digits\":[3],\"logits\":1"), "here: f32: unknown key \"logits\""},
        {"00", F32(CERTAIN), "here: f32: \"digits\" must be an array of 1, one for each"},
        {"00", F32("\"digits\":[3,3]," CERTAIN), "here: f32: \"digits\" must be an array of 1"},
        {"00", F32("\"digits\":[10]," CERTAIN), "f32: golden digit 0 must be a whole number"},
        {"00", F32("\"digits\":[-1]," CERTAIN), "must be a whole number from 0 to 9"},
        {"00", F32("\"digits\":[2.5]," CERTAIN), "must be a whole number from 0 to 9"},
        {"00", F32("\"digits\":[\"3\"]," CERTAIN), "must be a whole number from 0 to 9"},
        {"00", F32("\"digits\":[3]"), "here: f32: \"probabilities\" must be an array of 1"},
        {"00", F32("\"digits\":[3],\"probabilities\":[1]"), "must have 10 probabilities"},
        {"00", F32("\"digits\":[3],\"probabilities\":[[1]]"), "must have 10 probabilities"},
        {"00", F32("\"digits\":[0],\"probabilities\":[[1.5,-0.5,0,0,0,0,0,0,0,0]]"),
         "the probability of class 0 must be a number from 0 to 1"},
        {"00", F32("\"digits\":[0],\"probabilities\":[[1,1e999,0,0,0,0,0,0,0,0]]"),
         "the probability of class 1 must be a number from 0 to 1"},
        {"00", F32("\"digits\":[0],\"probabilities\":[[1,0,0,null,0,0,0,0,0,0]]"),
         "the probability of class 3 must be a number from 0 to 1"},
        {"00", F32("\"digits\":[0],\"probabilities\":[[0.5,0.25,0,0,0,0,0,0,0,0]]"),
         "golden digit 0: the probabilities sum to 0.75, must be 1 within 1e-05"},
        {"00", F32("\"digits\":[0],\"probabilities\":[[0.4,0.6,0,0,0,0,0,0,0,0]]"),
         "f32: golden digit 0 is 0, but class 1 is more probable"},
        {"00", F32("\"digits\":[3]," CERTAIN) ",\"int8\":{\"digits\":[4]," CERTAIN "}",
         "int8: golden digit 0 is 4, but class 3 is more probable"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static struct golden out;
        char *text = compose(cases[i].octet, cases[i].answers);
        assert_failure(read_text(&out, text), &error, DIGIT_INVALID, cases[i].words);
        free(text);
    }
}

TEST(digits_of_equal_probability_are_either)
{
    static struct golden out;
    char *text = compose("ff", F32("\"digits\":[4],\"probabilities\":[[0,0,0,0.5,0.5,0,0,0,0,0]]"));
    if (read_text(&out, text) != DIGIT_OK)
        fail_msg("%s", error.message);
    assert_int_equal(out.f32.digits[0], 4);
    assert_int_equal(out.octets[0][DIGIT_PIXELS - 1], 255);
    assert_false(out.int8.recorded);
    free(text);
}

TEST(none_and_too_many_are_refused)
{
    static const char words[] = "here: \"octets\" must be an array of 1 to 32 texts";
    static struct golden golden;
    assert_failure(read_text(&golden, "[]"), &error, DIGIT_INVALID, "here: not a JSON object");
    assert_failure(read_text(&golden, "{}"), &error, DIGIT_INVALID, words);
    assert_failure(read_text(&golden, "{\"octets\":[]}"), &error, DIGIT_INVALID, words);
    assert_failure(read_text(&golden, "{\"octets\":[1]}"), &error, DIGIT_INVALID,
                   "golden digit 0 must be 1568");
    fill(&golden, GOLDEN_MAX_DIGITS, false);
    cJSON *json = NULL;
    char *text = golden_format(&golden);
    assert_int_equal(json_parse(&json, text, strlen(text), "here", &error), DIGIT_OK);
    cJSON_AddItemToArray(cJSON_GetObjectItem(json, "octets"), cJSON_CreateString("00"));
    assert_failure(golden_read(&golden, json, "here", &error), &error, DIGIT_INVALID, words);
    cJSON_Delete(json);
    cJSON_free(text);
}

TEST_MAIN(cmocka_unit_test(what_is_formatted_reads_back_to_the_bit),
          cmocka_unit_test(what_does_not_fit_is_refused_by_name),
          cmocka_unit_test(digits_of_equal_probability_are_either),
          cmocka_unit_test(none_and_too_many_are_refused))
