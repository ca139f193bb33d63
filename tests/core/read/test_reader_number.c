#include <digit/reader.h>

#include <stdio.h>
#include <string.h>

#include "tests/core/read/fixture.h"

#include "tests/test.h"

#define DIGITS_MAX 128

/* Random pictures; under a sanitizer, too, that takes some seconds. */
#define RANDOM_PICTURES 40

/* What was read last. */
static struct digit_reading readings[DIGITS_MAX];
static struct digit_number number;

static void read_with(struct digit_reader *with, const struct digit_image *image, size_t exact)
{
    struct digit_error error;
    memset(readings, 77, sizeof readings);
    memset(&number, 77, sizeof number);
    digit_reader_begin_number(with, image, exact);
    while (digit_reader_propose_number(with))
        if (digit_reader_predict_number(with, &error) != DIGIT_OK)
            fail_msg("%s", error.message);
    digit_reader_finish_number(with, readings, &number);
}

static void read_number(const struct canvas *canvas, size_t exact)
{
    const struct digit_image image = canvas_image(canvas);
    read_with(reader, &image, exact);
}

static void read_and_free(struct canvas *canvas)
{
    read_number(canvas, 0);
    canvas_free(canvas);
}

static void assert_digits(const char *digits)
{
    char read[DIGITS_MAX + 1] = "";
    for (size_t i = 0; i < number.count; i++)
        read[i] = (char)('0' + readings[i].prediction.digit);
    assert_string_equal(read, digits);
}

static bool warns(unsigned warnings, enum digit_warning warning)
{
    return (warnings & warning) != 0;
}

/* Digits of 60 px, `step_px` apart, from (left, top) on. */
static void draw_row(struct canvas *canvas, const char *digits, double left, double top,
                     double step_px)
{
    for (; *digits != '\0'; digits++, left += step_px)
        draw_digit(canvas, (size_t)(*digits - '0'), left, top, 60, 8, 30);
}

static struct canvas draw_number(void)
{
    struct canvas canvas = canvas_make(340, 120, 230);
    draw_row(&canvas, "7140", 30, 30, 70);
    return canvas;
}

static struct canvas draw_two_lines(void)
{
    struct canvas canvas = canvas_make(220, 240, 230);
    draw_row(&canvas, "70", 40, 30, 70);
    draw_row(&canvas, "047", 20, 140, 65);
    return canvas;
}

TEST(a_row_is_read_from_left_to_right)
{
    struct canvas canvas = draw_number();
    read_and_free(&canvas);
    assert_digits("7140");
    assert_int_equal(number.found, 4);
    assert_int_equal(number.lines, 1);
    assert_int_equal(number.found_lines, 1);
    assert_false(number.uncertain);
    assert_true(number.confidence > 0.9F && number.confidence <= 1);
    assert_in_range(number.hypotheses, 1, DIGIT_HYPOTHESES_MAX);
    assert_true(number.receipt.inverted);
    assert_int_equal(number.receipt.warnings, 0);
    for (size_t i = 0; i < 4; i++) {
        const struct digit_box *crop = &readings[i].receipt.crop;
        assert_in_range(crop->left_px, 30 + 70 * i - 5, 30 + 70 * i + 20);
        assert_in_range(crop->top_px, 25, 31);
        assert_int_equal(readings[i].line, 0);
        assert_int_equal(readings[i].receipt.warnings, 0);
        assert_true(readings[i].receipt.inverted);
        assert_int_equal(readings[i].second.digit, DIGIT_CLASSES);
        assert_true(readings[i].prediction.confidence >= number.confidence - 1e-3F);
    }
    assert_int_equal(number.receipt.crop.left_px, readings[0].receipt.crop.left_px);
    assert_int_equal(number.receipt.crop.left_px + number.receipt.crop.width_px,
                     readings[3].receipt.crop.left_px + readings[3].receipt.crop.width_px);
}

TEST(light_on_dark_is_the_same_number)
{
    struct canvas canvas = draw_number();
    canvas_invert(&canvas);
    read_and_free(&canvas);
    assert_digits("7140");
    assert_false(number.receipt.inverted);
}

TEST(two_lines_are_read_one_after_the_other)
{
    struct canvas canvas = draw_two_lines();
    read_and_free(&canvas);
    assert_digits("70047");
    assert_int_equal(number.lines, 2);
    assert_int_equal(number.found_lines, 2);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(readings[i].line, i < 2 ? 0 : 1);
}

TEST(digits_that_touch_are_parted)
{
    struct canvas canvas = canvas_make(240, 120, 230);
    draw_row(&canvas, "00", 40, 30, 46); /* strokes of 8 px overlap by 2 px */
    read_and_free(&canvas);
    assert_digits("00");
    assert_true(warns(number.receipt.warnings, DIGIT_WARNING_TOUCHING_DIGITS));
}

