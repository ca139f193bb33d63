#include <string.h>

#include "core/number/candidates.h"
#include "core/preprocess/preprocessor.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

static struct run runs[RUNS_MAX];
static struct components components = {.runs = runs};
static struct text_lines lines;
static uint16_t labels[PLANE_PIXELS_MAX];
static struct pieces pieces = {.labels = labels};
static struct pieces_scratch pieces_scratch;
static struct candidates candidates;
static struct candidates_scratch scratch;

static bool find_candidates(const struct canvas *canvas, size_t pieces_max, size_t max_candidates)
{
    struct plane plane = canvas_plane(canvas);
    components_find(&components, &plane);
    text_lines_find(&lines, &components, &plane, NUMBER_LINES_MAX);
    pieces_find_seams(&pieces, &plane, &components, &lines, &pieces_scratch);
    pieces_cut(&pieces, &plane, &components, &lines, 0, &pieces_scratch);
    return candidates_find(&candidates, &pieces, &lines, pieces_max, max_candidates);
}

static const struct candidate *candidate_of(size_t first, size_t end)
{
    for (size_t i = 0; i < candidates.count; i++)
        if (candidates.items[i].first == first && candidates.items[i].end == end)
            return &candidates.items[i];
    return NULL;
}

/* Four bars of 8 x 60 px, the gaps between them 12, 20 and 18 px. */
static struct canvas draw_bars(void)
{
    struct canvas canvas = canvas_make(200, 100, 0);
    canvas_box(&canvas, 20, 20, 8, 60, 255);
    canvas_box(&canvas, 40, 20, 8, 60, 255);
    canvas_box(&canvas, 68, 20, 8, 60, 255);
    canvas_box(&canvas, 94, 20, 8, 60, 255);
    return canvas;
}

TEST(pieces_that_stand_close_are_united)
{
    struct canvas canvas = draw_bars();
    assert_true(find_candidates(&canvas, 6, 100));
    assert_int_equal(candidates.count, 6);
    assert_non_null(candidate_of(0, 2)); /* 12 px apart */
    assert_null(candidate_of(1, 3));     /* 20 px: more than three tenths and a pixel */
    assert_non_null(candidate_of(2, 4)); /* 18 px */
    const struct candidate *both = candidate_of(0, 2);
    assert_int_equal(both->box.left, 20);
    assert_int_equal(both->box.right, 47);
    assert_int_equal(both->mass, 2 * 255 * 8 * 60);
    assert_int_equal(both->area, 2 * 8 * 60);
    assert_int_equal(both->outline, 2 * 2 * (8 + 60));
    canvas_free(&canvas);
}

TEST(no_more_pieces_are_united_than_asked_for)
{
    struct canvas canvas = draw_bars();
    assert_true(find_candidates(&canvas, 1, 100));
    assert_int_equal(candidates.count, 4);
    canvas_free(&canvas);
}

TEST(too_many_candidates_are_told)
{
    struct canvas canvas = draw_bars();
    assert_true(find_candidates(&canvas, 6, 6));
    assert_int_equal(candidates.count, 6);
    assert_false(find_candidates(&canvas, 6, 5));
    assert_int_equal(candidates.count, 5);
    canvas_free(&canvas);
}

TEST(candidates_may_cover_only_so_many_pixels)
{
    /* Corners, one behind the other: their boxes are large and overlap. */
    struct canvas canvas = canvas_make(512, 512, 0);
    for (size_t i = 0; i < 40; i++) {
        canvas_box(&canvas, 4 * i, 4 * i, 1, 300, 255);
        canvas_box(&canvas, 4 * i, 4 * i, 300, 1, 255);
    }
    assert_false(find_candidates(&canvas, 6, NUMBER_CANDIDATES_MAX));
    uint64_t pixels = 0;
    for (size_t i = 0; i < candidates.count; i++)
        pixels += box_width(&candidates.items[i].box) * box_height(&candidates.items[i].box);
    assert_true(pixels <= CANDIDATE_PIXELS_MAX);
    assert_true(find_candidates(&canvas, 1, NUMBER_CANDIDATES_MAX));
    canvas_free(&canvas);
}

