#include <math.h>

#include "core/number/score.h"

#include "tests/test.h"

/* One line of digits 60 px high, its centre at y = 100, with a piece of that height. */
static struct plane plane = {.width_px = 400, .height_px = 200};
static struct text_lines lines = {.count = 1,
                                  .items = {{.height_px = 60, .middle_x = 200, .middle_y = 100}}};
static struct pieces pieces = {.count = 1, .first_of_line = {0, 1}, .stroke_px = {800}};
static const struct features_context context = {&plane, &pieces, &lines};
static struct candidate candidate = {.first = 0, .end = 1};
static float scores[DIGIT_CLASSES];

static void place_piece(size_t top, size_t width, size_t height)
{
    struct box box = {
        .left = 100, .top = top, .right = 100 + width - 1, .bottom = top + height - 1};
    candidate.box = box;
    candidate.mass = 255 * 8 * 2 * height;
    pieces.items[0] =
        (struct piece){.box = box, .mass = candidate.mass, .left = PIECE_NONE, .right = PIECE_NONE};
}

static struct digit_prediction prediction_of(size_t digit, float confidence)
{
    struct digit_prediction out = {
        .digit = digit, .confidence = confidence, .uncertainty = 1 - confidence};
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        out.probabilities[i] = i == digit ? confidence : out.uncertainty / 9;
    return out;
}

TEST(a_clear_digit_is_read_rather_than_dropped)
{
    place_piece(71, 40, 60);
    for (size_t digit = 0; digit < DIGIT_CLASSES; digit++) {
        struct digit_prediction prediction = prediction_of(digit, 0.999F);
        score_candidate(scores, &context, &candidate, &prediction, false);
        float dropped = score_drop(&context, 0, &prediction);
        assert_true(scores[digit] > dropped + 3);
        for (size_t i = 0; i < DIGIT_CLASSES; i++)
            assert_true(i == digit || scores[digit] > scores[i] + 3);
    }
}

TEST(a_speck_is_dropped)
{
    place_piece(118, 10, 9);
    struct digit_prediction prediction = prediction_of(1, 0.5F);
    score_candidate(scores, &context, &candidate, &prediction, false);
    float dropped = score_drop(&context, 0, NULL);
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        assert_true(scores[i] < dropped - 1);
}

TEST(doubt_and_a_lower_height_make_scores_lower)
{
    struct digit_prediction sure = prediction_of(3, 0.999F), unsure = prediction_of(3, 0.3F);
    place_piece(71, 40, 60);
    score_candidate(scores, &context, &candidate, &sure, false);
    float clear = scores[3];
    score_candidate(scores, &context, &candidate, &unsure, false);
    assert_true(scores[3] < clear - 1);
    place_piece(91, 20, 20);
    score_candidate(scores, &context, &candidate, &sure, false);
    assert_true(scores[3] < clear - 1);
}

/* A network may answer 0 and 1 exactly. */
TEST(scores_are_finite)
{
    struct digit_prediction prediction = prediction_of(4, 1);
    place_piece(0, 1, 1);
    candidate.mass = pieces.items[0].mass = 1;
    score_candidate(scores, &context, &candidate, &prediction, true);
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        assert_true(isfinite(scores[i]));
    assert_true(isfinite(score_drop(&context, 0, NULL)));
}

TEST_MAIN(cmocka_unit_test(a_clear_digit_is_read_rather_than_dropped),
          cmocka_unit_test(a_speck_is_dropped),
          cmocka_unit_test(doubt_and_a_lower_height_make_scores_lower),
          cmocka_unit_test(scores_are_finite))