TEST(an_exact_number_of_digits_is_kept)
{
    struct canvas canvas = draw_number();
    for (size_t exact = 1; exact <= 6; exact++) {
        read_number(&canvas, exact);
        assert_true(number.count == exact || number.count == 0);
        assert_int_equal(number.count == 0, warns(number.receipt.warnings, DIGIT_WARNING_BLANK));
        if (exact == 4)
            assert_digits("7140");
    }
    read_number(&canvas, DIGIT_EXACT_MAX);
    assert_int_equal(number.count, 0);
    assert_true(number.uncertain);
    canvas_free(&canvas);
}

TEST(a_blank_picture_has_no_number)
{
    for (size_t side = 1; side <= 700; side = 3 * side + 1) {
        struct canvas canvas = canvas_make(side, side, 200);
        read_and_free(&canvas);
        assert_int_equal(number.count, 0);
        assert_int_equal(number.found, 0);
        assert_int_equal(number.lines, 0);
        assert_int_equal(number.receipt.warnings, DIGIT_WARNING_BLANK);
        assert_int_equal(number.receipt.crop.width_px, 0);
        assert_true(number.uncertain);
        assert_int_equal(number.second_count, 0);
        assert_true(number.second_confidence == 0);
    }
}

TEST(more_digits_than_there_is_room_for_are_told)
{
    struct canvas canvas = draw_number();
    const struct digit_image image = canvas_image(&canvas);
    struct digit_reader_limits limits = {DIGIT_HYPOTHESES_MAX, 32, 512, 3};
    for (limits.max_digits = 3; limits.max_digits <= 4; limits.max_digits++) {
        struct digit_reader *limited = fixture_reader(&limits);
        read_with(limited, &image, 0);
        assert_int_equal(number.count, limits.max_digits);
        assert_int_equal(number.found, 4);
        digit_reader_destroy(limited);
    }
    canvas_free(&canvas);
}

TEST(more_lines_than_may_be_read_are_told)
{
    struct canvas canvas = draw_two_lines();
    const struct digit_image image = canvas_image(&canvas);
    struct digit_reader_limits limits = {DIGIT_HYPOTHESES_MAX, 1, 512, 128};
    for (limits.max_lines = 1; limits.max_lines <= 2; limits.max_lines++) {
        struct digit_reader *limited = fixture_reader(&limits);
        read_with(limited, &image, 0);
        assert_int_equal(number.found_lines, 2);
        assert_int_equal(number.lines, limits.max_lines);
        digit_reader_destroy(limited);
    }
    canvas_free(&canvas);
}

TEST(hypotheses_are_limited)
{
    struct canvas canvas = draw_in_uneven_light();
    const struct digit_image image = canvas_image(&canvas);
    read_number(&canvas, 0);
    size_t all = number.hypotheses;
    assert_true(all > 1);
    for (size_t limit = all - 1; limit <= all; limit++) {
        struct digit_reader *limited =
            fixture_reader(&(struct digit_reader_limits){limit, 32, 512, 128});
        read_with(limited, &image, 0);
        assert_int_equal(number.hypotheses, limit);
        digit_reader_destroy(limited);
    }
    canvas_free(&canvas);
}

/* Digits of 30 px on a sheet of 2000, which the plane shows with 7. */
TEST(a_small_number_is_read_at_full_resolution)
{
    struct canvas canvas = canvas_make(2000, 2000, 230);
    for (size_t i = 0; i < 4; i++)
        draw_digit(&canvas, (size_t)("7140"[i] - '0'), 1200 + 35.0 * (double)i, 500, 30, 4, 30);
    read_and_free(&canvas);
    assert_digits("7140");
    for (size_t i = 0; i < 4; i++) {
        assert_true(warns(readings[i].receipt.warnings, DIGIT_WARNING_SMALL_DIGIT));
        assert_in_range(readings[i].receipt.crop.left_px, 1200 + 35 * i - 4, 1200 + 35 * i + 10);
        assert_in_range(readings[i].receipt.crop.top_px, 496, 501);
        assert_in_range(readings[i].receipt.crop.height_px, 30, 38);
    }
}

/* Bars of dots are ones when they are reduced; at full resolution there are only specks. */
TEST(what_is_nothing_at_full_resolution_stays_what_it_was)
{
    struct canvas canvas = canvas_make(2000, 2000, 230);
    for (size_t digit = 0; digit < 3; digit++)
        for (size_t x = 0; x < 24; x += 4)
            for (size_t y = 0; y < 120; y += 4)
                canvas_box(&canvas, 800 + 80 * digit + x, 800 + y, 2, 2, 0);
    read_and_free(&canvas);
    assert_digits("111");
    assert_true(number.confidence > 0.5F);
    assert_true(number.hypotheses > 0);
    assert_int_equal(number.receipt.crop.left_px, 800);
}

