#include "core/read/hypotheses.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/preprocess/preprocessor.h"
#include "tests/core/read/fixture.h"

#include "tests/test.h"

#define USUAL_STEPS                                                                                \
    (DIGIT_STEP_BACKGROUND | DIGIT_STEP_LINES | DIGIT_STEP_COMPONENTS | DIGIT_STEP_STROKE)

/* Random pictures; under a sanitizer, too, that takes some seconds. */
#define RANDOM_PICTURES 200

static struct hypotheses hypotheses;

static void propose_image(const struct digit_image *image, size_t limit, unsigned left_out)
{
    const struct hypotheses_settings settings = {.limit = limit, .left_out = left_out};
    hypotheses_propose(&hypotheses, preprocessor, image, &settings);
    assert_in_range(hypotheses.count, 1, limit);
}

static void propose(const struct canvas *canvas)
{
    const struct digit_image image = canvas_image(canvas);
    propose_image(&image, HYPOTHESES_MAX, 0);
}

static void propose_and_free(struct canvas *canvas)
{
    propose(canvas);
    canvas_free(canvas);
}

static const struct hypothesis *with_steps(unsigned steps)
{
    for (size_t i = 0; i < hypotheses.count; i++)
        if (hypotheses.items[i].receipt.steps == steps)
            return &hypotheses.items[i];
    return NULL;
}

/* How many hypotheses have at least one of `steps`. */
static size_t count_with(unsigned steps)
{
    size_t count = 0;
    for (size_t i = 0; i < hypotheses.count; i++)
        count += (hypotheses.items[i].receipt.steps & steps) != 0;
    return count;
}

static bool warns(size_t index, enum digit_warning warning)
{
    return (hypotheses.items[index].receipt.warnings & warning) != 0;
}

static double mean_difference(const uint8_t *a, const uint8_t *b)
{
    double sum = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        sum += abs(a[i] - b[i]);
    return sum / DIGIT_PIXELS;
}

/* One of the hypotheses is the digit of `clean`, up to `levels` in the mean over all pixels. Frees `clean`. */
static void assert_one_is(struct canvas *clean, double levels)
{
    static struct hypotheses all;
    double nearest = 255;
    all = hypotheses;
    propose_and_free(clean);
    for (size_t i = 0; i < all.count; i++)
        nearest = fmin(nearest, mean_difference(all.octets[i], hypotheses.octets[0]));
    hypotheses = all;
    if (nearest > levels)
        fail_msg("mean difference %.2f, at most %.2f is expected", nearest, levels);
}

static void assert_one_is_seven(double levels)
{
    struct canvas clean = draw_seven(230, 30);
    assert_one_is(&clean, levels);
}

TEST(a_mnist_normalised_picture_has_one)
{
    struct canvas canvas = draw_normalised(255);
    for (unsigned left_out = 0; left_out <= 127; left_out += 127) {
        const struct digit_image image = canvas_image(&canvas);
        propose_image(&image, HYPOTHESES_MAX, left_out);
        assert_int_equal(hypotheses.count, 1);
        assert_memory_equal(hypotheses.octets[0], canvas.luma, DIGIT_PIXELS);
        assert_int_equal(hypotheses.items[0].receipt.steps, 0);
        assert_true(hypotheses.items[0].receipt.untouched);
        assert_true(hypotheses.items[0].is_kept);
        assert_int_equal(hypotheses.items[0].contrast, 255);
    }
    canvas_invert(&canvas);
    propose(&canvas);
    canvas_invert(&canvas);
    assert_int_equal(hypotheses.count, 1);
    assert_memory_equal(hypotheses.octets[0], canvas.luma, DIGIT_PIXELS);
    assert_int_equal(hypotheses.items[0].receipt.steps, DIGIT_STEP_INVERT);
    canvas_free(&canvas);
}

/* Nothing of the hypotheses about another picture is left. */
TEST(a_mnist_normalised_picture_has_no_features)
{
    static const float none[FEATURES_COUNT];
    struct canvas other = draw_in_uneven_light(), canvas = draw_normalised(255);
    propose_and_free(&other);
    propose_and_free(&canvas);
    assert_memory_equal(hypotheses.items[0].features, none, sizeof none);
    assert_true(hypotheses.items[0].log_prior == 0);
}

