#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/endpoints/predict_json.h"
#include "server/format/text.h"

#include "tests/support/made_reader.h"
#include "tests/test.h"

#define CAPACITY 3

/* A PNG of 28x28 pixels. */
static const char picture[] =
    "iVBORw0KGgoAAAANSUhEUgAAABwAAAAcCAAAAABXZoBIAAAAuElEQVR42mNgGDaAkYGBgYGBw+GHADsnHzs3Nzsvl+CX"
    "hE/ISpb/RwERUGEmBgYGBgZ2hLqPDAxf9kDZLAwMDAwMCat+fP755evPT99/+m9gmP0GlyOO//8ph0vO/v//eThdv/3/"
    "Xy1ccgb//q/DqXH5//8WuOSUf//fh1Pj9P//PXDJSXz7fw6nxg5EyGEA/vf/bzPjkqz4/z8DlxzHs//POHBJZv3/X8GA"
    "O8g/8OOUjLieQrUEBgDwQ0tjleAU/AAAAABJRU5ErkJggg==";

static float pixels[CAPACITY][DIGIT_PIXELS];
static uint8_t octets[CAPACITY][DIGIT_PIXELS];
static struct predict_source sources[CAPACITY];
static size_t max_pixels = 4096;
static struct digit_prediction predictions[CAPACITY];
static struct made_reader reader;

struct outcome {
    enum problem problem;
    struct fault fault;
    struct predict_input input;
};

static int create_reader(void **state)
{
    (void)state;
    made_reader_create(&reader, NULL);
    return 0;
}

static int destroy_reader(void **state)
{
    (void)state;
    made_reader_destroy(&reader);
    return 0;
}

/*
 * Reads a copy of the exact size, with a scratch of the promised size, so that sanitizers see
 * overruns.
 */
static struct outcome read_text(const char *json, size_t size)
{
    struct outcome outcome = {.input = {.pixels = &pixels[0][0],
                                        .octets = &octets[0][0],
                                        .sources = sources,
                                        .capacity = CAPACITY,
                                        .scratch_bytes = size,
                                        .predictions = predictions,
                                        .reader = reader.reader,
                                        .limits = {64, max_pixels, UINT64_MAX, UINT64_MAX}}};
    uint8_t *copy = malloc(size > 0 ? size : 1);
    memcpy(copy, json, size);
    outcome.input.scratch = malloc(size > 0 ? size : 1);
    outcome.problem = predict_read_json(&outcome.input, copy, size, &outcome.fault);
    free(outcome.input.scratch);
    free(copy);
    return outcome;
}

static struct outcome read_string(const char *json)
{
    return read_text(json, strlen(json));
}

/* Appends an array of `count` elements: `other` at index `odd`, `value` everywhere else. */
static void append_numbers(struct text *text, size_t count, const char *value, size_t odd,
                           const char *other)
{
    text_append(text, "[");
    for (size_t i = 0; i < count; i++)
        text_format(text, "%s%s", i > 0 ? "," : "", i == odd ? other : value);
    text_append(text, "]");
}

/* {"pixels": [...]} with `count` numbers and `rest` before the closing brace. */
static struct outcome read_flat(size_t count, size_t odd, const char *other, const char *rest)
{
    struct text text;
    text_init(&text, 1 << 20);
    text_append(&text, "{\"pixels\":");
    append_numbers(&text, count, "0", odd, other);
    text_format(&text, "%s}", rest);
    struct outcome outcome = read_text(text_chars(&text), text.size);
    text_release(&text);
    return outcome;
}

/* `rows` rows of 28 numbers, except that row `odd_row` has `odd_count`. */
static struct outcome read_rows(size_t rows, size_t odd_row, size_t odd_count)
{
    struct text text;
    text_init(&text, 1 << 20);
    text_append(&text, "{\"pixels\":[");
    for (size_t i = 0; i < rows; i++) {
        text_append(&text, i > 0 ? "," : "");
        append_numbers(&text, i == odd_row ? odd_count : 28, "0", i == 3 ? 5 : 28, "51");
    }
    text_append(&text, "]}");
    struct outcome outcome = read_text(text_chars(&text), text.size);
    text_release(&text);
    return outcome;
}

