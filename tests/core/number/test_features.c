#include <math.h>
#include <string.h>

#include "core/number/features.h"

#include "tests/test.h"

#define assert_near(a, b) assert_true(fabs((a) - (b)) <= 1e-6)

/* One line of digits 60 px high, its centre at y = 100, on a plane of 400 x 200; strokes are 8 px wide. */
static struct plane plane = {.width_px = 400, .height_px = 200};
static struct text_lines lines;
static struct pieces pieces;
static const struct features_context context = {&plane, &pieces, &lines};
static double features[CANDIDATE_FEATURES];
static double drop[DROP_FEATURES];

static void add_piece(size_t left, size_t top, size_t width, size_t height, uint64_t mass)
{
    pieces.items[pieces.count++] = (struct piece){
        .box = {.left = left, .top = top, .right = left + width - 1, .bottom = top + height - 1},
        .mass = mass,
        .left = PIECE_NONE,
        .right = PIECE_NONE};
    pieces.first_of_line[1] = pieces.count;
}

static void cut_between(size_t left, size_t right, uint16_t ink, uint8_t crossings)
{
    pieces.items[left].right = (uint16_t)right;
    pieces.items[left].ink_right = ink;
    pieces.items[left].crossings_right = crossings;
    pieces.items[right].left = (uint16_t)left;
    pieces.items[right].ink_left = ink;
    pieces.items[right].crossings_left = crossings;
}

static int set_up(void **state)
{
    (void)state;
    memset(&lines, 0, sizeof lines);
    memset(&pieces, 0, sizeof pieces);
    lines.count = 1;
    lines.items[0] = (struct text_line){.height_px = 60, .middle_x = 200, .middle_y = 100};
    pieces.stroke_px[0] = 800;
    return 0;
}

/* Of pieces first to end - 1, read as a 3 with probability 0.9. */
static void take_features(size_t first, size_t end, bool shared)
{
    struct digit_prediction prediction = {.digit = 3, .confidence = 0.9F, .uncertainty = 0.1F};
    struct candidate candidate = {.first = (uint16_t)first, .end = (uint16_t)end};
    candidate.box = pieces.items[first].box;
    for (size_t i = first; i < end; i++) {
        const struct box *box = &pieces.items[i].box;
        candidate.mass += pieces.items[i].mass;
        candidate.box.left = box->left < candidate.box.left ? box->left : candidate.box.left;
        candidate.box.top = box->top < candidate.box.top ? box->top : candidate.box.top;
        candidate.box.right = box->right > candidate.box.right ? box->right : candidate.box.right;
        candidate.box.bottom =
            box->bottom > candidate.box.bottom ? box->bottom : candidate.box.bottom;
    }
    features_of_candidate(features, &context, &candidate, &prediction, shared);
}

TEST(a_digit_as_high_as_its_line_stands_in_it)
{
    add_piece(100, 71, 30, 60, 255 * 8 * 60);
    take_features(0, 1, false);
    assert_near(features[CANDIDATE_IS_DIGIT], 1);
    assert_near(features[CANDIDATE_CONFIDENCE], log(0.9F));
    assert_near(features[CANDIDATE_DOUBT], 0.1F);
    assert_near(features[CANDIDATE_ODDS], log(0.9F / 0.1F) / 10);
    assert_near(features[CANDIDATE_HEIGHT], 0);
    assert_near(features[CANDIDATE_ASPECT], log(0.5));
    assert_near(features[CANDIDATE_INK], 0);
    for (size_t i = CANDIDATE_UNCUT; i < CANDIDATE_FEATURES; i++)
        assert_near(features[i], 0);
    assert_near(features[CANDIDATE_CUTS], 0);
}

TEST(size_and_place_are_measured_by_the_line)
{
    add_piece(100, 56, 45, 30, 255 * 8 * 15); /* half as high, wide, and above */
    take_features(0, 1, false);
    assert_near(features[CANDIDATE_LOW], log(0.8 / 0.5));
    assert_near(features[CANDIDATE_VERY_LOW], 0);
    assert_near(features[CANDIDATE_WIDE], log(1.5));
    assert_near(features[CANDIDATE_VERY_WIDE], log(1.5 / 1.4));
    assert_near(features[CANDIDATE_LITTLE_INK], log(4));
    assert_near(features[CANDIDATE_RAISED], 0.5 + 15.0 / 60 - 0.1);
    assert_near(features[CANDIDATE_LOWERED], 0);
    assert_near(features[CANDIDATE_OUTSIDE], (100 - 70.5) / 60 - 0.3);
    assert_near(features[CANDIDATE_DOUBTED_LOW], 0.1F * log(1.6));
}