TEST(specks_alone_are_no_candidates)
{
    struct canvas canvas = canvas_make(200, 100, 0);
    canvas_box(&canvas, 20, 20, 8, 60, 255);
    canvas_box(&canvas, 60, 40, 17, 17, 255);
    canvas_box(&canvas, 120, 40, 18, 18, 255);
    canvas_box(&canvas, 170, 20, 8, 60, 255);
    assert_true(find_candidates(&canvas, 1, 100));
    assert_non_null(candidate_of(0, 1));
    assert_null(candidate_of(1, 2));
    assert_non_null(candidate_of(2, 3));
    canvas_free(&canvas);
}

static void render(uint8_t out[DIGIT_PIXELS], const struct canvas *canvas, size_t first, size_t end)
{
    struct plane plane = canvas_plane(canvas);
    const struct candidate *candidate = candidate_of(first, end);
    assert_non_null(candidate);
    memset(scratch.pixels, 99, sizeof scratch.pixels);
    candidate_render(out, candidate, &plane, labels, pieces.stroke_px[0], &scratch);
}

TEST(one_digit_is_drawn_as_by_preprocessing)
{
    for (size_t side = 40; side <= 60; side += 10) {
        uint8_t expected[DIGIT_PIXELS], out[DIGIT_PIXELS];
        struct digit_preprocessor *preprocessor;
        struct digit_receipt receipt;
        struct canvas canvas = canvas_make(200, 200, 0);
        canvas_seven(&canvas, 50, 50, (double)side, 6, 255);
        struct digit_image image = canvas_image(&canvas);
        assert_int_equal(digit_preprocessor_create(&preprocessor, NULL), DIGIT_OK);
        digit_preprocess(preprocessor, expected, &receipt, &image);
        assert_true(find_candidates(&canvas, 1, 10));
        render(out, &canvas, 0, 1);
        /* The strokes' width is measured before and after the crop: in the last bits, it may differ. */
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            assert_in_range(out[i] + 16 - expected[i], 0, 32);
        digit_preprocessor_destroy(preprocessor);
        canvas_free(&canvas);
    }
}

TEST(pixels_of_other_pieces_are_not_drawn)
{
    uint8_t alone[DIGIT_PIXELS], beside[DIGIT_PIXELS];
    struct canvas canvas = canvas_make(200, 100, 0);
    canvas_box(&canvas, 20, 20, 8, 60, 255);
    canvas_box(&canvas, 20, 72, 40, 8, 255);
    assert_true(find_candidates(&canvas, 1, 10));
    uint32_t stroke_px = pieces.stroke_px[0];
    render(alone, &canvas, 0, 1);
    canvas_box(&canvas, 40, 20, 8, 40, 255); /* inside the box of the first */
    assert_true(find_candidates(&canvas, 1, 10));
    assert_int_equal(candidates.count, 2);
    pieces.stroke_px[0] = stroke_px;
    render(beside, &canvas, 0, 1);
    assert_memory_equal(alone, beside, DIGIT_PIXELS);
    canvas_free(&canvas);
}

TEST(the_largest_candidate_is_drawn)
{
    uint8_t out[DIGIT_PIXELS];
    struct canvas canvas = canvas_make(512, 512, 255);
    assert_true(find_candidates(&canvas, 1, 10));
    render(out, &canvas, 0, 1);
    assert_true(out[14 * DIGIT_SIDE_PX + 14] > 0);
    canvas_free(&canvas);
}

TEST_MAIN(cmocka_unit_test(pieces_that_stand_close_are_united),
          cmocka_unit_test(no_more_pieces_are_united_than_asked_for),
          cmocka_unit_test(too_many_candidates_are_told),
          cmocka_unit_test(candidates_may_cover_only_so_many_pixels),
          cmocka_unit_test(specks_alone_are_no_candidates),
          cmocka_unit_test(one_digit_is_drawn_as_by_preprocessing),
          cmocka_unit_test(pixels_of_other_pieces_are_not_drawn),
          cmocka_unit_test(the_largest_candidate_is_drawn))
