#include <stdlib.h>

#include "core/number/seams.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

#define STROKE_PX 8

static struct run runs[RUNS_MAX];
static struct components components = {.runs = runs};
static uint32_t of_runs[RUNS_MAX];
static struct seams_scratch scratch;
static struct seams seams;
static size_t used_cells;

/* Finds the seams of the canvas's only component, with strokes of STROKE_PX and digits of 60 px. */
static void find_seams(const struct canvas *canvas, size_t budget_cells)
{
    struct plane plane = canvas_plane(canvas);
    struct seams_measure measure = {
        .height_px = 60, .stroke_px = 100 * STROKE_PX, .budget_cells = budget_cells};
    components_find(&components, &plane);
    assert_int_equal(components.count, 1);
    for (size_t i = 0; i < components.run_count; i++)
        of_runs[i] = (uint32_t)i;
    seams_find(&seams, &measure, &plane, &components, 0, of_runs, components.run_count, &scratch);
    used_cells = budget_cells - measure.budget_cells;
}

/* Two rings that touch at x = 80. */
static struct canvas draw_eight_on_its_side(void)
{
    struct canvas canvas = canvas_make(160, 100, 0);
    canvas_frame(&canvas, 20, 20, 60, 60, STROKE_PX, 255);
    canvas_frame(&canvas, 84, 20, 60, 60, STROKE_PX, 255);
    canvas_box(&canvas, 80, 46, 4, STROKE_PX, 255);
    return canvas;
}

/* The seam with the least ink. */
static const struct seam *best_seam(void)
{
    const struct seam *best = &seams.items[0];
    for (size_t i = 1; i < seams.count; i++)
        if (seams.items[i].ink < best->ink)
            best = &seams.items[i];
    return best;
}

TEST(digits_that_touch_part_where_they_touch)
{
    struct canvas canvas = draw_eight_on_its_side();
    find_seams(&canvas, SIZE_MAX);
    assert_true(seams.count > 0);
    const struct seam *seam = best_seam();
    assert_int_equal(seam->ink, 100); /* one stroke */
    assert_int_equal(seam->crossings, 1);
    size_t middle = seam->columns[30];
    assert_true(middle >= 76 && middle < 88); /* inside a junction, its way is free */
    canvas_free(&canvas);
}

TEST(a_seam_through_a_ring_crosses_two_strokes)
{
    struct canvas canvas = canvas_make(100, 100, 0);
    canvas_frame(&canvas, 20, 20, 60, 60, STROKE_PX, 255);
    find_seams(&canvas, SIZE_MAX);
    assert_true(seams.count > 0);
    for (size_t i = 0; i < seams.count; i++) {
        assert_int_equal(seams.items[i].ink, 200);
        assert_int_equal(seams.items[i].crossings, 2);
    }
    canvas_free(&canvas);
}

TEST(a_seam_follows_a_slanted_gap)
{
    struct canvas canvas = canvas_make(160, 100, 0);
    canvas_stroke(&canvas, 70, 20, 40, 80, STROKE_PX, 255);
    canvas_stroke(&canvas, 100, 20, 70, 80, STROKE_PX, 255);
    canvas_stroke(&canvas, 55, 50, 85, 50, STROKE_PX, 255); /* joins the two */
    find_seams(&canvas, SIZE_MAX);
    const struct seam *seam = best_seam();
    assert_true(seam->ink < 130);
    assert_int_equal(seam->crossings, 1);
    canvas_free(&canvas);
}