TEST(cuts_outside_and_inside_are_told_apart)
{
    add_piece(100, 71, 20, 60, 1000);
    add_piece(120, 71, 20, 60, 1000);
    add_piece(140, 71, 20, 60, 1000);
    cut_between(0, 1, 100, 1);
    cut_between(1, 2, 200, 3);
    take_features(0, 2, false);
    assert_near(features[CANDIDATE_CUTS], 1);
    assert_near(features[CANDIDATE_CUT_INK], 2);
    assert_near(features[CANDIDATE_CROSSINGS], 2);
    assert_near(features[CANDIDATE_UNCUT], 0.5);
    assert_near(features[CANDIDATE_UNITED], 0);
    assert_near(features[CANDIDATE_OVERLAPPED], 0);
    assert_near(features[CANDIDATE_DOUBTED_CUT], 0.1F);
    take_features(1, 2, false);
    assert_near(features[CANDIDATE_CUTS], 2);
    assert_near(features[CANDIDATE_CUT_INK], 3);
}

TEST(parts_and_neighbours_are_other_components)
{
    add_piece(100, 71, 30, 60, 1000);
    add_piece(136, 71, 20, 20, 1000);
    add_piece(146, 71, 20, 60, 1000);
    take_features(0, 2, false);
    assert_near(features[CANDIDATE_UNITED], 1);
    assert_near(features[CANDIDATE_GAPS], 6.0 / 60);
    assert_near(features[CANDIDATE_OVERLAPPED], 0.5);
}

TEST(a_shared_piece_is_told)
{
    add_piece(100, 71, 20, 60, 255 * 8 * 30);
    add_piece(120, 71, 20, 60, 1000);
    take_features(0, 2, true);
    assert_near(features[CANDIDATE_SHARED], 1);
    assert_near(features[CANDIDATE_SHARED_INK], log(0.5));
    take_features(0, 2, false);
    assert_near(features[CANDIDATE_SHARED], 0);
    assert_near(features[CANDIDATE_SHARED_INK], 0);
}

TEST(a_class_has_its_shape_and_probability)
{
    struct digit_prediction prediction = {.confidence = 1};
    struct candidate candidate = {.box = {.right = 39, .bottom = 39}};
    double of_class[CLASS_FEATURES];
    prediction.probabilities[0] = 0.5F;
    features_of_class(of_class, &candidate, &prediction, 0);
    assert_near(of_class[CLASS_PROBABILITY], log(0.5));
    assert_near(of_class[CLASS_SHAPE], 0.11 * 0.11 / (0.2 * 0.2));
    features_of_class(of_class, &candidate, &prediction, 1);
    assert_near(of_class[CLASS_PROBABILITY], -7);
    candidate.box.right = 399;
    features_of_class(of_class, &candidate, &prediction, 0);
    assert_near(of_class[CLASS_SHAPE], 9);
}

TEST(a_speck_is_low_and_has_little_ink)
{
    add_piece(100, 98, 6, 6, 255 * 36);
    features_of_drop(drop, &context, 0, NULL);
    assert_near(drop[DROP_IS_DROPPED], 1);
    assert_near(drop[DROP_INK], log(36.0 / (8 * 60)));
    assert_near(drop[DROP_MUCH_INK], 0);
    assert_near(drop[DROP_HEIGHT], 0);
    assert_near(drop[DROP_AT_EDGE], 0);
    assert_near(drop[DROP_LIKE_DIGIT], 0);
    assert_near(drop[DROP_OUTSIDE], 0);
}

TEST(what_looks_like_a_digit_at_the_edge_is_told)
{
    struct digit_prediction alone = {.confidence = 0.75F};
    add_piece(0, 71, 20, 60, 255 * 8 * 60);
    add_piece(20, 71, 20, 60, 255 * 8 * 60);
    cut_between(0, 1, 150, 1);
    features_of_drop(drop, &context, 0, &alone);
    assert_near(drop[DROP_MUCH_INK], 1.5);
    assert_near(drop[DROP_HEIGHT], 0.7);
    assert_near(drop[DROP_AT_EDGE], 1);
    assert_near(drop[DROP_HEIGHT_EDGE], 0.7);
    assert_near(drop[DROP_CUTS], 1);
    assert_near(drop[DROP_CUT_INK], 1.5);
    assert_near(drop[DROP_LIKE_DIGIT], 0.75);
    features_of_drop(drop, &context, 1, &alone);
    assert_near(drop[DROP_AT_EDGE], 0);
    assert_near(drop[DROP_HEIGHT_EDGE], 0);
}

#define WITH_SET_UP(test) cmocka_unit_test_setup(test, set_up)

TEST_MAIN(WITH_SET_UP(a_digit_as_high_as_its_line_stands_in_it),
          WITH_SET_UP(size_and_place_are_measured_by_the_line),
          WITH_SET_UP(cuts_outside_and_inside_are_told_apart),
          WITH_SET_UP(parts_and_neighbours_are_other_components),
          WITH_SET_UP(a_shared_piece_is_told), WITH_SET_UP(a_class_has_its_shape_and_probability),
          WITH_SET_UP(a_speck_is_low_and_has_little_ink),
          WITH_SET_UP(what_looks_like_a_digit_at_the_edge_is_told))
