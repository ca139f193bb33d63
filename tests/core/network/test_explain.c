#include <digit/explain.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/model.h"

#include "tests/test.h"

#define SQUARE_PX 4
#define STEP_PX   2

struct fixture {
    struct digit_model *model;
    struct digit_context *context;
};

static int make_fixture(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture->model = make_model(TINY_JSON);
    assert_int_equal(digit_context_create(&fixture->context, fixture->model, NULL), DIGIT_OK);
    *state = fixture;
    return 0;
}

static int free_fixture(void **state)
{
    struct fixture *fixture = *state;
    digit_context_destroy(fixture->context);
    digit_model_destroy(fixture->model);
    free(fixture);
    return 0;
}

static double log_odds(struct fixture *fixture, const float *pixels, size_t digit)
{
    struct digit_prediction answer;
    assert_int_equal(digit_context_predict(fixture->context, &answer, pixels, 1, NULL), DIGIT_OK);
    double p = (double)answer.probabilities[digit];
    double others = 0.0;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        others += i != digit ? (double)answer.probabilities[i] : 0.0;
    return log(p) - log(others);
}

/* Pixel (x, y) by definition: the mean decrease over the squares that cover it. */
static double expected_at(struct fixture *fixture, const float *pixels, size_t digit, size_t x,
                          size_t y)
{
    double whole = log_odds(fixture, pixels, digit);
    double sum = 0.0;
    size_t count = 0;
    for (size_t top = 0; top + SQUARE_PX <= DIGIT_SIDE_PX; top += STEP_PX)
        for (size_t left = 0; left + SQUARE_PX <= DIGIT_SIDE_PX; left += STEP_PX) {
            float covered[DIGIT_PIXELS];
            if (x < left || x >= left + SQUARE_PX || y < top || y >= top + SQUARE_PX)
                continue;
            memcpy(covered, pixels, sizeof covered);
            for (size_t i = 0; i < SQUARE_PX * SQUARE_PX; i++)
                covered[(top + i / SQUARE_PX) * DIGIT_SIDE_PX + left + i % SQUARE_PX] = 0.0f;
            sum += whole - log_odds(fixture, covered, digit);
            count++;
        }
    return sum / (double)count;
}

TEST(explain_is_the_mean_fall_of_the_log_odds_under_the_squares)
{
    struct fixture *fixture = *state;
    static const size_t places[][2] = {{0, 0}, {1, 3}, {13, 14}, {27, 27}, {2, 26}};
    float pixels[DIGIT_PIXELS], map[DIGIT_PIXELS];
    fill_numbers(pixels, DIGIT_PIXELS, 5);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        pixels[i] = fabsf(pixels[i]);
    for (size_t digit = 0; digit < DIGIT_CLASSES; digit += 4) {
        assert_int_equal(digit_explain(fixture->context, map, pixels, digit, NULL), DIGIT_OK);
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
            /* Floats of about 1, at most nine of them added. */
            assert_float_equal(map[places[i][1] * DIGIT_SIDE_PX + places[i][0]],
                               expected_at(fixture, pixels, digit, places[i][0], places[i][1]),
                               1e-4);
    }
}

TEST(explain_finds_nothing_where_there_is_no_ink)
{
    struct fixture *fixture = *state;
    float pixels[DIGIT_PIXELS] = {0.0f}, map[DIGIT_PIXELS];
    assert_int_equal(digit_explain(fixture->context, map, pixels, 3, NULL), DIGIT_OK);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        assert_true(map[i] == 0.0f);
}

TEST(explain_refuses_pixels_that_are_not_finite)
{
    struct fixture *fixture = *state;
    struct digit_error error;
    float pixels[DIGIT_PIXELS] = {NAN}, map[DIGIT_PIXELS];
    assert_int_equal(digit_explain(fixture->context, map, pixels, 3, &error), DIGIT_INVALID);
}

TEST_MAIN_WITH(make_fixture, free_fixture,
               cmocka_unit_test(explain_is_the_mean_fall_of_the_log_odds_under_the_squares),
               cmocka_unit_test(explain_finds_nothing_where_there_is_no_ink),
               cmocka_unit_test(explain_refuses_pixels_that_are_not_finite))
