#include "tools/strip.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <png.h>

#define OUTLINE 128
#define OPAQUE  255
#define SAMPLES 2 /* grey and alpha */

/* The pixels of the whole strip. */
struct canvas {
    uint8_t *samples; /* [height_px][width_px][SAMPLES] */
    size_t width_px;
};

static void set_pixel(const struct canvas *canvas, size_t x, size_t y, uint8_t level)
{
    uint8_t *sample = canvas->samples + (y * canvas->width_px + x) * SAMPLES;
    sample[0] = level;
    sample[1] = OPAQUE;
}

/* The first of `size` input pixels that output pixel `index` of `count` covers. */
static size_t first_input(size_t index, size_t count, size_t size)
{
    return index * size / count;
}

/* The mean of the input pixels that an output pixel covers, of which there is at least one. */
static uint8_t mean_at(const struct plane *plane, size_t x, size_t y, size_t width, size_t height)
{
    const size_t left = first_input(x, width, plane->width_px);
    const size_t top = first_input(y, height, plane->height_px);
    size_t right = first_input(x + 1, width, plane->width_px);
    size_t bottom = first_input(y + 1, height, plane->height_px);
    right = right > left ? right : left + 1;
    bottom = bottom > top ? bottom : top + 1;
    size_t sum = 0;
    for (size_t row = top; row < bottom; row++)
        for (size_t column = left; column < right; column++)
            sum += plane->pixels[row * plane->width_px + column];
    const size_t count = (right - left) * (bottom - top);
    return (uint8_t)((sum + count / 2) / count);
}

/* `side`, scaled so that `longer` fills the inside of a panel's outline. */
static size_t scaled_side(size_t side, size_t longer)
{
    const size_t fitted = side * (STRIP_PANEL_PX - 2) / longer;
    return fitted > 0 ? fitted : 1;
}

static void draw_panel(const struct canvas *canvas, size_t panel_left, const struct plane *plane)
{
    const size_t longer = plane->width_px > plane->height_px ? plane->width_px : plane->height_px;
    const size_t width = scaled_side(plane->width_px, longer);
    const size_t height = scaled_side(plane->height_px, longer);
    const size_t left = panel_left + (STRIP_PANEL_PX - width) / 2;
    const size_t top = (STRIP_PANEL_PX - height) / 2;
    for (size_t y = top - 1; y <= top + height; y++)
        for (size_t x = left - 1; x <= left + width; x++) {
            const bool inside = x >= left && x < left + width && y >= top && y < top + height;
            set_pixel(canvas, x, y,
                      inside ? mean_at(plane, x - left, y - top, width, height) : OUTLINE);
        }
}

enum digit_status strip_write(const char *path, const struct plane *pictures, size_t count,
                              struct digit_error *error)
{
    struct canvas canvas = {.width_px = count * (STRIP_PANEL_PX + STRIP_GAP_PX) - STRIP_GAP_PX};
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)canvas.width_px,
                       .height = STRIP_PANEL_PX,
                       .format = PNG_FORMAT_GA};
    canvas.samples = calloc(canvas.width_px * STRIP_PANEL_PX, SAMPLES);
    if (canvas.samples == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for a picture of %zux%d px", path,
                          canvas.width_px, STRIP_PANEL_PX);
    for (size_t i = 0; i < count; i++)
        if (pictures[i].pixels != NULL)
            draw_panel(&canvas, i * (STRIP_PANEL_PX + STRIP_GAP_PX), &pictures[i]);
    enum digit_status status = DIGIT_OK;
    if (!png_image_write_to_file(&image, path, 0, canvas.samples, 0, NULL))
        status = digit_fail(error, DIGIT_IO, "%s: %s", path, image.message);
    png_image_free(&image);
    free(canvas.samples);
    return status;
}