TEST(seams_are_ordered_and_do_not_cross)
{
    struct canvas canvas = canvas_make(400, 100, 0);
    uint64_t seed = 5;
    for (size_t i = 0; i < 30; i++) {
        double x = 20 + 12 * (double)i;
        canvas_stroke(&canvas, x, 50, x + 14, 20 + drawing_random(&seed) % 60, STROKE_PX, 255);
    }
    canvas_box(&canvas, 20, 46, 350, STROKE_PX, 255);
    find_seams(&canvas, SIZE_MAX);
    size_t rows = box_height(&components.items[0].box);
    assert_true(seams.count > 3 && seams.count <= SEAMS_MAX);
    for (size_t i = 0; i < seams.count; i++) {
        assert_true(seams.items[i].ink <= SEAM_INK_MAX);
        for (size_t y = 0; y < rows; y++) {
            size_t column = seams.items[i].columns[y];
            assert_true(column >= components.items[0].box.left);
            assert_true(column <= components.items[0].box.right);
            if (i > 0)
                assert_true(column >= seams.items[i - 1].columns[y]);
            if (y > 0)
                assert_true(abs((int)column - seams.items[i].columns[y - 1]) <= 1);
        }
    }
    canvas_free(&canvas);
}

TEST(a_narrow_component_is_not_cut)
{
    for (size_t width = 23; width <= 24; width++) {
        struct canvas canvas = canvas_make(100, 100, 0);
        canvas_box(&canvas, 20, 20, STROKE_PX, 60, 255);
        canvas_box(&canvas, 20, 20, width, STROKE_PX, 255);
        find_seams(&canvas, SIZE_MAX);
        assert_int_equal(seams.count > 0, width == 24);
        canvas_free(&canvas);
    }
}

TEST(strokes_side_by_side_part_lengthwise)
{
    struct canvas canvas = canvas_make(160, 100, 0);
    canvas_frame(&canvas, 20, 20, 60, 60, STROKE_PX, 255);
    canvas_frame(&canvas, 80, 20, 60, 60, STROKE_PX, 255);
    find_seams(&canvas, SIZE_MAX);
    bool found = false;
    for (size_t i = 0; i < seams.count; i++) {
        size_t column = seams.items[i].columns[30];
        found = found || (column >= 78 && column <= 82);
    }
    assert_true(found);
    canvas_free(&canvas);
}

TEST(a_stroke_is_not_cut_lengthwise)
{
    struct canvas canvas = canvas_make(160, 100, 0);
    canvas_box(&canvas, 20, 20, 120, STROKE_PX, 255);
    canvas_box(&canvas, 76, 20, STROKE_PX, 60, 255);
    find_seams(&canvas, SIZE_MAX);
    for (size_t i = 0; i < seams.count; i++) {
        size_t column = seams.items[i].columns[30];
        assert_true(column <= 76 || column >= 76 + STROKE_PX);
    }
    canvas_free(&canvas);
}

TEST(the_budget_is_kept)
{
    struct canvas canvas = draw_eight_on_its_side();
    find_seams(&canvas, SIZE_MAX);
    size_t cells = used_cells;
    assert_true(cells > 0);
    find_seams(&canvas, cells);
    assert_true(seams.count > 0);
    assert_int_equal(used_cells, cells);
    find_seams(&canvas, cells - 1);
    assert_int_equal(seams.count, 0);
    assert_int_equal(used_cells, 0);
    canvas_free(&canvas);
}

TEST(a_digit_as_large_as_the_plane_is_cut)
{
    struct canvas canvas = canvas_make(PLANE_SIDE_MAX_PX, PLANE_SIDE_MAX_PX, 0);
    canvas_frame(&canvas, 0, 0, PLANE_SIDE_MAX_PX, PLANE_SIDE_MAX_PX, STROKE_PX, 255);
    find_seams(&canvas, SIZE_MAX);
    assert_true(seams.count > 0);
    canvas_free(&canvas);
}

TEST_MAIN(cmocka_unit_test(digits_that_touch_part_where_they_touch),
          cmocka_unit_test(a_seam_through_a_ring_crosses_two_strokes),
          cmocka_unit_test(a_seam_follows_a_slanted_gap),
          cmocka_unit_test(seams_are_ordered_and_do_not_cross),
          cmocka_unit_test(a_narrow_component_is_not_cut),
          cmocka_unit_test(strokes_side_by_side_part_lengthwise),
          cmocka_unit_test(a_stroke_is_not_cut_lengthwise), cmocka_unit_test(the_budget_is_kept),
          cmocka_unit_test(a_digit_as_large_as_the_plane_is_cut))
