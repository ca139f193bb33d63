#include <math.h>
#include <string.h>

#include "core/number/number_reader.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

static struct run runs[RUNS_MAX];
static struct components components = {.runs = runs};
static struct number_reading reading;
static struct digit_prediction predictions[NUMBER_CANDIDATES_MAX];
static struct number_reader *reader;

static const struct number_limits defaults = {NUMBER_LINES_DEFAULT, NUMBER_CANDIDATES_DEFAULT,
                                              NUMBER_DIGITS_DEFAULT};

static int tear_down(void **state)
{
    (void)state;
    number_reader_destroy(reader);
    reader = NULL;
    return 0;
}

static void use_limits(const struct number_limits *limits)
{
    struct digit_error error;
    number_reader_destroy(reader);
    reader = NULL;
    assert_int_equal(number_reader_create(&reader, limits, &error), DIGIT_OK);
}

/* The foreground's columns in a picture of 28x28. */
static size_t width_of(const uint8_t *octets)
{
    size_t first = DIGIT_SIDE_PX, end = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        if (octets[i] > 0) {
            size_t x = i % DIGIT_SIDE_PX;
            first = x < first ? x : first;
            end = x + 1 > end ? x + 1 : end;
        }
    return end - first;
}

/* Stands in for the network: what is narrow is a 1, what is as wide as a ring is a 0, and the rest is no digit. */
static void predict(const uint8_t *octets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t width = width_of(octets + i * DIGIT_PIXELS);
        size_t digit = width < 8 ? 1 : 0;
        bool sure = width < 8 || (width >= 17 && width <= 22);
        struct digit_prediction *out = &predictions[i];
        *out = (struct digit_prediction){.digit = digit,
                                         .confidence = sure ? 0.999F : 0.2F,
                                         .uncertainty = sure ? 0.001F : 0.8F};
        for (size_t j = 0; j < DIGIT_CLASSES; j++)
            out->probabilities[j] = j == digit ? out->confidence : out->uncertainty / 9;
    }
}

/* Reads the canvas and returns the number of candidates. */
static size_t read_number(const struct canvas *canvas, size_t exact)
{
    static struct plane plane;
    plane = canvas_plane(canvas);
    components_find(&components, &plane);
    size_t count = number_reader_propose(reader, &plane, &components);
    predict(number_reader_octets(reader), count);
    number_reader_read(reader, &reading, predictions, exact);
    return count;
}

static void assert_digits(const char *digits)
{
    char read[NUMBER_DIGITS_MAX + 1] = "";
    for (size_t i = 0; i < reading.count; i++)
        read[i] = (char)('0' + reading.digits[i].digit);
    assert_string_equal(read, digits);
}

/* 1 0 and below it 0 1 1 */
static struct canvas draw_two_lines(void)
{
    struct canvas canvas = canvas_make(300, 250, 0);
    canvas_box(&canvas, 30, 20, 8, 60, 255);
    canvas_frame(&canvas, 80, 20, 50, 60, 8, 255);
    canvas_frame(&canvas, 20, 150, 50, 60, 8, 255);
    canvas_box(&canvas, 100, 150, 8, 60, 255);
    canvas_box(&canvas, 150, 150, 8, 60, 255);
    return canvas;
}

TEST(lines_are_read_one_after_the_other)
{
    struct canvas canvas = draw_two_lines();
    use_limits(&defaults);
    read_number(&canvas, 0);
    assert_digits("10011");
    assert_int_equal(reading.found_digits, 5);
    assert_int_equal(reading.digits[1].line, 0);
    assert_int_equal(reading.digits[2].line, 1);
    assert_int_equal(reading.digits[1].box.left, 80);
    assert_int_equal(reading.digits[1].box.right, 129);
    assert_int_equal(reading.digits[4].box.top, 150);
    assert_false(reading.touching);
    assert_false(reading.is_limited);
    assert_int_equal(reading.dropped, 0);
    assert_true(reading.dropped_ink < 1e-9);
    assert_true(fabs(reading.score - log(reading.probability)) < 1e-9);
    assert_true(reading.probability > 0.5 && reading.probability <= 1);
    assert_true(reading.second_probability <= reading.probability);
    for (size_t i = 0; i < reading.count; i++) {
        assert_true(reading.digits[i].probability >= reading.probability - 1e-9);
        assert_true(reading.digits[i].probability <= 1 + 1e-9);
        assert_int_equal(predictions[reading.digits[i].picture].digit, reading.digits[i].digit);
    }
    canvas_free(&canvas);
}

