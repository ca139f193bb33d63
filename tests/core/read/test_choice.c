#include "core/read/choice.h"

#include <math.h>
#include <string.h>

#include "tests/test.h"

#define UNCERTAIN_ABOVE 0.2F

static struct hypotheses hypotheses;
static struct digit_prediction predictions[HYPOTHESES_MAX];
static struct choice choice;

/* Hypothesis `index` reads `digit` with this confidence; the rest is shared evenly. */
static void set(size_t index, float log_prior, size_t digit, float confidence)
{
    struct digit_prediction *prediction = &predictions[index];
    hypotheses.items[index].log_prior = log_prior;
    *prediction = (struct digit_prediction){
        .digit = digit, .confidence = confidence, .uncertainty = 1 - confidence};
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        prediction->probabilities[i] = i == digit ? confidence : (1 - confidence) / 9;
}

static void choose(size_t count)
{
    float weight_sum = 0, probability_sum = 0;
    hypotheses.count = count;
    choice_make(&choice, &hypotheses, predictions, UNCERTAIN_ABOVE);
    for (size_t i = 0; i < count; i++)
        weight_sum += choice.weights[i];
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        probability_sum += choice.prediction.probabilities[i];
    assert_true(fabsf(weight_sum - 1) < 1e-5F);
    assert_true(fabsf(probability_sum - 1) < 1e-5F);
    assert_true(fabsf(choice.prediction.confidence + choice.prediction.uncertainty - 1) < 1e-5F);
    assert_int_equal(choice.prediction.uncertain, choice.prediction.uncertainty > UNCERTAIN_ABOVE);
}

TEST(of_one_hypothesis_the_prediction_is_the_answer)
{
    set(0, -3, 4, 0.83F);
    choose(1);
    assert_memory_equal(&choice.prediction, &predictions[0], sizeof predictions[0]);
    assert_int_equal(choice.hypothesis, 0);
    assert_int_equal(choice.second_digit, DIGIT_CLASSES);
    assert_true(choice.second_confidence == 0);
    assert_true(choice.weights[0] == 1);
}

TEST(hypotheses_that_agree_are_sure)
{
    set(0, 0, 4, 0.98F);
    set(1, 0, 4, 0.98F);
    choose(2);
    assert_int_equal(choice.prediction.digit, 4);
    assert_true(fabsf(choice.prediction.confidence - 0.98F) < 1e-5F);
    assert_false(choice.prediction.uncertain);
    assert_true(choice.weights[0] == 0.5F);
}

TEST(sure_hypotheses_that_disagree_make_the_answer_uncertain)
{
    set(0, 0, 1, 0.99F);
    set(1, 0.5F, 7, 0.99F);
    choose(2);
    assert_int_equal(choice.prediction.digit, 7);
    assert_int_equal(choice.hypothesis, 1);
    assert_int_equal(choice.second_digit, 1);
    assert_int_equal(choice.second_hypothesis, 0);
    assert_true(choice.prediction.uncertain);
    /* weights 1 and e^0.5, normalised */
    float first = 1 / (1 + expf(0.5F));
    assert_true(fabsf(choice.second_confidence - (first * 0.99F + (1 - first) * 0.01F / 9)) <
                1e-5F);
}

TEST(what_the_network_takes_for_no_digit_has_little_weight)
{
    set(0, 2, 3, 0.15F);
    set(1, 0, 8, 0.99F);
    choose(2);
    assert_int_equal(choice.prediction.digit, 8);
    assert_true(choice.weights[0] < 0.01F);
    assert_false(choice.prediction.uncertain);
}

/* weight = prior * confidence^exponent: ratios of confidences and of priors are what counts. */
TEST(weights_are_priors_times_a_power_of_the_confidence)
{
    float ratios[2];
    for (size_t i = 0; i < 2; i++) {
        set(0, (float)i, 3, 0.8F);
        set(1, 0, 3, 0.4F);
        choose(2);
        ratios[i] = choice.weights[0] / choice.weights[1];
    }
    float exponent = log2f(ratios[0]);
    assert_true(exponent > 1);
    assert_true(fabsf(ratios[1] / ratios[0] - expf(1)) < 1e-3F);
    set(0, 0, 3, 0.9F);
    set(1, 0, 3, 0.3F);
    choose(2);
    assert_true(fabsf(choice.weights[0] / choice.weights[1] - powf(3, exponent)) <
                1e-3F * powf(3, exponent));
}

/* Three weak ones of the same digit outweigh one of another. */
TEST(hypotheses_of_the_same_digit_add_up)
{
    set(0, 0, 5, 0.9F);
    for (size_t i = 1; i <= 3; i++)
        set(i, -0.5F, 6, 0.9F);
    choose(4);
    assert_int_equal(choice.prediction.digit, 6);
    assert_int_equal(choice.hypothesis, 1);
    assert_int_equal(choice.second_digit, 5);
    assert_int_equal(choice.second_hypothesis, 0);
}

TEST(extreme_priors_and_confidences_stay_finite)
{
    set(0, -1000, 5, 1);
    set(1, 1000, 6, 0.1F);
    set(2, 0, 7, 0);
    choose(3);
    assert_true(choice.weights[1] == 1);
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        assert_true(isfinite(choice.prediction.probabilities[i]));
}

TEST(the_most_hypotheses_have_room)
{
    for (size_t i = 0; i < HYPOTHESES_MAX; i++)
        set(i, 0, i % 10, 0.5F + (float)i / 100);
    choose(HYPOTHESES_MAX);
    assert_int_equal(choice.prediction.digit, 9);
    assert_int_equal(choice.hypothesis, HYPOTHESES_MAX - 1);
}

TEST_MAIN(cmocka_unit_test(of_one_hypothesis_the_prediction_is_the_answer),
          cmocka_unit_test(hypotheses_that_agree_are_sure),
          cmocka_unit_test(sure_hypotheses_that_disagree_make_the_answer_uncertain),
          cmocka_unit_test(what_the_network_takes_for_no_digit_has_little_weight),
          cmocka_unit_test(weights_are_priors_times_a_power_of_the_confidence),
          cmocka_unit_test(hypotheses_of_the_same_digit_add_up),
          cmocka_unit_test(extreme_priors_and_confidences_stay_finite),
          cmocka_unit_test(the_most_hypotheses_have_room))
