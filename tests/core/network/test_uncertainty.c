#include <digit/uncertainty.h>

#include "tests/test.h"

/* A sure answer, and one that the network doubts. */
static const struct digit_prediction sure = {.digit = 7, .confidence = 0.9f, .uncertainty = 0.1f};
static const struct digit_prediction doubted = {
    .digit = 7, .confidence = 0.25f, .uncertainty = 0.75f, .uncertain = true};

static struct digit_prediction apply(struct digit_prediction prediction, unsigned warnings)
{
    const struct digit_receipt receipt = {.warnings = warnings};
    digit_prediction_apply_receipt(&prediction, &receipt);
    return prediction;
}

static void assert_judged(struct digit_prediction actual, float uncertainty, bool uncertain)
{
    assert_true(actual.uncertainty == uncertainty);
    assert_int_equal(actual.uncertain, uncertain);
    assert_int_equal(actual.digit, 7);
}

TEST(a_blank_picture_is_wholly_uncertain)
{
    const unsigned both = DIGIT_WARNING_BLANK | DIGIT_WARNING_SEVERAL_COMPONENTS;
    assert_judged(apply(sure, DIGIT_WARNING_BLANK), 1.0f, true);
    assert_judged(apply(doubted, DIGIT_WARNING_BLANK), 1.0f, true);
    assert_judged(apply(sure, both), 1.0f, true);
}

TEST(a_picture_of_several_digits_is_uncertain_by_a_half_at_least)
{
    assert_judged(apply(sure, DIGIT_WARNING_SEVERAL_COMPONENTS), 0.5f, true);
    assert_judged(apply(doubted, DIGIT_WARNING_SEVERAL_COMPONENTS), 0.75f, true);
}

TEST(other_warnings_change_nothing)
{
    const unsigned others =
        DIGIT_WARNING_LOW_CONTRAST | DIGIT_WARNING_INK_DROPPED | DIGIT_WARNING_TOUCHES_EDGE;
    assert_judged(apply(sure, 0), 0.1f, false);
    assert_judged(apply(sure, others), 0.1f, false);
    assert_judged(apply(doubted, others), 0.75f, true);
}

TEST_MAIN(cmocka_unit_test(a_blank_picture_is_wholly_uncertain),
          cmocka_unit_test(a_picture_of_several_digits_is_uncertain_by_a_half_at_least),
          cmocka_unit_test(other_warnings_change_nothing))
