#include "core/preprocess/measure.h"

#include <string.h>

#include <digit/image.h>

#include "core/preprocess/compare.h"

struct range measure_range(const struct plane *plane)
{
    struct range range = {.lowest = UINT8_MAX, .highest = 0};
    for (size_t i = 0; i < plane->width_px * plane->height_px; i++) {
        range.lowest = plane->pixels[i] < range.lowest ? plane->pixels[i] : range.lowest;
        range.highest = plane->pixels[i] > range.highest ? plane->pixels[i] : range.highest;
    }
    return range;
}

int measure_contrast(const struct plane *plane)
{
    const struct range range = measure_range(plane);
    return range.highest - range.lowest;
}

/* Updates the columns' maxima with a row; returns whether the row has foreground. */
static inline bool add_row(uint8_t *peaks, const uint8_t *row, size_t width_px, uint8_t background)
{
    uint8_t peak = 0;
    for (size_t x = 0; x < width_px; x++) {
        peaks[x] = row[x] > peaks[x] ? row[x] : peaks[x];
        peak = row[x] > peak ? row[x] : peak;
    }
    return peak > background;
}

/* Below, rows of 28 px have a loop of their own, of a length that the compiler knows: MNIST's pictures go through
 * little else. */
bool measure_box(struct box *out, const struct plane *plane, uint8_t background)
{
    uint8_t peaks[PLANE_SIDE_MAX_PX];
    size_t width = plane->width_px;
    bool is_small = width == DIGIT_SIDE_PX, found = false;
    memset(peaks, 0, width);
    *out = (struct box){.left = 0, .top = plane->height_px, .right = width - 1};
    for (size_t y = 0; y < plane->height_px; y++)
        if (is_small ? add_row(peaks, plane->pixels + y * width, DIGIT_SIDE_PX, background)
                     : add_row(peaks, plane->pixels + y * width, width, background)) {
            out->top = smaller(y, out->top);
            out->bottom = y;
            found = true;
        }
    while (found && peaks[out->left] <= background)
        out->left++;
    while (found && peaks[out->right] <= background)
        out->right--;
    return found;
}

size_t box_width(const struct box *box)
{
    return box->right - box->left + 1;
}

size_t box_height(const struct box *box)
{
    return box->bottom - box->top + 1;
}

size_t box_longer_side(const struct box *box)
{
    return larger(box_width(box), box_height(box));
}

/* Adds a row's foreground to the sums of the columns; returns its mass. */
static inline uint32_t sum_row(uint32_t *columns, const uint8_t *row, size_t width_px,
                               uint8_t background)
{
    uint32_t mass = 0;
    for (size_t x = 0; x < width_px; x++) {
        uint32_t foreground = row[x] > background ? row[x] : 0;
        columns[x] += foreground;
        mass += foreground;
    }
    return mass;
}

struct moments measure_moments(const struct plane *plane, uint8_t background)
{
    struct moments moments = {0, 0, 0};
    uint32_t columns[PLANE_SIDE_MAX_PX];
    size_t width = plane->width_px;
    bool is_small = width == DIGIT_SIDE_PX;
    memset(columns, 0, width * sizeof *columns);
    for (size_t y = 0; y < plane->height_px; y++) {
        const uint8_t *row = plane->pixels + y * width;
        uint32_t mass = is_small ? sum_row(columns, row, DIGIT_SIDE_PX, background)
                                 : sum_row(columns, row, width, background);
        moments.mass += mass;
        moments.y += (uint64_t)mass * (2 * y + 1);
    }
    for (size_t x = 0; x < width; x++)
        moments.x += (uint64_t)columns[x] * (2 * x + 1);
    return moments;
}
