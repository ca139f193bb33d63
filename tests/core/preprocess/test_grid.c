#include "core/preprocess/grid.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

static struct grid_scratch scratch;

static int cell(const struct grid *grid, size_t x, size_t y)
{
    return scratch.cells[(y + grid->radius) * grid->width + x + grid->radius];
}

static int filtered(const struct grid *grid, size_t x, size_t y)
{
    return scratch.filtered[(y + grid->radius) * grid->width + x + grid->radius];
}

TEST(small_planes_have_a_cell_for_each_pixel)
{
    struct canvas canvas = canvas_make(28, 20, 100);
    struct plane plane = canvas_plane(&canvas);
    struct grid grid;
    canvas_noise(&canvas, 100, 1);
    grid_fill(&grid, &plane, &scratch);
    assert_int_equal(grid.cell_px, 1);
    assert_int_equal(grid.radius, 4); /* half of 7, a quarter of 28, up */
    assert_int_equal(grid.width, 28 + 8);
    assert_int_equal(grid.height, 20 + 8);
    for (size_t i = 0; i < 28 * 20; i++)
        assert_int_equal(cell(&grid, i % 28, i / 28), canvas.luma[i]);
    canvas_free(&canvas);
}

TEST(cells_of_large_planes_are_means)
{
    struct canvas canvas = canvas_make(65, 9, 0);
    struct plane plane = canvas_plane(&canvas);
    struct grid grid;
    canvas_set(&canvas, 2, 0, 10);
    canvas_set(&canvas, 64, 8, 9); /* alone in its cell */
    grid_fill(&grid, &plane, &scratch);
    assert_int_equal(grid.cell_px, 2);
    assert_int_equal(grid.width - 2 * grid.radius, 33);
    assert_int_equal(grid.height - 2 * grid.radius, 5);
    assert_int_equal(cell(&grid, 0, 0), 0);
    assert_int_equal(cell(&grid, 1, 0), 3); /* 2.5, to the nearest */
    assert_int_equal(cell(&grid, 32, 4), 9);
    canvas_free(&canvas);
}

TEST(the_cells_around_carry_a_slope_on)
{
    struct canvas canvas = canvas_make(30, 30, 0);
    struct plane plane = canvas_plane(&canvas);
    struct grid grid;
    for (size_t i = 0; i < 900; i++)
        canvas.luma[i] = (uint8_t)(100 + 2 * (i % 30) + i / 30);
    grid_fill(&grid, &plane, &scratch);
    for (size_t y = 0; y < grid.height; y++)
        for (size_t x = 0; x < grid.width; x++)
            assert_int_equal(scratch.cells[y * grid.width + x],
                             100 + 2 * ((int)x - (int)grid.radius) + (int)y - (int)grid.radius);
    grid_filter(&grid, grid.radius, GRID_OPENING);
    for (size_t i = 0; i < 900; i++)
        assert_int_equal(filtered(&grid, i % 30, i / 30), canvas.luma[i]);
    canvas_free(&canvas);
}

/* The largest (or least, for a closing) of the squares' least (or largest) that hold a cell. */
static int slow_filter(const struct grid *grid, size_t x, size_t y, size_t radius, int sign)
{
    int best = -9999;
    size_t r = radius;
    for (size_t j = y < r ? 0 : y - r; j <= y + r && j < grid->height; j++)
        for (size_t i = x < r ? 0 : x - r; i <= x + r && i < grid->width; i++) {
            int least = 9999;
            for (size_t v = j < r ? 0 : j - r; v <= j + r && v < grid->height; v++)
                for (size_t u = i < r ? 0 : i - r; u <= i + r && u < grid->width; u++) {
                    int level = sign * scratch.cells[v * grid->width + u];
                    least = level < least ? level : least;
                }
            best = least > best ? least : best;
        }
    return sign * best;
}

static void assert_filtered(size_t width_px, size_t height_px)
{
    struct canvas canvas = canvas_make(width_px, height_px, 128);
    struct plane plane = canvas_plane(&canvas);
    struct grid grid;
    canvas_noise(&canvas, 127, width_px);
    grid_fill(&grid, &plane, &scratch);
    for (size_t radius = 0; radius <= grid.radius; radius++)
        for (int closing = 0; closing < 2; closing++) {
            grid_filter(&grid, radius, closing ? GRID_CLOSING : GRID_OPENING);
            for (size_t i = 0; i < grid.width * grid.height; i++)
                assert_int_equal(
                    scratch.filtered[i],
                    slow_filter(&grid, i % grid.width, i / grid.width, radius, closing ? -1 : 1));
        }
    canvas_free(&canvas);
}

TEST(openings_and_closings_are_those_of_plain_loops)
{
    assert_filtered(1, 1);
    assert_filtered(1, 9);
    assert_filtered(13, 2);
    assert_filtered(17, 21);
}

TEST(the_largest_grid_fits)
{
    struct canvas canvas = canvas_make(512, 512, 77);
    struct plane plane = canvas_plane(&canvas);
    struct grid grid;
    grid_fill(&grid, &plane, &scratch);
    assert_int_equal(grid.width - 2 * grid.radius, GRID_SIDE_MAX);
    assert_in_range(grid.radius, 1, GRID_RADIUS_MAX);
    grid_filter(&grid, grid.radius, GRID_CLOSING);
    assert_int_equal(filtered(&grid, 63, 63), 77);
    canvas_free(&canvas);
}

TEST_MAIN(cmocka_unit_test(small_planes_have_a_cell_for_each_pixel),
          cmocka_unit_test(cells_of_large_planes_are_means),
          cmocka_unit_test(the_cells_around_carry_a_slope_on),
          cmocka_unit_test(openings_and_closings_are_those_of_plain_loops),
          cmocka_unit_test(the_largest_grid_fits))
