#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <digit/image.h>

#define SIDE_MAX_PX 64

/* A picture on the stack. */
struct canvas {
    uint8_t luma[SIDE_MAX_PX * SIDE_MAX_PX];
    struct digit_image image;
};

static void canvas_init(struct canvas *canvas, size_t width_px, size_t height_px, uint8_t ground)
{
    memset(canvas->luma, ground, sizeof canvas->luma);
    canvas->image =
        (struct digit_image){.luma = canvas->luma, .width_px = width_px, .height_px = height_px};
}

static void canvas_set(struct canvas *canvas, size_t x, size_t y, uint8_t level)
{
    canvas->luma[y * canvas->image.width_px + x] = level;
}

static void canvas_fill(struct canvas *canvas, size_t left, size_t top, size_t width_px,
                        size_t height_px, uint8_t level)
{
    for (size_t y = top; y < top + height_px; y++)
        for (size_t x = left; x < left + width_px; x++)
            canvas_set(canvas, x, y, level);
}

static void preprocess(uint8_t out[DIGIT_PIXELS], const struct canvas *canvas)
{
    struct digit_error error;

    if (digit_image_preprocess(out, &canvas->image, NULL, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
}

static bool is_inverted(const struct canvas *canvas)
{
    uint8_t out[DIGIT_PIXELS];
    struct digit_image_report report;

    assert_int_equal(digit_image_preprocess(out, &canvas->image, &report, NULL), DIGIT_OK);
    return report.inverted;
}

/* Any value from 60 to 255 by place, so that all of it is ink on black. */
static uint8_t pattern(size_t x, size_t y)
{
    return (uint8_t)(x == 7 && y == 3 ? 255 : 60 + (x * 31 + y * 17) % 190);
}

/* MNIST's rule by the book: the 20x20 box goes to int(15 - b), b the centre of mass. */
static int offset_of(const uint8_t box[400], bool across)
{
    double mass = 0, moment = 0;

    for (int i = 0; i < 400; i++) {
        mass += box[i];
        moment += box[i] * ((across ? i % 20 : i / 20) + 0.5);
    }
    return (int)(15 - moment / mass);
}

static void assert_box_at_its_offset(const uint8_t out[DIGIT_PIXELS], const uint8_t box[400])
{
    const int left = offset_of(box, true);
    const int top = offset_of(box, false);

    for (int y = 0; y < DIGIT_SIDE_PX; y++)
        for (int x = 0; x < DIGIT_SIDE_PX; x++) {
            const bool inside = x >= left && x < left + 20 && y >= top && y < top + 20;

            assert_int_equal(out[y * DIGIT_SIDE_PX + x],
                             inside ? box[(y - top) * 20 + x - left] : 0);
        }
}

static void preprocess_keeps_the_pixels_of_a_28x28_picture(void **state)
{
    struct canvas canvas;
    uint8_t out[DIGIT_PIXELS];

    (void)state;
    canvas_init(&canvas, 28, 28, 3);
    canvas_fill(&canvas, 0, 20, 5, 5, 200);
    preprocess(out, &canvas);
    assert_memory_equal(out, canvas.luma, DIGIT_PIXELS);
    assert_false(is_inverted(&canvas));
}

static void preprocess_inverts_a_dark_on_light_28x28_picture(void **state)
{
    struct canvas canvas;
    uint8_t out[DIGIT_PIXELS];

    (void)state;
    canvas_init(&canvas, 28, 28, 250);
    canvas_fill(&canvas, 10, 5, 3, 18, 20);
    preprocess(out, &canvas);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        assert_int_equal(out[i], 255 - canvas.luma[i]);
    assert_true(is_inverted(&canvas));
}

static void preprocess_takes_a_blank_28x28_picture_as_ground(void **state)
{
    const uint8_t nothing[DIGIT_PIXELS] = {0};
    struct canvas canvas;
    uint8_t out[DIGIT_PIXELS];

    (void)state;
    canvas_init(&canvas, 28, 28, 0);
    preprocess(out, &canvas);
    assert_memory_equal(out, nothing, DIGIT_PIXELS);
    canvas_init(&canvas, 28, 28, 255);
    preprocess(out, &canvas);
    assert_memory_equal(out, nothing, DIGIT_PIXELS);
}

static void assert_blank(const struct canvas *canvas, const char *words)
{
    uint8_t out[DIGIT_PIXELS];
    uint8_t untouched[DIGIT_PIXELS];
    struct digit_error error;

    memset(out, 77, sizeof out);
    memset(untouched, 77, sizeof untouched);
    assert_int_equal(digit_image_preprocess(out, &canvas->image, NULL, &error), DIGIT_INVALID);
    assert_string_equal(error.message, words);
    assert_memory_equal(out, untouched, DIGIT_PIXELS);
}

static void preprocess_refuses_a_picture_without_contrast(void **state)
{
    struct canvas canvas;
    uint8_t out[DIGIT_PIXELS];

    (void)state;
    canvas_init(&canvas, 40, 30, 255);
    assert_blank(&canvas, "the picture of 40x30 px is blank: its contrast is 0 of 255, at least 16 "
                          "is needed");
    canvas_set(&canvas, 20, 20, 240);
    assert_blank(&canvas,
                 "the picture of 40x30 px is blank: its contrast is 15 of 255, at least 16 "
                 "is needed");
    canvas_set(&canvas, 20, 20, 239);
    preprocess(out, &canvas);
    canvas_init(&canvas, 1, 1, 9);
    assert_blank(&canvas,
                 "the picture of 1x1 px is blank: its contrast is 0 of 255, at least 16 is "
                 "needed");
}

static void preprocess_of_ink_of_20x20_copies_it_to_mnists_offset(void **state)
{
    struct canvas canvas;
    uint8_t out[DIGIT_PIXELS];
    uint8_t box[400];

    (void)state;
    canvas_init(&canvas, 50, 40, 0);
    for (size_t i = 0; i < 400; i++) {
        box[i] = pattern(i % 20, i / 20);
        canvas_set(&canvas, 3 + i % 20, 17 + i / 20, box[i]);
    }
    preprocess(out, &canvas);
    assert_box_at_its_offset(out, box);
}

static void preprocess_gives_the_same_for_dark_on_light(void **state)
{
    struct canvas light, dark;
    uint8_t of_light[DIGIT_PIXELS], of_dark[DIGIT_PIXELS];

    (void)state;
    canvas_init(&light, 33, 45, 10);
    canvas_init(&dark, 33, 45, 245);
    for (size_t i = 0; i < 23 * 31; i++) {
        canvas_set(&light, 4 + i % 23, 6 + i / 23, pattern(i % 23, i / 23));
        canvas_set(&dark, 4 + i % 23, 6 + i / 23, 255 - pattern(i % 23, i / 23));
    }
    preprocess(of_light, &light);
    preprocess(of_dark, &dark);
    assert_memory_equal(of_light, of_dark, DIGIT_PIXELS);
    assert_false(is_inverted(&light));
    assert_true(is_inverted(&dark));
}

static void preprocess_averages_when_it_shrinks(void **state)
{
    struct canvas canvas;
    uint8_t out[DIGIT_PIXELS];
    uint8_t box[400];

    (void)state;
    canvas_init(&canvas, 44, 44, 0);
    for (size_t i = 0; i < 400; i++) {
        const size_t x = 2 * (i % 20) + 2, y = 2 * (i / 20) + 2;

        box[i] = pattern(i % 20, i / 20);
        canvas_fill(&canvas, x, y, 2, 2, box[i]);
        if (box[i] < 200) {
            canvas_set(&canvas, x, y, (uint8_t)(box[i] + 10));
            canvas_set(&canvas, x + 1, y + 1, (uint8_t)(box[i] - 10));
        }
    }
    preprocess(out, &canvas);
    assert_box_at_its_offset(out, box);
}

static void preprocess_repeats_pixels_when_it_grows(void **state)
{
    struct canvas canvas;
    uint8_t out[DIGIT_PIXELS];
    uint8_t box[400];

    (void)state;
    canvas_init(&canvas, 16, 14, 0);
    for (size_t i = 0; i < 100; i++)
        canvas_set(&canvas, 5 + i % 10, 2 + i / 10, pattern(i % 10, i / 10));
    for (size_t i = 0; i < 400; i++)
        box[i] = pattern(i % 20 / 2, i / 20 / 2);
    preprocess(out, &canvas);
    assert_box_at_its_offset(out, box);
}

/* A bar of 10 by 60 becomes 3 1/3 by 20: its outer columns are 1/6 covered by ink, of 20 / 3. */
static void preprocess_keeps_the_aspect_of_narrow_ink(void **state)
{
    struct canvas canvas;
    uint8_t out[DIGIT_PIXELS];
    size_t columns = 0, rows = 0;

    (void)state;
    canvas_init(&canvas, 64, 64, 0);
    canvas_fill(&canvas, 40, 2, 10, 60, 255);
    preprocess(out, &canvas);
    for (size_t x = 0; x < DIGIT_SIDE_PX; x++)
        columns += out[14 * DIGIT_SIDE_PX + x] != 0;
    for (size_t y = 0; y < DIGIT_SIDE_PX; y++)
        rows += out[y * DIGIT_SIDE_PX + 14] != 0;
    assert_int_equal(columns, 4);
    assert_int_equal(rows, 20);
}

static void preprocess_brings_pale_ink_to_255(void **state)
{
    struct canvas canvas;
    uint8_t out[DIGIT_PIXELS];
    int peak = 0;

    (void)state;
    canvas_init(&canvas, 60, 60, 200);
    canvas_fill(&canvas, 20, 20, 10, 10, 170);
    preprocess(out, &canvas);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        peak = out[i] > peak ? out[i] : peak;
    assert_int_equal(peak, 255);
}

static void preprocess_drops_noise_far_below_the_ink(void **state)
{
    struct canvas clean, noisy;
    uint8_t of_clean[DIGIT_PIXELS], of_noisy[DIGIT_PIXELS];

    (void)state;
    canvas_init(&clean, 60, 60, 0);
    canvas_fill(&clean, 20, 15, 12, 31, 255);
    noisy = clean;
    for (size_t i = 0; i < 60; i += 4)
        canvas_set(&noisy, i, i < 10 ? 3 : 55, 25);
    preprocess(of_clean, &clean);
    preprocess(of_noisy, &noisy);
    assert_memory_equal(of_clean, of_noisy, DIGIT_PIXELS);
}

/* Nearly all mass in one corner of the box: int(15 - b) would put 20 columns at 14. */
static void preprocess_keeps_lopsided_ink_inside(void **state)
{
    struct canvas canvas;
    uint8_t out[DIGIT_PIXELS];

    (void)state;
    canvas_init(&canvas, 40, 40, 0);
    canvas_fill(&canvas, 10, 10, 2, 2, 255);
    canvas_set(&canvas, 29, 29, 100);
    preprocess(out, &canvas);
    assert_int_equal(out[8 * DIGIT_SIDE_PX + 8], 255);
    assert_int_equal(out[27 * DIGIT_SIDE_PX + 27], 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(preprocess_keeps_the_pixels_of_a_28x28_picture),
        cmocka_unit_test(preprocess_inverts_a_dark_on_light_28x28_picture),
        cmocka_unit_test(preprocess_takes_a_blank_28x28_picture_as_ground),
        cmocka_unit_test(preprocess_refuses_a_picture_without_contrast),
        cmocka_unit_test(preprocess_of_ink_of_20x20_copies_it_to_mnists_offset),
        cmocka_unit_test(preprocess_gives_the_same_for_dark_on_light),
        cmocka_unit_test(preprocess_averages_when_it_shrinks),
        cmocka_unit_test(preprocess_repeats_pixels_when_it_grows),
        cmocka_unit_test(preprocess_keeps_the_aspect_of_narrow_ink),
        cmocka_unit_test(preprocess_brings_pale_ink_to_255),
        cmocka_unit_test(preprocess_drops_noise_far_below_the_ink),
        cmocka_unit_test(preprocess_keeps_lopsided_ink_inside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
