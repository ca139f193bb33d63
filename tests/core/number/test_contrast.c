#include <string.h>

#include "core/number/contrast.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

static struct run runs[RUNS_MAX];
static struct components components = {.runs = runs};
static uint8_t pixels[PLANE_PIXELS_MAX];

static struct plane raise_contrast(const struct canvas *canvas)
{
    struct plane plane = canvas_plane(canvas), out = {.pixels = pixels};
    memset(pixels, 99, sizeof pixels);
    components_find(&components, &plane);
    contrast_raise(&out, &plane, &components);
    assert_int_equal(out.width_px, plane.width_px);
    assert_int_equal(out.height_px, plane.height_px);
    return out;
}

TEST(each_component_is_raised_by_its_own_peak)
{
    struct canvas canvas = canvas_make(60, 40, 0);
    canvas_box(&canvas, 5, 5, 10, 20, 255);
    canvas_set(&canvas, 6, 6, 40);
    canvas_box(&canvas, 25, 5, 10, 20, 85);
    canvas_set(&canvas, 26, 6, 51);
    canvas_box(&canvas, 45, 5, 10, 20, 20);
    raise_contrast(&canvas);
    assert_int_equal(components.count, 3);
    assert_int_equal(pixels[5 * 60 + 5], 255);
    assert_int_equal(pixels[6 * 60 + 6], 40);
    assert_int_equal(pixels[5 * 60 + 25], 255);
    assert_int_equal(pixels[6 * 60 + 26], 153);
    assert_int_equal(pixels[5 * 60 + 45], 20 * CONTRAST_FACTOR_MAX);
    assert_int_equal(pixels[0], 0);
    canvas_free(&canvas);
}

TEST(what_is_no_component_is_left_out)
{
    struct canvas canvas = canvas_make(60, 40, 0);
    canvas_box(&canvas, 5, 5, 20, 20, 255);
    canvas_set(&canvas, 50, 30, 255); /* less than 1 / 256 of the foreground */
    raise_contrast(&canvas);
    assert_int_equal(components.count, 1);
    assert_int_equal(pixels[30 * 60 + 50], 0);
    canvas_free(&canvas);
}

TEST_MAIN(cmocka_unit_test(each_component_is_raised_by_its_own_peak),
          cmocka_unit_test(what_is_no_component_is_left_out))
