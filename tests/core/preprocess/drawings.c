#include "tests/core/preprocess/drawings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct canvas canvas_make(size_t width_px, size_t height_px, uint8_t background)
{
    struct canvas canvas = {malloc(width_px * height_px), width_px, height_px};
    if (canvas.luma == NULL)
        abort();
    memset(canvas.luma, background, width_px * height_px);
    return canvas;
}

struct canvas canvas_of_digit(const uint8_t pixels[DIGIT_PIXELS])
{
    struct canvas canvas = canvas_make(DIGIT_SIDE_PX, DIGIT_SIDE_PX, 0);
    memcpy(canvas.luma, pixels, DIGIT_PIXELS);
    return canvas;
}

void canvas_free(struct canvas *canvas)
{
    free(canvas->luma);
    canvas->luma = NULL;
}

struct digit_image canvas_image(const struct canvas *canvas)
{
    return (struct digit_image){.luma = canvas->luma,
                                .width_px = canvas->width_px,
                                .height_px = canvas->height_px,
                                .block_px = 1};
}

struct plane canvas_plane(const struct canvas *canvas)
{
    return (struct plane){canvas->luma, canvas->width_px, canvas->height_px};
}

uint8_t canvas_at(const struct canvas *canvas, size_t x, size_t y)
{
    return canvas->luma[y * canvas->width_px + x];
}

void canvas_set(struct canvas *canvas, size_t x, size_t y, uint8_t level)
{
    if (x < canvas->width_px && y < canvas->height_px)
        canvas->luma[y * canvas->width_px + x] = level;
}

void canvas_box(struct canvas *canvas, size_t left, size_t top, size_t width_px, size_t height_px,
                uint8_t level)
{
    for (size_t y = top; y < top + height_px; y++)
        for (size_t x = left; x < left + width_px; x++)
            canvas_set(canvas, x, y, level);
}

void canvas_frame(struct canvas *canvas, size_t left, size_t top, size_t width_px, size_t height_px,
                  size_t thick_px, uint8_t level)
{
    canvas_box(canvas, left, top, width_px, thick_px, level);
    canvas_box(canvas, left, top + height_px - thick_px, width_px, thick_px, level);
    canvas_box(canvas, left, top, thick_px, height_px, level);
    canvas_box(canvas, left + width_px - thick_px, top, thick_px, height_px, level);
}

void canvas_stroke(struct canvas *canvas, double from_x, double from_y, double to_x, double to_y,
                   double thick_px, uint8_t level)
{
    double along_x = to_x - from_x, along_y = to_y - from_y;
    double square = fmax(along_x * along_x + along_y * along_y, 1e-9);
    for (size_t y = 0; y < canvas->height_px; y++)
        for (size_t x = 0; x < canvas->width_px; x++) {
            double right = (double)x + 0.5 - from_x, down = (double)y + 0.5 - from_y;
            double share = fmin(fmax((right * along_x + down * along_y) / square, 0.0), 1.0);
            if (hypot(right - share * along_x, down - share * along_y) <= thick_px / 2)
                canvas_set(canvas, x, y, level);
        }
}

void canvas_seven(struct canvas *canvas, double left, double top, double height_px, double thick_px,
                  uint8_t level)
{
    double right = left + height_px * 2 / 3;
    canvas_stroke(canvas, left, top, right, top, thick_px, level);
    canvas_stroke(canvas, right, top, left + height_px / 4, top + height_px, thick_px, level);
}

static uint8_t clamp(int level)
{
    return (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level);
}

void canvas_darken(struct canvas *canvas, int levels)
{
    for (size_t i = 0; i < canvas->width_px * canvas->height_px; i++)
        canvas->luma[i] =
            clamp(canvas->luma[i] - levels * (int)(i % canvas->width_px) / (int)canvas->width_px);
}

void canvas_noise(struct canvas *canvas, int levels, uint64_t seed)
{
    for (size_t i = 0; i < canvas->width_px * canvas->height_px; i++)
        canvas->luma[i] = clamp(canvas->luma[i] - levels +
                                (int)(drawing_random(&seed) % (2 * (unsigned)levels + 1)));
}

void canvas_invert(struct canvas *canvas)
{
    for (size_t i = 0; i < canvas->width_px * canvas->height_px; i++)
        canvas->luma[i] = (uint8_t)(255 - canvas->luma[i]);
}

/* A linear congruential generator with Knuth's constants for MMIX, its upper bits. */
uint32_t drawing_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

struct canvas canvas_random(uint64_t *seed)
{
    size_t most = drawing_random(seed) % 8 == 0 ? 700 : 64;
    struct canvas canvas =
        canvas_make(1 + drawing_random(seed) % most, 1 + drawing_random(seed) % most,
                    (uint8_t)drawing_random(seed));
    size_t side = canvas.width_px > canvas.height_px ? canvas.width_px : canvas.height_px;
    for (uint32_t left = drawing_random(seed) % 9; left > 0; left--) {
        double places[4];
        for (size_t i = 0; i < 4; i++)
            places[i] = (double)(drawing_random(seed) % side);
        canvas_stroke(&canvas, places[0], places[1], places[2], places[3],
                      (double)(1 + drawing_random(seed) % (1 + side / 6)),
                      (uint8_t)drawing_random(seed));
    }
    if (drawing_random(seed) % 2 == 0)
        canvas_darken(&canvas, (int)(drawing_random(seed) % 200));
    if (drawing_random(seed) % 2 == 0)
        canvas_noise(&canvas, (int)(drawing_random(seed) % 128), *seed);
    return canvas;
}
