#include "core/network/quantisation.h"

#include <string.h>

#include "core/base/json.h"
#include "tests/support/failure.h"
#include "tests/test.h"

static struct digit_error error;

static enum digit_status read_text(struct quantisation *out, const char *text, size_t count)
{
    cJSON *json;
    assert_int_equal(json_parse(&json, text, strlen(text), "here", &error), DIGIT_OK);
    enum digit_status status = quantisation_read(out, json, count, "here", &error);
    cJSON_Delete(json);
    return status;
}

/* The least range is what quantisation_measure gives a layer whose activations are all 0. */
TEST(what_is_formatted_reads_back_to_the_bit)
{
    const struct quantisation written = {
        .count = 4,
        .ranges = {QUANTISATION_RANGE_LEAST, QUANTISATION_RANGE_MOST, 0.1f, 6.2831855f}};
    struct quantisation read = {.mean = 0.25f, .deviation = 0.5f};
    char *text = quantisation_format(&written);
    assert_non_null(text);
    if (read_text(&read, text, written.count) != DIGIT_OK)
        fail_msg("%s", error.message);
    assert_int_equal(read.count, written.count);
    assert_memory_equal(read.ranges, written.ranges, written.count * sizeof *written.ranges);
    assert_true(read.mean == 0.25f && read.deviation == 0.5f);
    cJSON_free(text);
}

TEST(wrong_ranges_are_refused)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"[1, 2]", "here: not a JSON object"},
        {"{\"ranges\": [1, 2], \"bits\": 8}", "here: unknown key \"bits\""},
        {"{}", "here: \"ranges\" must be an array of 2 numbers"},
        {"{\"ranges\": [1]}", "here: \"ranges\" must be an array of 2 numbers"},
        {"{\"ranges\": [1, \"2\"]}", "here: range 1 must be a number from 1e-6 to 1e9"},
        {"{\"ranges\": [9e-7, 2]}", "here: range 0 must be a number from 1e-6 to 1e9"},
        {"{\"ranges\": [1, 1.1e9]}", "here: range 1 must be a number from 1e-6 to 1e9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct quantisation out = {0};
        assert_failure(read_text(&out, cases[i].text, 2), &error, DIGIT_INVALID, cases[i].words);
    }
}

TEST_MAIN(cmocka_unit_test(what_is_formatted_reads_back_to_the_bit),
          cmocka_unit_test(wrong_ranges_are_refused))