static void assert_refused(struct outcome outcome, enum problem problem, const char *pointer,
                           const char *words)
{
    assert_int_equal(outcome.problem, problem);
    assert_int_equal(outcome.fault.problem, problem);
    assert_string_equal(outcome.fault.pointer, pointer);
    if (strstr(outcome.fault.detail, words) == NULL)
        fail_msg("\"%s\" is not in: %s", words, outcome.fault.detail);
}

TEST(predict_read_json_takes_784_numbers)
{
    struct outcome outcome = read_flat(784, 783, "255", "");
    assert_int_equal(outcome.problem, PROBLEM_NONE);
    assert_int_equal(outcome.input.count, 1);
    assert_false(outcome.input.batch);
    assert_true(pixels[0][0] == 0.0F);
    assert_true(pixels[0][783] == 1.0F);
}

TEST(predict_read_json_takes_28_rows)
{
    assert_int_equal(read_rows(28, 28, 0).problem, PROBLEM_NONE);
    assert_true(pixels[0][3 * 28 + 5] == (float)(51 / 255.0));
    assert_true(pixels[0][3 * 28 + 6] == 0.0F);
}

TEST(predict_read_json_scales_by_max_wherever_it_stands)
{
    assert_int_equal(read_flat(784, 9, "0.2", ",\"max\":1").problem, PROBLEM_NONE);
    assert_true(pixels[0][9] == (float)0.2);
    assert_int_equal(read_flat(784, 9, "51", ",\"max\":255").problem, PROBLEM_NONE);
    assert_true(pixels[0][9] == (float)0.2);
    assert_int_equal(read_flat(784, 9, "127.5", ",\"max\":255.0").problem, PROBLEM_NONE);
    assert_true(pixels[0][9] == 0.5F);
    assert_int_equal(read_flat(784, 9, "1", ",\"max\":1e0").problem, PROBLEM_NONE);
    assert_true(pixels[0][9] == 1.0F);
}

/* What the network makes of octets, so that a digit gives the same answer in every form. */
TEST(predict_read_json_gives_the_floats_of_octets)
{
    float expected[DIGIT_PIXELS];
    struct text whole, unit;
    text_init(&whole, 1 << 20);
    text_init(&unit, 1 << 20);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        expected[i] = (float)(i % 256) / 255.0f;
        text_format(&whole, "%s%zu", i > 0 ? "," : "{\"pixels\":[", i % 256);
        text_format(&unit, "%s%.17g", i > 0 ? "," : "{\"max\":1,\"pixels\":[",
                    (double)(i % 256) / 255);
    }
    text_append(&whole, "]}");
    text_append(&unit, "]}");
    assert_int_equal(read_string(text_chars(&whole)).problem, PROBLEM_NONE);
    assert_memory_equal(pixels[0], expected, sizeof expected);
    assert_int_equal(read_string(text_chars(&unit)).problem, PROBLEM_NONE);
    assert_memory_equal(pixels[0], expected, sizeof expected);
    text_release(&whole);
    text_release(&unit);
}

/*
 * Reads {"pixels": [...]} with 784 values of 17 digits and `rest`; each value must be divided by
 * max as a double.
 */
static void assert_quotients(const double values[DIGIT_PIXELS], double max, const char *rest)
{
    struct text text;
    text_init(&text, 1 << 20);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        text_format(&text, "%s%.17g", i > 0 ? "," : "{\"pixels\":[", values[i]);
    text_format(&text, "]%s}", rest);
    assert_int_equal(read_string(text_chars(&text)).problem, PROBLEM_NONE);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float expected = (float)(values[i] / max);
        assert_memory_equal(&pixels[0][i], &expected, sizeof expected);
    }
    text_release(&text);
}

/* Values that are exactly floats, and values that are not. */
TEST(predict_read_json_divides_doubles)
{
    double values[DIGIT_PIXELS];
    uint32_t random = 1;
    for (int round = 0; round < 300; round++) {
        for (size_t i = 0; i < DIGIT_PIXELS; i++) {
            random = random * 1664525U + 1013904223U;
            values[i] = (double)random / UINT32_MAX;
            if (round % 3 > 0)
                values[i] = (double)(float)values[i];
        }
        assert_quotients(values, 1, ",\"max\":1");
        values[random % DIGIT_PIXELS] = 255;
        assert_quotients(values, 255, "");
        values[random % DIGIT_PIXELS] = -0.0;
        assert_quotients(values, 255, "");
    }
}

