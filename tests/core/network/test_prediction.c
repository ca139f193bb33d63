#include "core/network/prediction.h"

#include <math.h>
#include <string.h>

#include "tests/test.h"

static const float logits[DIGIT_CLASSES] = {1.0f, -2.0f, 0.5f, 3.0f,  -0.25f,
                                            2.0f, -4.0f, 0.0f, 0.25f, -1.0f};

static const float temperatures[] = {0.05f, 0.7f, 1.0f, 1.3f, 20.0f};

#define TEMPERATURES (sizeof temperatures / sizeof *temperatures)

static struct digit_prediction make(const float *of, float temperature, float uncertain_above)
{
    const struct model_calibration calibration = {temperature, uncertain_above};
    struct digit_prediction out;
    assert_true(prediction_make(&out, of, &calibration));
    return out;
}

TEST(probabilities_are_the_softmax_of_logits_over_temperature)
{
    for (size_t t = 0; t < TEMPERATURES; t++) {
        struct digit_prediction out = make(logits, temperatures[t], 0.5f);
        double sum = 0.0;
        for (size_t i = 0; i < DIGIT_CLASSES; i++)
            sum += exp((double)logits[i] / (double)temperatures[t]);
        for (size_t i = 0; i < DIGIT_CLASSES; i++) {
            double expected = exp((double)logits[i] / (double)temperatures[t]) / sum;
            /* expf of an exponent down to -140 */
            assert_true(fabs((double)out.probabilities[i] - expected) < 1e-6);
        }
        assert_int_equal(out.digit, 3);
        assert_true(out.confidence == out.probabilities[3]);
    }
}

/* A float can represent 1e-20, but 1 - 1e-20 is rounded to 1. */
TEST(uncertainty_is_what_the_other_classes_have_together)
{
    float sure[DIGIT_CLASSES] = {0};
    struct digit_prediction out = make(logits, 1.0f, 0.5f);
    assert_true(fabsf(out.uncertainty - (1.0f - out.confidence)) < 1e-6f);
    sure[4] = 46.0f;
    out = make(sure, 1.0f, 0.5f);
    assert_true(out.confidence == 1.0f);
    assert_true(fabs((double)out.uncertainty / (9.0 * exp(-46.0)) - 1.0) < 1e-5);
}

TEST(an_answer_is_uncertain_above_the_threshold_and_not_at_it)
{
    float uncertainty = make(logits, 1.0f, 0.5f).uncertainty;
    assert_false(make(logits, 1.0f, uncertainty).uncertain);
    assert_true(make(logits, 1.0f, nextafterf(uncertainty, 0.0f)).uncertain);
    assert_true(make(logits, 1.0f, 0.0f).uncertain);
    assert_false(make(logits, 1.0f, 1.0f).uncertain);
}

/* Two logits so close that their probabilities are equal at a high temperature. */
TEST(no_temperature_changes_the_digit)
{
    float near[DIGIT_CLASSES] = {0};
    static const float even[DIGIT_CLASSES] = {0};
    near[2] = 0.1f;
    near[7] = nextafterf(0.1f, 1.0f);
    for (size_t t = 0; t < TEMPERATURES; t++) {
        struct digit_prediction out = make(near, temperatures[t], 0.5f);
        assert_int_equal(out.digit, 7);
        for (size_t i = 0; i < DIGIT_CLASSES; i++)
            assert_true(out.probabilities[i] <= out.confidence);
        assert_int_equal(make(even, temperatures[t], 0.5f).digit, 0);
    }
}

TEST(huge_logits_leave_nothing_that_is_no_number)
{
    float huge[DIGIT_CLASSES] = {-3e38f, 3e38f};
    struct digit_prediction out = make(huge, 0.05f, 0.5f);
    assert_int_equal(out.digit, 1);
    assert_true(out.confidence == 1.0f);
    assert_true(out.uncertainty == 0.0f);
}

TEST(logits_that_are_not_finite_are_refused)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        float broken[DIGIT_CLASSES];
        struct digit_prediction out;
        memcpy(broken, logits, sizeof broken);
        broken[9] = bad[i];
        assert_false(prediction_make(&out, broken, &model_uncalibrated));
    }
}

TEST_MAIN(cmocka_unit_test(probabilities_are_the_softmax_of_logits_over_temperature),
          cmocka_unit_test(uncertainty_is_what_the_other_classes_have_together),
          cmocka_unit_test(an_answer_is_uncertain_above_the_threshold_and_not_at_it),
          cmocka_unit_test(no_temperature_changes_the_digit),
          cmocka_unit_test(huge_logits_leave_nothing_that_is_no_number),
          cmocka_unit_test(logits_that_are_not_finite_are_refused))