static void assert_consistent(const struct canvas *canvas)
{
    const struct digit_box *crop = &number.receipt.crop;
    assert_in_range(number.count, 0, DIGITS_MAX);
    assert_true(number.found >= number.count);
    assert_true(number.confidence >= 0 && number.confidence <= 1.0001F);
    assert_true(number.second_confidence >= 0 && number.second_confidence <= 1.0001F);
    assert_true(crop->left_px + crop->width_px <= canvas->width_px);
    assert_true(crop->top_px + crop->height_px <= canvas->height_px);
    for (size_t i = 0; i < number.count; i++) {
        const struct digit_prediction *prediction = &readings[i].prediction;
        const struct digit_box *box = &readings[i].receipt.crop;
        float sum = 0;
        for (size_t j = 0; j < DIGIT_CLASSES; j++)
            sum += prediction->probabilities[j];
        assert_true(sum > 0.9999F && sum < 1.0001F);
        assert_true(box->left_px >= crop->left_px && box->top_px >= crop->top_px);
        assert_true(box->left_px + box->width_px <= crop->left_px + crop->width_px);
        assert_true(box->top_px + box->height_px <= crop->top_px + crop->height_px);
    }
}

/* Whether the second string is the first. */
static bool second_is_first(void)
{
    if (number.second_count != number.count)
        return false;
    for (size_t i = 0; i < number.count; i++)
        if (number.second[i] != readings[i].prediction.digit)
            return false;
    return true;
}

/* Pictures of all kinds, each of them again with another one before it. */
TEST(a_number_is_the_same_whatever_was_read_before)
{
    uint64_t seed = 17;
    size_t seconds = 0;
    for (int i = 0; i < RANDOM_PICTURES; i++) {
        static struct digit_reading first_readings[DIGITS_MAX];
        struct canvas canvas = canvas_random(&seed), other = canvas_random(&seed);
        read_number(&canvas, 0);
        assert_consistent(&canvas);
        if (number.second_confidence > 0)
            assert_false(second_is_first());
        seconds += number.second_confidence > 0;
        struct digit_number first = number;
        memcpy(first_readings, readings, sizeof readings);
        read_and_free(&other);
        read_number(&canvas, 0);
        assert_int_equal(number.count, first.count);
        assert_true(number.confidence == first.confidence);
        assert_int_equal(number.receipt.warnings, first.receipt.warnings);
        assert_int_equal(number.second_count, first.second_count);
        for (size_t j = 0; j < number.count; j++) {
            assert_memory_equal(readings[j].octets, first_readings[j].octets, DIGIT_PIXELS);
            assert_true(readings[j].prediction.confidence ==
                        first_readings[j].prediction.confidence);
        }
        canvas_free(&canvas);
    }
    assert_true(seconds > 0);
}

/* A 1 with an upstroke may be a 7. */
TEST(the_second_string_is_offered)
{
    struct canvas canvas = canvas_make(240, 120, 230);
    draw_row(&canvas, "4", 40, 30, 70);
    canvas_stroke(&canvas, 150, 30, 150, 90, 8, 30);
    canvas_stroke(&canvas, 136, 40, 150, 30, 8, 30);
    read_and_free(&canvas);
    assert_true(number.second_confidence > 0);
    assert_true(number.second_confidence <= number.confidence);
    assert_false(second_is_first());
}

/* Pictures that provoke the most candidates. */
TEST(grids_and_noise_stay_within_the_limits)
{
    for (size_t kind = 0; kind < 3; kind++) {
        struct canvas canvas = canvas_make(512, 512, 0);
        for (size_t x = 0; x < 512; x += 32)
            for (size_t y = 0; y < 512; y += 32)
                if (kind == 0)
                    canvas_frame(&canvas, x, y, 28, 28, 2, 255);
                else
                    canvas_box(&canvas, x, y, 2, 20, 255);
        if (kind == 2)
            canvas_noise(&canvas, 120, 1);
        read_number(&canvas, 0);
        assert_consistent(&canvas);
        canvas_free(&canvas);
    }
}

TEST_MAIN_WITH(create_reader, destroy_reader, cmocka_unit_test(a_row_is_read_from_left_to_right),
               cmocka_unit_test(light_on_dark_is_the_same_number),
               cmocka_unit_test(two_lines_are_read_one_after_the_other),
               cmocka_unit_test(digits_that_touch_are_parted),
               cmocka_unit_test(an_exact_number_of_digits_is_kept),
               cmocka_unit_test(a_blank_picture_has_no_number),
               cmocka_unit_test(more_digits_than_there_is_room_for_are_told),
               cmocka_unit_test(more_lines_than_may_be_read_are_told),
               cmocka_unit_test(hypotheses_are_limited),
               cmocka_unit_test(a_small_number_is_read_at_full_resolution),
               cmocka_unit_test(what_is_nothing_at_full_resolution_stays_what_it_was),
               cmocka_unit_test(a_number_is_the_same_whatever_was_read_before),
               cmocka_unit_test(the_second_string_is_offered),
               cmocka_unit_test(grids_and_noise_stay_within_the_limits))
