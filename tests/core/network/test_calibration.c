#include "core/network/calibration.h"

#include <string.h>

#include "core/base/json.h"
#include "tests/support/failure.h"
#include "tests/test.h"

static struct digit_error error;

static enum digit_status read_text(struct model_calibration *out, const char *text)
{
    cJSON *json;
    assert_int_equal(json_parse(&json, text, strlen(text), "here", &error), DIGIT_OK);
    enum digit_status status = model_calibration_read(out, json, "here", &error);
    cJSON_Delete(json);
    return status;
}

TEST(what_is_written_is_read_to_the_bit)
{
    static const struct model_calibration cases[] = {
        {1.0f, 0.5f},           {0.05f, 0.0f},         {20.0f, 1.0f},
        {1.23456789f, 1.2e-7f}, {0.87654321f, 1e-30f}, {1.0000001f, 0.99999994f},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[MODEL_CALIBRATION_TEXT_BYTES];
        struct model_calibration out;
        model_calibration_format(text, &cases[i]);
        assert_int_equal(read_text(&out, text), DIGIT_OK);
        assert_memory_equal(&out, &cases[i], sizeof out);
    }
}

TEST(what_does_not_fit_is_refused_by_name)
{
    static const struct {
        const char *json;
        const char *words;
    } cases[] = {
        {"[1,0.5]", "here: not a JSON object"},
        {"{}", "here: key \"temperature\" is missing"},
        {"{\"temperature\":1}", "here: key \"uncertain_above\" is missing"},
        {"{\"temperature\":1,\"uncertain_above\":0.5,\"bias\":0}", "here: unknown key \"bias\""},
        {"{\"temperature\":\"1\",\"uncertain_above\":0.5}",
         "here: \"temperature\" must be a number"},
        {"{\"temperature\":0,\"uncertain_above\":0.5}",
         "here: \"temperature\" is 0, must be 0.05 to 20"},
        {"{\"temperature\":-1,\"uncertain_above\":0.5}",
         "here: \"temperature\" is -1, must be 0.05 to 20"},
        {"{\"temperature\":1e999,\"uncertain_above\":0.5}",
         "here: \"temperature\" is inf, must be 0.05 to 20"},
        {"{\"temperature\":1,\"uncertain_above\":null}", "\"uncertain_above\" must be a number"},
        {"{\"temperature\":1,\"uncertain_above\":-0.1}",
         "here: \"uncertain_above\" is -0.1, must be 0 to 1"},
        {"{\"temperature\":1,\"uncertain_above\":1.01}",
         "here: \"uncertain_above\" is 1.01, must be 0 to 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model_calibration out;
        assert_failure(read_text(&out, cases[i].json), &error, DIGIT_INVALID, cases[i].words);
    }
}

TEST_MAIN(cmocka_unit_test(what_is_written_is_read_to_the_bit),
          cmocka_unit_test(what_does_not_fit_is_refused_by_name))
