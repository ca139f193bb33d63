#include "core/image/colour.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/image/exif.h"

#include "tests/test.h"

#define SIDE_PX 100
#define PIXELS  (SIDE_PX * SIDE_PX)

struct colours {
    uint16_t paper[3];
    uint16_t ink[3];
};

static bool is_ink(size_t x, size_t y)
{
    return x >= 40 && x < 50 && y >= 20 && y < 80;
}

/* A stroke, as a decoder would deliver it; the caller releases it. */
static struct reduction draw(const struct colours *colours)
{
    struct reduction reduction = {.kind = REDUCTION_COLOUR, .move = upright_move_of(EXIF_UPRIGHT)};
    uint16_t rows[3][SIDE_PX];

    assert_int_equal(reduction_begin(&reduction, SIDE_PX, SIDE_PX, false, NULL), DIGIT_OK);
    for (size_t y = 0; y < SIDE_PX; y++) {
        for (size_t c = 0; c < 3; c++)
            for (size_t x = 0; x < SIDE_PX; x++)
                rows[c][x] = is_ink(x, y) ? colours->ink[c] : colours->paper[c];
        reduction_add_row(
            &reduction, &(struct reduction_row){
                            .y_px = y,
                            .step_px = 1,
                            .cell_px = 1,
                            .count = SIDE_PX,
                            .samples = {{.deep = rows[0]}, {.deep = rows[1]}, {.deep = rows[2]}}});
    }
    reduction_end(&reduction);
    return reduction;
}

static struct colour_projection assert_projected(const struct colours *colours, bool is_deep)
{
    struct reduction reduction = draw(colours);
    struct colour_projection projection;

    assert_int_equal(colour_project(&projection, &reduction, is_deep, NULL), DIGIT_OK);
    assert_true(projection.is_projected);

    struct raster raster = reduction_take(&reduction);

    for (size_t i = 0; i < PIXELS; i++) {
        if (is_ink(i % SIDE_PX, i / SIDE_PX))
            assert_in_range(raster.luma[i], 31, 33);
        else
            assert_int_equal(raster.luma[i], 224);
    }
    reduction_release(&reduction);
    free(raster.luma);
    return projection;
}

/* Green of 130 has the luma of red of 255. */
static const struct colours red_on_green = {{0, 130 * 257, 0}, {65535, 0, 0}};
static const struct colours green_on_red = {{65535, 0, 0}, {0, 130 * 257, 0}};

TEST(ink_becomes_dark_and_paper_light)
{
    assert_projected(&red_on_green, false);
    assert_projected(&green_on_red, false);
    assert_projected(&(struct colours){{100 * 257, 0, 0}, {0, 0, 65535}}, false);
}

/* Red makes the ink, which is dark. */
TEST(the_axis_is_that_of_the_result)
{
    const struct colour_projection projection = assert_projected(&red_on_green, false);
    const double length = sqrt(255 * 255 + 130 * 130);

    assert_true(fabs(projection.axis[0] + 255 / length) < 0.01);
    assert_true(fabs(projection.axis[1] - 130 / length) < 0.01);
    assert_true(fabs(projection.axis[2]) < 0.01);
    assert_true(projection.contrast > 100);
}

TEST(sixteen_bits_of_which_few_are_used_are_stretched)
{
    const struct colours faint = {{100, 230, 100}, {355, 100, 100}};
    struct reduction reduction = draw(&faint);
    struct colour_projection projection;

    assert_true(assert_projected(&faint, true).is_stretched);
    assert_false(assert_projected(&red_on_green, true).is_stretched);
    assert_int_equal(colour_project(&projection, &reduction, false, NULL), DIGIT_OK);
    assert_false(projection.is_stretched);
    assert_false(projection.is_projected);
    reduction_release(&reduction);
}

/* The means stay, of which luma can be made. */
TEST(without_contrast_there_is_luma)
{
    const struct colours paper = {{10 * 257, 200 * 257, 77 * 257}, {10 * 257, 200 * 257, 77 * 257}};
    struct reduction reduction = draw(&paper);
    struct colour_projection projection;

    assert_int_equal(colour_project(&projection, &reduction, true, NULL), DIGIT_OK);
    assert_false(projection.is_projected);
    assert_true(projection.axis[0] == 0 && projection.contrast == 0);
    assert_false(reduction_make_luma(&reduction));

    struct raster raster = reduction_take(&reduction);

    assert_int_equal(raster.luma[0], 129);
    reduction_release(&reduction);
    free(raster.luma);
}

TEST_MAIN(cmocka_unit_test(ink_becomes_dark_and_paper_light),
          cmocka_unit_test(the_axis_is_that_of_the_result),
          cmocka_unit_test(sixteen_bits_of_which_few_are_used_are_stretched),
          cmocka_unit_test(without_contrast_there_is_luma))
