#include <digit/reader.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/core/read/fixture.h"

#include "tests/test.h"

#define ALL_ALTERNATIVES 127

/* Random pictures; under a sanitizer, too, that takes some seconds. */
#define RANDOM_PICTURES 150

static struct digit_reading read_with(struct digit_reader *with, const struct canvas *canvas)
{
    const struct digit_image image = canvas_image(canvas);
    struct digit_reading reading;
    struct digit_error error;
    memset(&reading, 77, sizeof reading);
    digit_reader_propose(with, &image);
    if (digit_reader_read(with, &reading, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    return reading;
}

static struct digit_reading read_and_free(struct canvas *canvas)
{
    struct digit_reading reading = read_with(reader, canvas);
    canvas_free(canvas);
    return reading;
}

static bool warns(const struct digit_reading *reading, enum digit_warning warning)
{
    return (reading->receipt.warnings & warning) != 0;
}

static void assert_same(const struct digit_reading *a, const struct digit_reading *b)
{
    assert_memory_equal(a->octets, b->octets, DIGIT_PIXELS);
    assert_memory_equal(a->prediction.probabilities, b->prediction.probabilities,
                        sizeof a->prediction.probabilities);
    assert_int_equal(a->prediction.uncertain, b->prediction.uncertain);
    assert_int_equal(a->hypotheses, b->hypotheses);
    assert_int_equal(a->receipt.steps, b->receipt.steps);
    assert_int_equal(a->receipt.warnings, b->receipt.warnings);
    assert_memory_equal(&a->receipt.crop, &b->receipt.crop, sizeof a->receipt.crop);
    assert_int_equal(a->second.digit, b->second.digit);
    assert_true(a->second.confidence == b->second.confidence);
}

static void assert_seven(struct canvas *canvas)
{
    struct digit_reading reading = read_and_free(canvas);
    assert_int_equal(reading.prediction.digit, 7);
    assert_false(reading.prediction.uncertain);
    assert_false(warns(&reading, DIGIT_WARNING_BLANK));
}

TEST(of_a_mnist_normalised_picture_the_prediction_is_the_networks)
{
    static const uint8_t levels[] = {255, 200, 128};
    for (size_t i = 0; i < sizeof levels; i++) {
        struct canvas canvas = draw_normalised(levels[i]);
        struct digit_prediction prediction;
        assert_int_equal(
            digit_context_predict_octets(fixture_context(), &prediction, canvas.luma, 1, NULL),
            DIGIT_OK);
        struct digit_reading reading = read_with(reader, &canvas);
        assert_int_equal(reading.hypotheses, 1);
        assert_int_equal(reading.second.digit, DIGIT_CLASSES);
        assert_memory_equal(reading.octets, canvas.luma, DIGIT_PIXELS);
        assert_memory_equal(&reading.prediction.probabilities, &prediction.probabilities,
                            sizeof prediction.probabilities);
        assert_int_equal(reading.prediction.digit, prediction.digit);
        assert_true(reading.prediction.uncertainty == prediction.uncertainty);
        assert_int_equal(reading.prediction.uncertain, prediction.uncertain);
        canvas_free(&canvas);
    }
}

TEST(a_seven_is_read_on_paper_of_all_kinds)
{
    struct canvas canvas = draw_seven(230, 30);
    assert_seven(&canvas);
    canvas = draw_seven(30, 230);
    assert_seven(&canvas);
    canvas = draw_on_patch();
    assert_seven(&canvas);
    canvas = draw_in_uneven_light();
    assert_seven(&canvas);
    canvas = draw_seven(230, 222);
    assert_seven(&canvas);
    canvas = canvas_make(2000, 2000, 230);
    canvas_seven(&canvas, 700, 1300, 40, 5, 30);
    assert_seven(&canvas);
}

/* The seven of 28x28 that has ink of a tenth of the levels. */
TEST(a_faint_seven_of_28x28_is_read)
{
    struct canvas canvas = draw_seven(230, 30);
    struct digit_reading clean = read_and_free(&canvas);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        clean.octets[i] = (uint8_t)(clean.octets[i] / 10);
    canvas = canvas_of_digit(clean.octets);
    struct digit_reading faint = read_and_free(&canvas);
    assert_int_equal(faint.prediction.digit, 7);
    assert_false(faint.prediction.uncertain);
    assert_true(warns(&faint, DIGIT_WARNING_LOW_CONTRAST));
}

TEST(a_blank_picture_is_uncertain)
{
    static const uint8_t black[DIGIT_PIXELS];
    for (size_t side = 1; side <= 700; side = 3 * side + 1) {
        struct canvas canvas = canvas_make(side, side, 200);
        struct digit_reading reading = read_and_free(&canvas);
        assert_int_equal(reading.receipt.warnings, DIGIT_WARNING_BLANK);
        assert_true(reading.prediction.uncertain);
        assert_true(reading.prediction.uncertainty == 1);
        assert_memory_equal(reading.octets, black, DIGIT_PIXELS);
        assert_int_equal(reading.hypotheses, 1);
    }
}

TEST(noise_is_blank_or_uncertain)
{
    static const size_t sides[] = {28, 60, 120, 300};
    static const int levels[] = {2, 5, 20, 100};
    for (size_t i = 0; i < 64; i++) {
        size_t side = sides[i % 4];
        struct canvas canvas = canvas_make(side, side, i % 8 < 4 ? 128 : 230);
        canvas_noise(&canvas, levels[i / 4 % 4], i);
        struct digit_reading reading = read_and_free(&canvas);
        if (!reading.prediction.uncertain)
            fail_msg("noise of %d levels on %zux%zu px, seed %zu, is read as %zu with %.3f",
                     levels[i / 4 % 4], side, side, i, reading.prediction.digit,
                     (double)reading.prediction.confidence);
    }
}

TEST(the_limit_of_hypotheses_is_kept)
{
    struct canvas canvas = draw_in_uneven_light();
    struct digit_reading all = read_with(reader, &canvas);
    assert_true(all.hypotheses > 2);
    for (size_t limit = all.hypotheses - 1; limit <= all.hypotheses + 1; limit++) {
        const struct digit_reader_limits limits = {limit, 1, 1, 1};
        struct digit_reader *limited = fixture_reader(&limits);
        struct digit_reading reading = read_with(limited, &canvas);
        assert_int_equal(reading.hypotheses, limit < all.hypotheses ? limit : all.hypotheses);
        if (limit >= all.hypotheses)
            assert_same(&reading, &all);
        digit_reader_destroy(limited);
    }
    canvas_free(&canvas);
}

static void assert_refused(const struct digit_reader_limits *limits, const char *message)
{
    struct digit_error error;
    struct digit_reader *refused = reader;
    assert_int_equal(digit_reader_create(&refused, fixture_context(), limits, &error),
                     DIGIT_INVALID);
    assert_string_equal(error.message, message);
    assert_null(refused);
}

TEST(limits_out_of_range_are_refused)
{
    assert_refused(&(struct digit_reader_limits){0, 1, 1, 1},
                   "max_hypotheses is 0, must be from 1 to 20");
    assert_refused(&(struct digit_reader_limits){21, 1, 1, 1},
                   "max_hypotheses is 21, must be from 1 to 20");
    assert_refused(&(struct digit_reader_limits){1, 0, 1, 1},
                   "max_lines is 0, must be from 1 to 64");
    assert_refused(&(struct digit_reader_limits){1, 65, 1, 1},
                   "max_lines is 65, must be from 1 to 64");
    assert_refused(&(struct digit_reader_limits){1, 1, 0, 1},
                   "max_candidates is 0, must be from 1 to 4096");
    assert_refused(&(struct digit_reader_limits){1, 1, 4097, 1},
                   "max_candidates is 4097, must be from 1 to 4096");
    assert_refused(&(struct digit_reader_limits){1, 1, 1, 0},
                   "max_digits is 0, must be from 1 to 256");
    assert_refused(&(struct digit_reader_limits){1, 1, 1, 257},
                   "max_digits is 257, must be from 1 to 256");
    digit_reader_destroy(fixture_reader(&(struct digit_reader_limits){
        DIGIT_HYPOTHESES_MAX, DIGIT_LINES_MAX, DIGIT_CANDIDATES_MAX, DIGIT_DIGITS_MAX}));
    digit_reader_destroy(fixture_reader(&(struct digit_reader_limits){1, 1, 1, 1}));
    digit_reader_destroy(NULL);
}

TEST(alternatives_can_be_left_out_and_tried_again)
{
    struct canvas canvas = draw_in_uneven_light();
    struct digit_reading all = read_with(reader, &canvas);
    digit_reader_leave_out(reader, ALL_ALTERNATIVES);
    struct digit_reading usual = read_with(reader, &canvas);
    digit_reader_leave_out(reader, 0);
    struct digit_reading again = read_and_free(&canvas);
    assert_int_equal(usual.hypotheses, 1);
    assert_int_equal(usual.second.digit, DIGIT_CLASSES);
    assert_same(&again, &all);
}

TEST(a_second_reading_is_another_digit_of_another_hypothesis)
{
    uint64_t seed = 3;
    size_t warned = 0;
    for (int i = 0; i < RANDOM_PICTURES; i++) {
        struct canvas canvas = canvas_random(&seed);
        struct digit_reading reading = read_and_free(&canvas);
        assert_int_equal(reading.second.digit == DIGIT_CLASSES, reading.hypotheses == 1);
        assert_int_not_equal(reading.second.digit, reading.prediction.digit);
        if (!warns(&reading, DIGIT_WARNING_SECOND_READING))
            continue;
        warned++;
        assert_true(reading.hypotheses > 1);
        assert_true(reading.second.confidence >= 0.05F && reading.second.confidence <= 0.5F);
    }
    assert_in_range(warned, 1, RANDOM_PICTURES - 1);
}

static void assert_within_picture(const struct digit_reading *reading, const struct canvas *canvas)
{
    const struct digit_box *crop = &reading->receipt.crop;
    assert_true(crop->left_px + crop->width_px <= canvas->width_px);
    assert_true(crop->top_px + crop->height_px <= canvas->height_px);
    assert_int_equal(crop->width_px == 0, warns(reading, DIGIT_WARNING_BLANK));
    assert_in_range(reading->hypotheses, 1, DIGIT_HYPOTHESES_MAX);
    assert_in_range(reading->prediction.digit, 0, 9);
}

/* Pictures of all kinds, each of them again with another one before it, and by a reader that saw nothing before. */
TEST(a_reading_is_the_same_whatever_was_read_before)
{
    uint64_t seed = 11;
    for (int i = 0; i < RANDOM_PICTURES; i++) {
        struct canvas canvas = canvas_random(&seed), other = canvas_random(&seed);
        struct digit_reading first = read_with(reader, &canvas);
        read_and_free(&other);
        struct digit_reading second = read_with(reader, &canvas);
        assert_same(&first, &second);
        assert_within_picture(&first, &canvas);
        if (i % 10 == 0) {
            struct digit_reader *fresh = fixture_reader(NULL);
            second = read_with(fresh, &canvas);
            assert_same(&first, &second);
            digit_reader_destroy(fresh);
        }
        canvas_free(&canvas);
    }
}

TEST_MAIN_WITH(create_reader, destroy_reader,
               cmocka_unit_test(of_a_mnist_normalised_picture_the_prediction_is_the_networks),
               cmocka_unit_test(a_seven_is_read_on_paper_of_all_kinds),
               cmocka_unit_test(a_faint_seven_of_28x28_is_read),
               cmocka_unit_test(a_blank_picture_is_uncertain),
               cmocka_unit_test(noise_is_blank_or_uncertain),
               cmocka_unit_test(the_limit_of_hypotheses_is_kept),
               cmocka_unit_test(limits_out_of_range_are_refused),
               cmocka_unit_test(alternatives_can_be_left_out_and_tried_again),
               cmocka_unit_test(a_second_reading_is_another_digit_of_another_hypothesis),
               cmocka_unit_test(a_reading_is_the_same_whatever_was_read_before))
