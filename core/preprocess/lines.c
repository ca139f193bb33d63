#include "core/preprocess/lines.h"

#include <stdbool.h>
#include <string.h>

/* A piece of a line is at least this part of the picture's width long in one row of pixels; a line tilted
 * by more than its thickness over that length is not found. */
#define PIECE_DIVISOR 24
#define THICK_DIVISOR 40
#define BAND_DIVISOR  24

static size_t thickness_max(const struct plane *plane)
{
    return plane->width_px / THICK_DIVISOR + 2;
}

/* How many pixels of ink lie in the column through (x, y), which is ink, `max` + 1 at most. */
static size_t thickness_at(const struct plane *plane, size_t x, size_t y, size_t max)
{
    const uint8_t *column = plane->pixels + x;
    size_t first = y, last = y;
    while (last - first <= max && first > 0 && column[(first - 1) * plane->width_px] != 0)
        first--;
    while (last - first <= max && last + 1 < plane->height_px &&
           column[(last + 1) * plane->width_px] != 0)
        last++;
    return last - first + 1;
}

/* Marks runs of ink that are long and, for the most part, thin. */
static void mark_pieces(uint8_t *marked, const struct plane *plane)
{
    size_t long_px = plane->width_px / PIECE_DIVISOR + 2;
    size_t thin_px = thickness_max(plane);
    memset(marked, 0, plane->width_px * plane->height_px);
    for (size_t y = 0; y < plane->height_px; y++) {
        const uint8_t *row = plane->pixels + y * plane->width_px;
        for (size_t x = 0; x < plane->width_px;) {
            while (x < plane->width_px && row[x] == 0)
                x++;
            size_t first = x, thin = 0;
            for (; x < plane->width_px && row[x] != 0; x++)
                thin += thickness_at(plane, x, y, thin_px) <= thin_px;
            if (x - first >= long_px && 2 * thin >= x - first)
                memset(marked + y * plane->width_px + first, 1, x - first);
        }
    }
}

/* Columns in which one of rows first to end - 1 is marked. */
static size_t covered_columns(const uint8_t *marked, size_t width_px, size_t first, size_t end)
{
    uint8_t covered[PLANE_SIDE_MAX_PX] = {0};
    size_t count = 0;
    for (size_t y = first; y < end; y++)
        for (size_t x = 0; x < width_px; x++)
            covered[x] |= marked[y * width_px + x];
    for (size_t x = 0; x < width_px; x++)
        count += covered[x];
    return count;
}

/* Erases the line's pixels in rows first to end - 1 where nothing thicker crosses it. */
static void erase(struct plane *plane, const uint8_t *marked, size_t first, size_t end)
{
    size_t width = plane->width_px;
    size_t thin_px = thickness_max(plane);
    for (size_t x = 0; x < width; x++)
        for (size_t y = first; y < end; y++) {
            if (!marked[y * width + x] || plane->pixels[y * width + x] == 0)
                continue;
            size_t top = y, bottom = y;
            if (thickness_at(plane, x, y, thin_px) > thin_px)
                continue;
            while (top > 0 && plane->pixels[(top - 1) * width + x] != 0)
                top--;
            while (bottom + 1 < plane->height_px && plane->pixels[(bottom + 1) * width + x] != 0)
                bottom++;
            for (size_t i = top; i <= bottom; i++)
                plane->pixels[i * width + x] = 0;
        }
}

static size_t remove_rows(struct plane *plane, uint8_t *marked)
{
    size_t band = plane->height_px / BAND_DIVISOR + 1;
    size_t count = 0;
    mark_pieces(marked, plane);
    for (size_t y = 0; y + band <= plane->height_px; y++) {
        if (8 * covered_columns(marked, plane->width_px, y, y + band) < 7 * plane->width_px)
            continue;
        erase(plane, marked, y, y + band);
        memset(marked + y * plane->width_px, 0, band * plane->width_px);
        count++;
    }
    return count;
}

static void turn(struct plane *plane, uint8_t *pixels)
{
    for (size_t y = 0; y < plane->height_px; y++)
        for (size_t x = 0; x < plane->width_px; x++)
            pixels[x * plane->height_px + y] = plane->pixels[y * plane->width_px + x];
    memcpy(plane->pixels, pixels, plane->width_px * plane->height_px);
    size_t width = plane->width_px;
    plane->width_px = plane->height_px;
    plane->height_px = width;
}

size_t lines_remove(struct plane *plane, struct lines_scratch *scratch)
{
    size_t count = remove_rows(plane, scratch->marked);
    turn(plane, scratch->turned);
    count += remove_rows(plane, scratch->marked);
    turn(plane, scratch->turned);
    return count;
}