TEST(a_plain_picture_has_two)
{
    struct canvas canvas = draw_seven(230, 30);
    propose(&canvas);
    assert_int_equal(hypotheses.count, 2);
    assert_int_equal(hypotheses.items[0].receipt.steps, DIGIT_STEP_INVERT | USUAL_STEPS);
    assert_int_equal(hypotheses.items[1].receipt.steps,
                     (DIGIT_STEP_INVERT | USUAL_STEPS) & ~(unsigned)DIGIT_STEP_STROKE);
    assert_true(hypotheses.items[0].features[FEATURE_STROKE_KEPT] == 0);
    assert_true(hypotheses.items[1].features[FEATURE_STROKE_KEPT] == 1);
    canvas_invert(&canvas);
    propose_and_free(&canvas);
    assert_int_equal(hypotheses.count, 2);
    assert_int_equal(hypotheses.items[0].receipt.steps, USUAL_STEPS);
}

TEST(doubt_in_polarity_proposes_both)
{
    struct canvas canvas = draw_in_uneven_light();
    const struct digit_image image = canvas_image(&canvas);
    propose(&canvas);
    size_t inverted = count_with(DIGIT_STEP_INVERT);
    assert_in_range(inverted, 1, hypotheses.count - 1);
    for (size_t i = 0; i < hypotheses.count; i++) {
        bool other = !hypotheses.items[i].receipt.inverted;
        assert_true(hypotheses.items[i].features[FEATURE_POLARITY_OPEN] == (float)other);
        assert_true(hypotheses.items[i].features[FEATURE_POLARITY] == 0);
    }
    propose_image(&image, HYPOTHESES_MAX, DIGIT_ALTERNATIVE_POLARITY);
    assert_int_equal(hypotheses.count, inverted);
    assert_int_equal(count_with(DIGIT_STEP_INVERT), inverted);
    assert_one_is_seven(6);
    canvas_free(&canvas);
}

TEST(ink_on_a_patch_is_proposed)
{
    struct canvas canvas = draw_on_patch();
    propose_and_free(&canvas);
    assert_true(count_with(DIGIT_STEP_OTSU) > 0);
    assert_one_is_seven(1);
}

TEST(ink_on_a_patch_that_weighs_more_is_found_by_the_second_threshold)
{
    struct canvas canvas = canvas_make(200, 200, 255);
    canvas_box(&canvas, 30, 20, 140, 160, 150);
    canvas_seven(&canvas, 60, 40, 120, 16, 0);
    const struct digit_image image = canvas_image(&canvas);
    propose(&canvas);
    assert_non_null(with_steps(DIGIT_STEP_INVERT | DIGIT_STEP_OTSU | DIGIT_STEP_OTSU_AGAIN |
                               DIGIT_STEP_COMPONENTS | DIGIT_STEP_STROKE));
    assert_one_is_seven(1);
    propose_image(&image, HYPOTHESES_MAX, DIGIT_ALTERNATIVE_OTSU_AGAIN);
    assert_int_equal(count_with(DIGIT_STEP_OTSU_AGAIN), 0);
    canvas_free(&canvas);
}

/* A thick one from the upper to the lower edge, which looks like a ruled line. */
TEST(a_digit_that_fills_its_frame_is_kept)
{
    struct canvas canvas = canvas_make(40, 64, 255), clean = canvas_make(200, 200, 255);
    canvas_box(&canvas, 16, 0, 8, 64, 0);
    canvas_box(&clean, 92, 68, 8, 64, 0);
    propose_and_free(&canvas);
    for (size_t i = 0; i < hypotheses.count; i++)
        assert_false(warns(i, DIGIT_WARNING_BLANK));
    assert_one_is(&clean, 1);
}

