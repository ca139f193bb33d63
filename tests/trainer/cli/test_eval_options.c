#include "trainer/cli/eval_options.h"

#include <digit/reader.h>

#include "tests/test.h"

static void assert_refused(const struct eval_options *options, const char *message)
{
    struct digit_error error;
    assert_int_equal(eval_options_check(options, &error), DIGIT_INVALID);
    assert_string_equal(error.message, message);
}

static struct eval_options parsed(char *argument)
{
    struct eval_options options = {0};
    struct digit_error error;
    unsigned action;
    char *arguments[] = {(char[]){"digitd-eval"}, argument, NULL}, *environment = NULL;
    if (options_load(&options, &action, &eval_option_table, 2, arguments, &environment, &error) !=
        DIGIT_OK)
        fail_msg("%s", error.message);
    return options;
}

TEST(the_pipeline_is_one_of_three)
{
    assert_int_equal(parsed((char[]){"--threads=1"}).pipeline, EVAL_PIPELINE_SERVICE);
    assert_int_equal(parsed((char[]){"--pipeline=service"}).pipeline, EVAL_PIPELINE_SERVICE);
    assert_int_equal(parsed((char[]){"--pipeline=naive"}).pipeline, EVAL_PIPELINE_NAIVE);
    assert_int_equal(parsed((char[]){"--pipeline=both"}).pipeline, EVAL_PIPELINE_BOTH);
}

static unsigned left_out(char *argument)
{
    const struct eval_options options = parsed(argument);
    return eval_options_left_out(&options);
}

TEST(what_to_leave_out_are_bits_of_alternatives)
{
    assert_int_equal(left_out((char[]){"--threads=1"}), 0);
    assert_int_equal(left_out((char[]){"--leave-out=none"}), 0);
    assert_int_equal(left_out((char[]){"--leave-out=polarity"}), DIGIT_ALTERNATIVE_POLARITY);
    assert_int_equal(left_out((char[]){"--leave-out=whole"}), DIGIT_ALTERNATIVE_WHOLE);
    assert_int_equal(left_out((char[]){"--leave-out=otsu"}), DIGIT_ALTERNATIVE_OTSU);
    assert_int_equal(left_out((char[]){"--leave-out=lines"}), DIGIT_ALTERNATIVE_LINES);
    assert_int_equal(left_out((char[]){"--leave-out=stroke"}), DIGIT_ALTERNATIVE_STROKE);
    assert_int_equal(left_out((char[]){"--leave-out=untouched"}), DIGIT_ALTERNATIVE_UNTOUCHED);
    assert_int_equal(left_out((char[]){"--leave-out=otsu_again"}), DIGIT_ALTERNATIVE_OTSU_AGAIN);
    assert_int_equal(left_out((char[]){"--leave-out=all"}), 2 * DIGIT_ALTERNATIVE_OTSU_AGAIN - 1);
}

TEST(options_that_contradict_each_other_are_refused)
{
    assert_refused(&(struct eval_options){0}, "--data DIR or --images FILE is required");
    assert_refused(&(struct eval_options){.data = "a", .images = "b"},
                   "--data and --images cannot be combined");
    assert_refused(&(struct eval_options){.images = "b", .corruptions = true},
                   "--corruptions needs --data, not --images");
    assert_refused(&(struct eval_options){.images = "b", .preprocess = true},
                   "--preprocess needs --data, not --images");
    assert_refused(&(struct eval_options){.images = "b", .report = "c"},
                   "--report needs --data, not --images");
    assert_refused(&(struct eval_options){.data = "a", .preprocess = true, .report = "c"},
                   "--preprocess and --report cannot be combined");
    assert_refused(&(struct eval_options){.data = "a", .leave_out = 1},
                   "--leave-out needs --images, not --data");
    assert_refused(&(struct eval_options){.data = "a", .pipeline = EVAL_PIPELINE_BOTH},
                   "--pipeline needs --images, not --data");
    assert_refused(
        &(struct eval_options){.images = "b", .pipeline = EVAL_PIPELINE_NAIVE, .leave_out = 1},
        "--leave-out and --pipeline naive cannot be combined");
    const struct eval_options both = {
        .images = "b", .pipeline = EVAL_PIPELINE_BOTH, .leave_out = 1};
    assert_int_equal(eval_options_check(&both, NULL), DIGIT_OK);
}

TEST_MAIN(cmocka_unit_test(the_pipeline_is_one_of_three),
          cmocka_unit_test(what_to_leave_out_are_bits_of_alternatives),
          cmocka_unit_test(options_that_contradict_each_other_are_refused))