TEST(predict_read_json_refuses_wrong_counts)
{
    assert_refused(read_flat(783, 783, "", ""), PROBLEM_INVALID_INPUT, "/pixels", "783 numbers");
    assert_refused(read_flat(785, 785, "", ""), PROBLEM_INVALID_INPUT, "/pixels", "785 numbers");
    assert_refused(read_flat(0, 0, "", ""), PROBLEM_INVALID_INPUT, "/pixels", "0 numbers");
    assert_refused(read_rows(27, 28, 0), PROBLEM_INVALID_INPUT, "/pixels", "27 rows");
    assert_refused(read_rows(30, 31, 0), PROBLEM_INVALID_INPUT, "/pixels", "30 rows");
    assert_refused(read_rows(28, 27, 27), PROBLEM_INVALID_INPUT, "/pixels/27", "27 numbers");
    assert_refused(read_rows(28, 0, 29), PROBLEM_INVALID_INPUT, "/pixels/0", "29 numbers");
    assert_refused(read_rows(28, 5, 0), PROBLEM_INVALID_INPUT, "/pixels/5", "0 numbers");
}

TEST(predict_read_json_refuses_pixels_out_of_range)
{
    static const struct {
        const char *pixel;
        const char *rest;
        const char *words;
    } refused[] = {
        {"256", "", "a pixel is 256, must be 0 to 255 with max 255"},
        {"255.001", "", "255.001"},
        {"-1", "", "-1"},
        {"-0.001", "", "-0.001"},
        {"-1e-300", "", "-1e-300"},
        {"255.00000000000003", "", "a pixel is 255,"},
        {"1e999", "", "inf"},
        {"1.0000000000000002", ",\"max\":1", "a pixel is 1,"},
        {"1.01", ",\"max\":1", "a pixel is 1.01, must be 0 to 1 with max 1"},
        {"255", ",\"max\":1", "255"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_refused(read_flat(784, 700, refused[i].pixel, refused[i].rest),
                       PROBLEM_INVALID_INPUT, "/pixels/700", refused[i].words);
}

TEST(predict_read_json_points_into_rows)
{
    struct text text;
    text_init(&text, 1 << 20);
    text_append(&text, "{\"pixels\":[");
    for (size_t i = 0; i < 28; i++) {
        text_append(&text, i > 0 ? "," : "");
        append_numbers(&text, 28, "0", i == 27 ? 26 : 28, "300");
    }
    text_append(&text, "]}");
    assert_refused(read_string(text_chars(&text)), PROBLEM_INVALID_INPUT, "/pixels/27/26", "300");
    text_release(&text);
}

TEST(predict_read_json_refuses_wrong_types)
{
    static const struct {
        const char *json;
        const char *pointer;
        const char *words;
    } refused[] = {
        {"[]", "", "the body is an array"},
        {"7", "", "the body is a number"},
        {"\"x\"", "", "the body is a string"},
        {"null", "", "the body is null"},
        {"{\"pixels\":7}", "/pixels", "pixels is a number, must be an array"},
        {"{\"pixels\":{}}", "/pixels", "pixels is an object"},
        {"{\"pixels\":[\"0\"]}", "/pixels/0", "a pixel is a string"},
        {"{\"pixels\":[0,null]}", "/pixels/1", "a pixel is null"},
        {"{\"pixels\":[0,[0]]}", "/pixels/1", "a pixel is an array"},
        {"{\"pixels\":[[0,true]]}", "/pixels/0/1", "a pixel is true"},
        {"{\"pixels\":[[[0]]]}", "/pixels/0/0", "a pixel is an array"},
        {"{\"max\":\"1\"}", "/max", "max is a string, must be a number"},
        {"{\"max\":2}", "/max", "max is 2, must be 1 or 255"},
        {"{\"max\":0}", "/max", "max is 0"},
        {"{\"b64\":7}", "/b64", "b64 is a number, must be a string"},
        {"{\"instances\":{}}", "/instances", "instances is an object, must be an array"},
        {"{\"instances\":[7]}", "/instances/0", "an instance is a number, must be an object"},
        {"{\"instances\":[[0]]}", "/instances/0", "an instance is an array"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_refused(read_string(refused[i].json), PROBLEM_INVALID_INPUT, refused[i].pointer,
                       refused[i].words);
}

TEST(predict_read_json_refuses_keys_that_do_not_fit)
{
    assert_refused(read_string("{}"), PROBLEM_INVALID_INPUT, "", "neither pixels nor b64");
    assert_refused(read_string("{\"max\":1}"), PROBLEM_INVALID_INPUT, "", "neither pixels nor b64");
    assert_refused(read_string("{\"image\":7}"), PROBLEM_INVALID_INPUT, "",
                   "unknown key \"image\"; known keys are pixels, max, b64 and instances");
    assert_refused(read_string("{\"Pixels\":[]}"), PROBLEM_INVALID_INPUT, "", "\"Pixels\"");
    assert_refused(read_string("{\"b64\":\"\",\"max\":1}"), PROBLEM_INVALID_INPUT, "",
                   "max is given without pixels");
    assert_refused(read_string("{\"max\":1,\"max\":1}"), PROBLEM_INVALID_INPUT, "/max",
                   "the key max is given twice");
    assert_refused(read_string("{\"b64\":\"\",\"b6\\u0034\":\"\"}"), PROBLEM_INVALID_INPUT, "/b64",
                   "the key b64 is given twice");
    assert_refused(read_flat(784, 784, "", ",\"b64\":\"\""), PROBLEM_INVALID_INPUT, "",
                   "both pixels and b64");
    assert_refused(read_flat(784, 784, "", ",\"instances\":[]"), PROBLEM_INVALID_INPUT,
                   "/instances", "instances is empty");
}

TEST(predict_read_json_refuses_what_is_not_base64)
{
    assert_refused(read_string("{\"b64\":\"\"}"), PROBLEM_INVALID_INPUT, "/b64", "b64 is empty");
    assert_refused(read_string("{\"b64\":\"data:image/png;base64,AAAA\"}"), PROBLEM_INVALID_INPUT,
                   "/b64", "data: URL");
    assert_refused(read_string("{\"b64\":\"AAA\"}"), PROBLEM_INVALID_INPUT, "/b64",
                   "the length is 3 characters, not a multiple of 4");
    assert_refused(read_string("{\"b64\":\"AA\\nA\"}"), PROBLEM_INVALID_INPUT, "/b64", "0x0a");
    assert_refused(read_string("{\"b64\":\"AAAA\"}"), PROBLEM_UNDECODABLE_IMAGE, "/b64", "");
}

TEST(predict_read_json_takes_pictures_within_the_pixels_of_a_request)
{
    struct text text;
    text_init(&text, 1 << 20);
    text_format(&text, "{\"instances\":[{\"b64\":\"%s\"},{\"b64\":\"%s\"}]}", picture, picture);
    max_pixels = 2 * DIGIT_PIXELS;
    struct outcome outcome = read_string(text_chars(&text));
    assert_int_equal(outcome.problem, PROBLEM_NONE);
    assert_int_equal(outcome.input.count, 2);
    assert_true(sources[0].is_octets && sources[1].is_octets);
    assert_memory_equal(octets[0], octets[1], sizeof octets[0]);
    max_pixels = 2 * DIGIT_PIXELS - 1;
    assert_refused(read_string(text_chars(&text)), PROBLEM_IMAGE_TOO_LARGE, "/instances/1/b64",
                   "after 784 pixels of the pictures before it");
    text_release(&text);
}

/* Instances of 784 numbers each, the last one of instance i is i + 1; then `after`. */
static struct outcome read_instances(size_t count, const char *after)
{
    struct text text;
    char last[24];
    text_init(&text, 1 << 20);
    text_append(&text, "{\"instances\":[");
    for (size_t i = 0; i < count; i++) {
        snprintf(last, sizeof last, "%zu", i + 1);
        text_append(&text, i > 0 ? ",{\"pixels\":" : "{\"pixels\":");
        append_numbers(&text, 784, "0", 783, last);
        text_append(&text, "}");
    }
    text_format(&text, "%s]}", after);
    struct outcome outcome = read_text(text_chars(&text), text.size);
    text_release(&text);
    return outcome;
}

TEST(predict_read_json_takes_instances_in_order)
{
    struct outcome outcome = read_instances(CAPACITY, "");
    assert_int_equal(outcome.problem, PROBLEM_NONE);
    assert_int_equal(outcome.input.count, CAPACITY);
    assert_true(outcome.input.batch);
    for (size_t i = 0; i < CAPACITY; i++)
        assert_true(pixels[i][783] == (float)((double)(i + 1) / 255));
}

TEST(predict_read_json_limits_instances)
{
    struct outcome outcome = read_instances(CAPACITY + 1, "");
    assert_refused(outcome, PROBLEM_TOO_MANY_INSTANCES, "/instances/3", "more than 3");
    assert_true(outcome.fault.has_limit);
    assert_int_equal(outcome.fault.limit, CAPACITY);
    assert_refused(read_string("{\"instances\":[]}"), PROBLEM_INVALID_INPUT, "/instances",
                   "must have 1 to 3 elements");
}

TEST(predict_read_json_points_into_instances)
{
    static const struct {
        const char *json;
        const char *pointer;
        const char *words;
    } refused[] = {
        {",{\"pixels\":[0,null]}", "/instances/1/pixels/1", "null"},
        {",{\"pixels\":[]}", "/instances/1/pixels", "0 numbers"},
        {",{\"b64\":\"A\"}", "/instances/1/b64", "1 characters"},
        {",{}", "/instances/1", "neither pixels nor b64"},
        {",{\"instances\":[]}", "/instances/1",
         "unknown key \"instances\"; known keys are pixels, max and b64"},
        {",7", "/instances/1", "an instance is a number"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_refused(read_instances(1, refused[i].json), PROBLEM_INVALID_INPUT,
                       refused[i].pointer, refused[i].words);
    assert_refused(read_string("{\"max\":1,\"instances\":[{}]}"), PROBLEM_INVALID_INPUT,
                   "/instances/0", "neither");
    assert_refused(read_string("{\"instances\":[],\"instances\":[]}"), PROBLEM_INVALID_INPUT,
                   "/instances", "instances is empty");
}

TEST(predict_read_json_calls_malformed_json_that_first)
{
    static const char *const malformed[] = {
        "",
        "{",
        "{\"pixels\":[NaN]}",
        "{\"pixels\":[Infinity]}",
        "{\"pixels\":[01]}",
        "{\"pixels\":[0,0",
        "{\"pixels\":7",
        "{\"image\":7}x",
        "{\"instances\":[{\"pixels\":[300]},]}",
        "[1,2,3",
        "{\"b64\":\"\xff\"}",
        "{\"pixels\":[[[[[[[[[0]]]]]]]]]}",
    };
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++)
        assert_refused(read_string(malformed[i]), PROBLEM_MALFORMED_JSON, "", "byte ");
}

TEST_MAIN_WITH(create_reader, destroy_reader, cmocka_unit_test(predict_read_json_takes_784_numbers),
               cmocka_unit_test(predict_read_json_takes_28_rows),
               cmocka_unit_test(predict_read_json_scales_by_max_wherever_it_stands),
               cmocka_unit_test(predict_read_json_gives_the_floats_of_octets),
               cmocka_unit_test(predict_read_json_divides_doubles),
               cmocka_unit_test(predict_read_json_refuses_wrong_counts),
               cmocka_unit_test(predict_read_json_refuses_pixels_out_of_range),
               cmocka_unit_test(predict_read_json_points_into_rows),
               cmocka_unit_test(predict_read_json_refuses_wrong_types),
               cmocka_unit_test(predict_read_json_refuses_keys_that_do_not_fit),
               cmocka_unit_test(predict_read_json_refuses_what_is_not_base64),
               cmocka_unit_test(predict_read_json_takes_pictures_within_the_pixels_of_a_request),
               cmocka_unit_test(predict_read_json_takes_instances_in_order),
               cmocka_unit_test(predict_read_json_limits_instances),
               cmocka_unit_test(predict_read_json_points_into_instances),
               cmocka_unit_test(predict_read_json_calls_malformed_json_that_first))