/* By Otsu's threshold they stay, too: the same pixels are proposed once. */
TEST(ruled_lines_may_stay)
{
    const unsigned steps = (DIGIT_STEP_INVERT | USUAL_STEPS) & ~(unsigned)DIGIT_STEP_LINES;
    const unsigned otsu = DIGIT_ALTERNATIVE_WHOLE | DIGIT_ALTERNATIVE_OTSU;
    struct canvas canvas = draw_seven(230, 30);
    const struct digit_image image = canvas_image(&canvas);
    canvas_box(&canvas, 0, 100, 200, 3, 30);
    propose_image(&image, HYPOTHESES_MAX, otsu);
    const struct hypothesis *kept = with_steps(steps);
    assert_non_null(kept);
    assert_true(kept->features[FEATURE_LINES_KEPT] == 1);
    assert_int_equal(kept->receipt.crop.width_px, 200);
    propose_image(&image, HYPOTHESES_MAX, otsu | DIGIT_ALTERNATIVE_LINES);
    assert_null(with_steps(steps));
    canvas_free(&canvas);
}

/* Marks of a twelfth of the ink's contrast, as of writing on the other side. */
TEST(faint_marks_may_be_dropped)
{
    struct canvas canvas = draw_seven(230, 30);
    for (size_t y = 20; y < 190; y += 24)
        canvas_box(&canvas, 10, y, 180, 8, 214);
    canvas_seven(&canvas, 60, 40, 120, 16, 30);
    propose_and_free(&canvas);
    assert_one_is_seven(1);
}

TEST(a_contrast_of_a_few_levels_is_enough_for_a_shape)
{
    for (uint8_t levels = 4; levels <= 16; levels += 4) {
        struct canvas canvas = draw_seven(230, (uint8_t)(230 - levels));
        propose_and_free(&canvas);
        assert_int_equal(hypotheses.items[0].receipt.warnings, DIGIT_WARNING_LOW_CONTRAST);
        assert_one_is_seven(1);
    }
}

static void assert_between(size_t value, size_t lowest, size_t highest)
{
    assert_in_range(value, lowest, highest);
}

/* A seven of 2 % of the sheet's side, in luma with blocks of `block_px`, is what it is on a small sheet. */
static void assert_found_on_sheet(size_t block_px, size_t left, size_t top)
{
    struct canvas canvas = canvas_make(2000 / block_px, 2000 / block_px, 230);
    struct canvas small = canvas_make(200 / block_px, 200 / block_px, 230);
    double block = (double)block_px;
    canvas_seven(&canvas, (double)left / block, (double)top / block, 40 / block, 6 / block, 30);
    canvas_seven(&small, (double)(80 + left % 4) / block, (double)(80 + top % 4) / block,
                 40 / block, 6 / block, 30);
    struct digit_image image = canvas_image(&canvas);
    image.width_px = 2000;
    image.height_px = 2000;
    image.block_px = block_px;
    propose_image(&image, HYPOTHESES_MAX, 0);
    const struct digit_box *crop = &hypotheses.items[0].receipt.crop;
    assert_true(warns(0, DIGIT_WARNING_SMALL_DIGIT));
    assert_false(hypotheses.items[0].receipt.untouched);
    assert_between(crop->left_px, left - 4, left);
    assert_between(crop->top_px, top - 4, top);
    assert_between(crop->left_px + crop->width_px, left + 27, left + 27 + 5);
    assert_between(crop->top_px + crop->height_px, top + 40, top + 40 + 5);
    canvas_free(&canvas);
    assert_one_is(&small, 1);
}

TEST(a_tiny_digit_on_a_large_sheet_is_seen_at_full_resolution)
{
    assert_found_on_sheet(1, 1500, 300);
    assert_found_on_sheet(1, 5, 7);
    assert_found_on_sheet(1, 1966, 1953);
    assert_found_on_sheet(2, 1500, 300);
    assert_found_on_sheet(2, 1966, 1952);
}