TEST(digits_that_touch_are_cut)
{
    struct canvas canvas = canvas_make(220, 100, 0);
    canvas_frame(&canvas, 20, 20, 56, 60, 8, 255);
    canvas_frame(&canvas, 80, 20, 56, 60, 8, 255);
    canvas_box(&canvas, 76, 46, 4, 8, 255);
    use_limits(&defaults);
    read_number(&canvas, 2);
    assert_digits("00");
    assert_true(reading.touching);
    assert_int_equal(reading.digits[0].box.left, 20);
    assert_in_range(reading.digits[0].box.right, 72, 88);
    assert_in_range(reading.digits[1].box.left, 72, 88);
    assert_true(reading.digits[1].box.right > 110);
    canvas_free(&canvas);
}

TEST(dirt_is_dropped_and_told)
{
    struct canvas canvas = draw_two_lines();
    canvas_box(&canvas, 200, 50, 5, 5, 255);
    use_limits(&defaults);
    read_number(&canvas, 0);
    assert_digits("10011");
    assert_int_equal(reading.dropped, 1);
    assert_true(reading.dropped_ink > 0 && reading.dropped_ink < 0.05);
    double score = log(reading.probability) - NUMBER_DROPPED_COST * reading.dropped_ink;
    assert_true(fabs(reading.score - score) < 1e-9);
    canvas_free(&canvas);
}

TEST(an_exact_count_is_kept)
{
    struct canvas canvas = draw_two_lines();
    use_limits(&defaults);
    for (size_t exact = 1; exact <= 5; exact++) {
        read_number(&canvas, exact);
        assert_int_equal(reading.count, exact);
        assert_true(reading.probability > 0 && reading.probability <= 1 + 1e-9);
    }
    read_number(&canvas, NUMBER_EXACT_MAX);
    assert_int_equal(reading.count, 0);
    canvas_free(&canvas);
}

TEST(nothing_is_read_where_nothing_is)
{
    struct canvas canvas = canvas_make(40, 30, 0);
    use_limits(&defaults);
    assert_int_equal(read_number(&canvas, 0), 0);
    assert_digits("");
    assert_int_equal(reading.dropped, 0);
    assert_true(reading.score == NUMBER_SCORE_NONE);
    assert_int_equal(read_number(&canvas, 1), 0);
    assert_digits("");
    canvas_free(&canvas);
}

TEST(digits_beyond_the_limit_are_told)
{
    struct canvas canvas = draw_two_lines();
    struct number_limits limits = defaults;
    for (limits.max_digits = 4; limits.max_digits <= 5; limits.max_digits++) {
        use_limits(&limits);
        read_number(&canvas, 0);
        assert_int_equal(reading.count, limits.max_digits);
        assert_int_equal(reading.found_digits, 5);
    }
    canvas_free(&canvas);
}

TEST(lines_beyond_the_limit_are_told)
{
    struct canvas canvas = draw_two_lines();
    struct number_limits limits = defaults;
    limits.max_lines = 2;
    use_limits(&limits);
    read_number(&canvas, 0);
    assert_digits("10011");
    assert_false(reading.is_limited);
    limits.max_lines = 1;
    use_limits(&limits);
    read_number(&canvas, 0);
    assert_digits("011");
    assert_true(reading.is_limited);
    assert_int_equal(reading.dropped, 2);
    canvas_free(&canvas);
}

