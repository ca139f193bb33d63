#include "tests/core/read/fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <digit/model.h>

#define RING_STROKES 24

static struct digit_model *model;
static struct digit_context *context;

struct digit_context *fixture_context(void)
{
    struct digit_error error;
    if (context != NULL)
        return context;
    if (digit_model_load(&model, SOURCE_DIR "/models/digits.safetensors", NULL, &error) !=
            DIGIT_OK ||
        digit_context_create(&context, model, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    return context;
}

struct digit_reader *fixture_reader(const struct digit_reader_limits *limits)
{
    struct digit_reader *made;
    struct digit_error error;
    if (digit_reader_create(&made, fixture_context(), limits, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    return made;
}

void fixture_release(void)
{
    digit_context_destroy(context);
    digit_model_destroy(model);
    context = NULL;
    model = NULL;
}

struct digit_reader *reader;
struct digit_preprocessor *preprocessor;

int create_reader(void **state)
{
    (void)state;
    reader = fixture_reader(NULL);
    return 0;
}

int destroy_reader(void **state)
{
    (void)state;
    digit_reader_destroy(reader);
    fixture_release();
    return 0;
}

int create_preprocessor(void **state)
{
    (void)state;
    return digit_preprocessor_create(&preprocessor, NULL) == DIGIT_OK ? 0 : -1;
}

int destroy_preprocessor(void **state)
{
    (void)state;
    digit_preprocessor_destroy(preprocessor);
    return 0;
}

struct canvas draw_seven(uint8_t background, uint8_t foreground)
{
    struct canvas canvas = canvas_make(200, 200, background);
    canvas_seven(&canvas, 60, 40, 120, 16, foreground);
    return canvas;
}

struct canvas draw_normalised(uint8_t level)
{
    struct canvas canvas = canvas_make(28, 28, 0);
    canvas_frame(&canvas, 4, 4, 20, 20, 3, level);
    return canvas;
}

struct canvas draw_in_uneven_light(void)
{
    struct canvas canvas = draw_seven(250, 150);
    canvas_darken(&canvas, 200);
    return canvas;
}

struct canvas draw_on_patch(void)
{
    struct canvas canvas = canvas_make(200, 200, 255);
    canvas_box(&canvas, 30, 20, 140, 160, 225);
    canvas_seven(&canvas, 60, 40, 120, 16, 37);
    return canvas;
}

static void draw_ring(struct canvas *canvas, double left, double top, double height_px,
                      double thick_px, uint8_t level)
{
    double across = height_px / 3, down = height_px / 2;
    double from_x = left + 2 * across, from_y = top + down;
    for (int i = 1; i <= RING_STROKES; i++) {
        double angle = 2 * 3.14159265358979 * i / RING_STROKES;
        double to_x = left + across + across * cos(angle), to_y = top + down + down * sin(angle);
        canvas_stroke(canvas, from_x, from_y, to_x, to_y, thick_px, level);
        from_x = to_x;
        from_y = to_y;
    }
}

void draw_digit(struct canvas *canvas, size_t digit, double left, double top, double height_px,
                double thick_px, uint8_t level)
{
    double right = left + height_px * 2 / 3, bottom = top + height_px;
    double middle = top + 0.6 * height_px, stem = left + height_px / 2;
    switch (digit) {
    case 0:
        draw_ring(canvas, left, top, height_px, thick_px, level);
        break;
    case 1:
        canvas_stroke(canvas, left + height_px / 3, top, left + height_px / 3, bottom, thick_px,
                      level);
        break;
    case 4:
        canvas_stroke(canvas, left + height_px / 8, top, left, middle, thick_px, level);
        canvas_stroke(canvas, left, middle, right, middle, thick_px, level);
        canvas_stroke(canvas, stem, top + height_px / 4, stem, bottom, thick_px, level);
        break;
    case 7:
        canvas_seven(canvas, left, top, height_px, thick_px, level);
        break;
    default:
        fail_msg("there is no drawing of %zu", digit);
    }
}