/* A bar of dots is a shape when it is reduced; at full resolution there are only specks. */
TEST(what_is_nothing_at_full_resolution_stays_what_it_was)
{
    struct canvas canvas = canvas_make(2000, 2000, 230);
    for (size_t x = 800; x < 840; x += 4)
        for (size_t y = 800; y < 920; y += 4)
            canvas_set(&canvas, x, y, 0);
    const struct digit_image image = canvas_image(&canvas);
    propose_image(&image, HYPOTHESES_MAX, 127);
    assert_false(warns(0, DIGIT_WARNING_BLANK));
    assert_int_equal(hypotheses.items[0].receipt.crop.left_px, 800);
    assert_int_equal(hypotheses.items[0].receipt.crop.height_px, 120);
    canvas_free(&canvas);
}

/* At the edge, the window around a digit of 10 px happens to have 28x28 px. */
TEST(a_window_is_no_picture_of_28x28)
{
    struct canvas canvas = canvas_make(600, 600, 0);
    canvas_frame(&canvas, 8, 8, 10, 10, 2, 255);
    propose_and_free(&canvas);
    for (size_t i = 0; i < hypotheses.count; i++) {
        const struct hypothesis *item = &hypotheses.items[i];
        assert_false(item->is_kept);
        assert_int_equal(item->receipt.crop.left_px, 8);
        assert_int_equal(item->receipt.crop.width_px, 10);
    }
}

TEST(faint_ink_of_28x28_is_stretched)
{
    struct canvas canvas = draw_normalised(24), full = draw_normalised(255);
    propose_and_free(&canvas);
    assert_int_equal(hypotheses.count, 2);
    assert_true(hypotheses.items[0].receipt.untouched);
    assert_false(hypotheses.items[1].receipt.untouched);
    assert_int_equal(hypotheses.items[1].receipt.steps, DIGIT_STEP_STRETCH);
    assert_true(hypotheses.items[1].features[FEATURE_STRETCHED] == 1);
    assert_memory_equal(hypotheses.octets[1], full.luma, DIGIT_PIXELS);
    assert_true(warns(1, DIGIT_WARNING_LOW_CONTRAST));
    /* Ink below what is noise elsewhere: MNIST's form says that it is a digit. */
    for (uint8_t level = 1; level < 16; level += 7) {
        canvas = draw_normalised(level);
        propose_and_free(&canvas);
        assert_int_equal(hypotheses.count, 1);
        assert_int_equal(hypotheses.items[0].receipt.steps, DIGIT_STEP_STRETCH);
        assert_memory_equal(hypotheses.octets[0], full.luma, DIGIT_PIXELS);
    }
    canvas_free(&full);
}

TEST(without_its_kind_28x28_is_not_kept)
{
    struct canvas canvas = canvas_make(28, 28, 0);
    canvas_seven(&canvas, 4, 3, 16, 2, 255);
    const struct digit_image image = canvas_image(&canvas);
    propose(&canvas);
    assert_true(hypotheses.items[0].is_kept);
    propose_image(&image, HYPOTHESES_MAX, DIGIT_ALTERNATIVE_UNTOUCHED);
    for (size_t i = 0; i < hypotheses.count; i++)
        assert_false(hypotheses.items[i].is_kept);
    canvas_free(&canvas);
}

TEST(a_solid_picture_of_any_size_is_blank)
{
    static const size_t sides[][2] = {{1, 1}, {1, 9}, {28, 28}, {513, 513}, {1, 2560}};
    static const uint8_t black[DIGIT_PIXELS];
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++)
        for (unsigned level = 0; level <= 255; level += 85) {
            struct canvas canvas = canvas_make(sides[i][0], sides[i][1], (uint8_t)level);
            propose_and_free(&canvas);
            assert_int_equal(hypotheses.count, 1);
            assert_int_equal(hypotheses.items[0].receipt.warnings, DIGIT_WARNING_BLANK);
            assert_memory_equal(hypotheses.octets[0], black, DIGIT_PIXELS);
        }
}

TEST(a_lower_limit_leaves_the_last_out)
{
    static struct hypotheses all;
    struct canvas canvas = draw_in_uneven_light();
    const struct digit_image image = canvas_image(&canvas);
    canvas_box(&canvas, 0, 100, 200, 3, 30);
    propose(&canvas);
    all = hypotheses;
    assert_true(all.count > 4);
    for (size_t limit = 1; limit <= all.count; limit++) {
        propose_image(&image, limit, 0);
        assert_int_equal(hypotheses.count, limit);
        assert_memory_equal(hypotheses.octets, all.octets, limit * DIGIT_PIXELS);
        for (size_t i = 0; i < limit; i++)
            assert_int_equal(hypotheses.items[i].receipt.steps, all.items[i].receipt.steps);
    }
    canvas_free(&canvas);
}