TEST(with_fewer_candidates_there_are_fewer_cuts)
{
    struct canvas canvas = draw_two_lines();
    struct number_limits limits = defaults;
    use_limits(&limits);
    size_t all = read_number(&canvas, 0);
    assert_true(all > 5);
    limits.max_candidates = all;
    use_limits(&limits);
    assert_int_equal(read_number(&canvas, 0), all);
    assert_false(reading.is_limited);
    limits.max_candidates = all - 1;
    use_limits(&limits);
    assert_true(read_number(&canvas, 0) < all);
    assert_true(reading.is_limited);
    limits.max_candidates = 5;
    use_limits(&limits);
    assert_int_equal(read_number(&canvas, 0), 5);
    assert_digits("10011");
    canvas_free(&canvas);
}

static void assert_refused(const struct number_limits *limits, const char *message)
{
    struct digit_error error;
    struct number_reader *refused = NULL;
    assert_int_equal(number_reader_create(&refused, limits, &error), DIGIT_INVALID);
    assert_string_equal(error.message, message);
    assert_null(refused);
}

TEST(limits_out_of_range_are_refused)
{
    assert_refused(&(struct number_limits){0, 1, 1}, "max_lines is 0, must be from 1 to 64");
    assert_refused(&(struct number_limits){65, 1, 1}, "max_lines is 65, must be from 1 to 64");
    assert_refused(&(struct number_limits){64, 0, 1},
                   "max_candidates is 0, must be from 1 to 4096");
    assert_refused(&(struct number_limits){64, 4097, 1},
                   "max_candidates is 4097, must be from 1 to 4096");
    assert_refused(&(struct number_limits){64, 4096, 0}, "max_digits is 0, must be from 1 to 256");
    assert_refused(&(struct number_limits){64, 4096, 257},
                   "max_digits is 257, must be from 1 to 256");
    use_limits(&(struct number_limits){64, 4096, 256});
    use_limits(&(struct number_limits){1, 1, 1});
}

/* Pictures that provoke the most components, cuts and candidates stay within the limits. */
TEST(grids_and_noise_stay_within_the_limits)
{
    use_limits(&defaults);
    for (size_t kind = 0; kind < 4; kind++) {
        struct canvas canvas = canvas_make(512, 512, 0);
        for (size_t i = 0; i < 512; i += kind == 0 ? 8 : 32)
            for (size_t j = 0; j < 512; j += kind == 0 ? 4 : 32)
                if (kind == 1)
                    canvas_frame(&canvas, i, j, 28, 28, 2, 255);
                else if (kind == 2)
                    canvas_stroke(&canvas, (double)i, (double)j, (double)i + 34, (double)j + 30, 3,
                                  255);
                else
                    canvas_box(&canvas, i, j, 2, 7, 255);
        if (kind == 3)
            canvas_noise(&canvas, 120, 1);
        assert_true(read_number(&canvas, 0) <= NUMBER_CANDIDATES_DEFAULT);
        assert_true(reading.count <= NUMBER_DIGITS_DEFAULT);
        canvas_free(&canvas);
    }
}

TEST_MAIN_WITH(NULL, tear_down, cmocka_unit_test(lines_are_read_one_after_the_other),
               cmocka_unit_test(digits_that_touch_are_cut),
               cmocka_unit_test(dirt_is_dropped_and_told), cmocka_unit_test(an_exact_count_is_kept),
               cmocka_unit_test(nothing_is_read_where_nothing_is),
               cmocka_unit_test(digits_beyond_the_limit_are_told),
               cmocka_unit_test(lines_beyond_the_limit_are_told),
               cmocka_unit_test(with_fewer_candidates_there_are_fewer_cuts),
               cmocka_unit_test(limits_out_of_range_are_refused),
               cmocka_unit_test(grids_and_noise_stay_within_the_limits))
