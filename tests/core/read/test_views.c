#include "core/read/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

enum { TURNED, TURNED_BACK, NARROWED, WIDENED };

static uint8_t views[VIEWS_COUNT][DIGIT_PIXELS];

struct extent {
    size_t width_px, height_px;
};

/* Of the pixels of at least half of the highest level. */
static struct extent measure(const uint8_t octets[DIGIT_PIXELS])
{
    size_t left = DIGIT_SIDE_PX, top = DIGIT_SIDE_PX, right = 0, bottom = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t x = i % DIGIT_SIDE_PX, y = i / DIGIT_SIDE_PX;
        if (octets[i] < 128)
            continue;
        left = x < left ? x : left;
        right = x + 1 > right ? x + 1 : right;
        top = y < top ? y : top;
        bottom = y + 1 > bottom ? y + 1 : bottom;
    }
    return (struct extent){right - left, bottom - top};
}

static void view_box(size_t width_px, size_t height_px)
{
    struct canvas canvas = canvas_make(28, 28, 0);
    canvas_box(&canvas, (28 - width_px) / 2, (28 - height_px) / 2, width_px, height_px, 255);
    views_make(views, canvas.luma);
    canvas_free(&canvas);
}

TEST(a_box_becomes_narrower_wider_and_higher)
{
    view_box(18, 20);
    struct extent narrowed = measure(views[NARROWED]), widened = measure(views[WIDENED]);
    assert_int_equal(narrowed.width_px, 16);
    assert_int_equal(narrowed.height_px, 20);
    assert_int_equal(widened.width_px, 20);
    assert_int_equal(widened.height_px, 21 + 1); /* symmetric about the middle */
}

/* A bar of 20 px that is turned by 8 degrees goes 2.8 px sideways, one way or the other. */
TEST(a_bar_is_turned_either_way)
{
    int moved[2];
    view_box(2, 20);
    for (size_t i = TURNED; i <= TURNED_BACK; i++) {
        int ends[2] = {0, 0};
        for (size_t end = 0; end < 2; end++) {
            const uint8_t *row = views[i] + (end == 0 ? 5 : 22) * DIGIT_SIDE_PX;
            for (int x = 0; x < DIGIT_SIDE_PX; x++)
                ends[end] = row[x] > row[ends[end]] ? x : ends[end];
        }
        moved[i] = ends[1] - ends[0];
    }
    assert_in_range(abs(moved[TURNED]), 2, 3);
    assert_int_equal(moved[TURNED_BACK], -moved[TURNED]);
}

/* What lies beyond the edges is black, and nothing outside of the image is read. */
TEST(a_full_image_stays_within_its_levels)
{
    uint8_t *full = malloc(DIGIT_PIXELS);
    assert_non_null(full);
    memset(full, 255, DIGIT_PIXELS);
    views_make(views, full);
    for (size_t i = 0; i < VIEWS_COUNT; i++)
        assert_int_equal(views[i][14 * DIGIT_SIDE_PX + 14], 255);
    assert_int_equal(views[NARROWED][0], 0);
    assert_int_equal(views[WIDENED][0], 255);
    memset(full, 0, DIGIT_PIXELS);
    views_make(views, full);
    for (size_t i = 0; i < VIEWS_COUNT; i++)
        assert_memory_equal(views[i], full, DIGIT_PIXELS);
    free(full);
}

TEST(the_mean_counts_the_image_itself_twice)
{
    struct digit_prediction prediction = {.digit = 3, .uncertain = true};
    struct digit_prediction of_views[VIEWS_COUNT];
    memset(of_views, 0, sizeof of_views);
    prediction.probabilities[3] = 0.6F;
    prediction.probabilities[5] = 0.4F;
    for (size_t i = 0; i < VIEWS_COUNT; i++) {
        of_views[i].probabilities[5] = 0.9F;
        of_views[i].probabilities[8] = 0.1F;
    }
    views_average(&prediction, of_views);
    assert_int_equal(prediction.digit, 5);
    assert_true(fabsf(prediction.probabilities[3] - 1.2F / 6) < 1e-6F);
    assert_true(fabsf(prediction.probabilities[5] - 4.4F / 6) < 1e-6F);
    assert_true(fabsf(prediction.probabilities[8] - 0.4F / 6) < 1e-6F);
    assert_true(prediction.confidence == prediction.probabilities[5]);
    assert_true(fabsf(prediction.uncertainty - 1.6F / 6) < 1e-6F);
    assert_true(prediction.uncertain);
}

TEST_MAIN(cmocka_unit_test(a_box_becomes_narrower_wider_and_higher),
          cmocka_unit_test(a_bar_is_turned_either_way),
          cmocka_unit_test(a_full_image_stays_within_its_levels),
          cmocka_unit_test(the_mean_counts_the_image_itself_twice))