TEST(without_all_kinds_there_is_the_usual_one)
{
    struct canvas canvas = draw_in_uneven_light();
    const struct digit_image image = canvas_image(&canvas);
    propose_image(&image, HYPOTHESES_MAX, 127);
    assert_int_equal(hypotheses.count, 1);
    assert_int_equal(hypotheses.items[0].receipt.steps, DIGIT_STEP_INVERT | USUAL_STEPS);
    canvas_free(&canvas);
}

static void assert_consistent(const struct canvas *canvas)
{
    for (size_t i = 0; i < hypotheses.count; i++) {
        const struct hypothesis *item = &hypotheses.items[i];
        const struct digit_box *crop = &item->receipt.crop;
        assert_true(crop->left_px + crop->width_px <= canvas->width_px);
        assert_true(crop->top_px + crop->height_px <= canvas->height_px);
        assert_true(isfinite(item->log_prior));
        for (size_t feature = 0; feature < FEATURES_COUNT; feature++)
            assert_true(item->features[feature] >= 0);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(hypotheses.octets[i], hypotheses.octets[j], DIGIT_PIXELS);
    }
}

/* Pictures of all kinds, each of them again with another one before it. */
TEST(a_picture_has_the_same_whatever_came_before)
{
    static struct hypotheses first;
    uint64_t seed = 9;
    for (int i = 0; i < RANDOM_PICTURES; i++) {
        struct canvas canvas = canvas_random(&seed), other = canvas_random(&seed);
        propose(&canvas);
        assert_consistent(&canvas);
        first = hypotheses;
        propose_and_free(&other);
        propose(&canvas);
        assert_int_equal(hypotheses.count, first.count);
        assert_memory_equal(hypotheses.octets, first.octets, first.count * DIGIT_PIXELS);
        for (size_t j = 0; j < first.count; j++) {
            assert_true(hypotheses.items[j].log_prior == first.items[j].log_prior);
            assert_int_equal(hypotheses.items[j].receipt.steps, first.items[j].receipt.steps);
            assert_int_equal(hypotheses.items[j].receipt.warnings, first.items[j].receipt.warnings);
        }
        canvas_free(&canvas);
    }
}

TEST_MAIN_WITH(create_preprocessor, destroy_preprocessor,
               cmocka_unit_test(a_mnist_normalised_picture_has_one),
               cmocka_unit_test(a_mnist_normalised_picture_has_no_features),
               cmocka_unit_test(a_plain_picture_has_two),
               cmocka_unit_test(doubt_in_polarity_proposes_both),
               cmocka_unit_test(ink_on_a_patch_is_proposed),
               cmocka_unit_test(ink_on_a_patch_that_weighs_more_is_found_by_the_second_threshold),
               cmocka_unit_test(a_digit_that_fills_its_frame_is_kept),
               cmocka_unit_test(ruled_lines_may_stay), cmocka_unit_test(faint_marks_may_be_dropped),
               cmocka_unit_test(a_contrast_of_a_few_levels_is_enough_for_a_shape),
               cmocka_unit_test(a_tiny_digit_on_a_large_sheet_is_seen_at_full_resolution),
               cmocka_unit_test(what_is_nothing_at_full_resolution_stays_what_it_was),
               cmocka_unit_test(a_window_is_no_picture_of_28x28),
               cmocka_unit_test(faint_ink_of_28x28_is_stretched),
               cmocka_unit_test(without_its_kind_28x28_is_not_kept),
               cmocka_unit_test(a_solid_picture_of_any_size_is_blank),
               cmocka_unit_test(a_lower_limit_leaves_the_last_out),
               cmocka_unit_test(without_all_kinds_there_is_the_usual_one),
               cmocka_unit_test(a_picture_has_the_same_whatever_came_before))
