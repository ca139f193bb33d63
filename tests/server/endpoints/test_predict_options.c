#include "server/endpoints/predict_options.h"

#include <stdio.h>
#include <string.h>

#include "tests/test.h"

static enum problem read_parameter(struct predict_options *out, const char *name, const char *value,
                                   struct fault *fault)
{
    const struct request request = {.parameters = {{name, value}}, .parameter_count = 1};
    return predict_options_read(out, &request, fault);
}

static void assert_refused(const char *name, const char *value, const char *detail)
{
    struct predict_options options;
    struct fault fault;
    memset(&options, 0x77, sizeof options);
    assert_int_equal(read_parameter(&options, name, value, &fault), PROBLEM_INVALID_PARAMETER);
    assert_string_equal(fault.detail, detail);
    assert_memory_equal(&options.many, &(bool){false}, sizeof options.many);
    assert_int_equal(options.exact, 0);
}

TEST(predict_options_are_off_without_a_query)
{
    const struct request request = {.parameter_count = 0};
    struct predict_options options = {9, true, true, true, 9};
    struct fault fault;
    assert_int_equal(predict_options_read(&options, &request, &fault), PROBLEM_NONE);
    assert_int_equal(options.top_k, 0);
    assert_false(options.preview || options.explain || options.many);
    assert_int_equal(options.exact, 0);
}

/* How many digits `value` asks for; it must be taken. */
static size_t read_exact(const char *value)
{
    struct predict_options options;
    struct fault fault;
    assert_int_equal(read_parameter(&options, "digits", value, &fault), PROBLEM_NONE);
    assert_true(options.many);
    return options.exact;
}

TEST(predict_options_take_the_number_of_digits)
{
    assert_int_equal(read_exact("many"), 0);
    assert_int_equal(read_exact("1"), 1);
    assert_int_equal(read_exact("32"), 32);
}

TEST(predict_options_read_all_of_a_query)
{
    const struct request request = {
        .parameters = {{"top_k", "10"}, {"digits", "many"}, {"preview", NULL}, {"explain", "1"}},
        .parameter_count = 4};
    struct predict_options options;
    struct fault fault;
    assert_int_equal(predict_options_read(&options, &request, &fault), PROBLEM_NONE);
    assert_int_equal(options.top_k, 10);
    assert_true(options.preview && options.explain && options.many);
}

TEST(predict_options_take_what_is_the_default)
{
    const struct request request = {
        .parameters = {{"digits", "one"}, {"preview", "0"}, {"explain", "0"}},
        .parameter_count = 3};
    struct predict_options options;
    struct fault fault;
    assert_int_equal(predict_options_read(&options, &request, &fault), PROBLEM_NONE);
    assert_false(options.preview || options.explain || options.many);
}

#define DIGITS_ALLOWED ", must be one, many or a whole number from 1 to 32"

TEST(predict_options_refuse_what_does_not_fit)
{
    assert_refused("top_k", "0", "top_k is \"0\", must be a whole number from 1 to 10");
    assert_refused("top_k", "11", "top_k is \"11\", must be a whole number from 1 to 10");
    assert_refused("top_k", "010", "top_k is \"010\", must be a whole number from 1 to 10");
    assert_refused("top_k", "1 ", "top_k is \"1 \", must be a whole number from 1 to 10");
    assert_refused("top_k", NULL, "top_k is \"\", must be a whole number from 1 to 10");
    assert_refused("preview", "true", "preview is \"true\", must be 0 or 1");
    assert_refused("explain", "", "explain is \"\", must be 0 or 1");
    assert_refused("digits", "Many", "digits is \"Many\"" DIGITS_ALLOWED);
    static const char *const counts[] = {"0",  "33", "05",  "005", "5 ",
                                         "+5", "-1", "5.0", "0x5", "100"};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char detail[128];
        snprintf(detail, sizeof detail, "digits is \"%s\"" DIGITS_ALLOWED, counts[i]);
        assert_refused("digits", counts[i], detail);
    }
    assert_refused("top_k", "03", "top_k is \"03\", must be a whole number from 1 to 10");
    assert_refused("digits", NULL, "digits is \"\"" DIGITS_ALLOWED);
}

TEST(predict_parameters_are_those_that_are_read)
{
    size_t count = 0;
    for (; predict_parameters[count] != NULL; count++) {
        struct predict_options options;
        struct fault fault;
        assert_int_equal(read_parameter(&options, predict_parameters[count], "no", &fault),
                         PROBLEM_INVALID_PARAMETER);
    }
    assert_in_range(count, 1, REQUEST_PARAMETERS_MAX);
}

TEST_MAIN(cmocka_unit_test(predict_options_are_off_without_a_query),
          cmocka_unit_test(predict_options_take_the_number_of_digits),
          cmocka_unit_test(predict_options_read_all_of_a_query),
          cmocka_unit_test(predict_options_take_what_is_the_default),
          cmocka_unit_test(predict_options_refuse_what_does_not_fit),
          cmocka_unit_test(predict_parameters_are_those_that_are_read))
