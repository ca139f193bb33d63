#include "core/preprocess/lines.h"

#include <stdbool.h>
#include <string.h>

#include "core/preprocess/compare.h"

/* A piece of a line is at least 1 / PIECE_DIVISOR of the picture's width long within one row of pixels. A
 * line that is tilted by more than its thickness over that length is not found. */
#define PIECE_DIVISOR 24

/* A line is at most 1 / THICK_DIVISOR of the picture's width plus 2 px thick. */
#define THICK_DIVISOR 40

/* A line stays within a band of 1 / BAND_DIVISOR of the picture's height. */
#define BAND_DIVISOR 24

#define STRIP_ROWS 16

static size_t thickness_max(const struct plane *plane)
{
    return plane->width_px / THICK_DIVISOR + 2;
}

/* Length of the vertical run of foreground pixels through (x, y), a foreground pixel; counts up to
 * max + 1. */
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

/* Whether at least half of the foreground pixels first to end - 1 of row y lie on thin vertical runs. */
static bool is_thin(const struct plane *plane, size_t y, size_t first, size_t end)
{
    size_t thin_px = thickness_max(plane);
    size_t thin = 0;
    for (size_t x = first; x < end; x++)
        thin += thickness_at(plane, x, y, thin_px) <= thin_px;
    return 2 * thin >= end - first;
}

/* Marks the horizontal runs of foreground that are long and mostly thin. */
static void mark_pieces(uint8_t *marked, const struct plane *plane)
{
    size_t long_px = plane->width_px / PIECE_DIVISOR + 2;
    memset(marked, 0, plane->width_px * plane->height_px);
    for (size_t y = 0; y < plane->height_px; y++) {
        const uint8_t *row = plane->pixels + y * plane->width_px;
        for (size_t x = 0; x < plane->width_px; x++) {
            size_t first = x;
            while (x < plane->width_px && row[x] != 0)
                x++;
            if (x - first >= long_px && is_thin(plane, y, first, x))
                memset(marked + y * plane->width_px + first, 1, x - first);
        }
    }
}

static uint8_t band_rows(const struct plane *plane)
{
    return (uint8_t)(plane->height_px / BAND_DIVISOR + 1);
}

/*
 * Adds the next row of pixels; returns whether the last `band` rows together cover seven eighths of the
 * columns. rows_since: [width_px], how many rows ago each column had a pixel above 0, at most 255.
 */
static bool band_covers(uint8_t *rows_since, const uint8_t *row, size_t width_px, uint8_t band)
{
    uint16_t count = 0;
    for (size_t x = 0; x < width_px; x++)
        rows_since[x] = (uint8_t)(row[x] != 0 ? 0 : rows_since[x] + (rows_since[x] < 255));
    for (size_t x = 0; x < width_px; x++)
        count = (uint16_t)(count + (rows_since[x] < band));
    return 8u * count >= 7 * width_px;
}

/* Whether any band of rows has enough foreground for a line. */
static bool may_have_lines(const struct plane *plane)
{
    uint8_t rows_since[PLANE_SIDE_MAX_PX];
    size_t width = plane->width_px;
    memset(rows_since, 255, width);
    for (size_t y = 0; y < plane->height_px; y++)
        if (band_covers(rows_since, plane->pixels + y * width, width, band_rows(plane)))
            return true;
    return false;
}

/* Erases the vertical run of foreground through (x, y). */
static void erase_column(struct plane *plane, size_t x, size_t y)
{
    uint8_t *column = plane->pixels + x;
    size_t top = y;
    while (top > 0 && column[(top - 1) * plane->width_px] != 0)
        top--;
    for (; top < plane->height_px && column[top * plane->width_px] != 0; top++)
        column[top * plane->width_px] = 0;
}

/* Erases the line in rows first to end - 1 except where something thicker crosses it. Returns whether any
 * pixel was erased. */
static bool erase_line(struct plane *plane, const uint8_t *marked, size_t first, size_t end)
{
    size_t width = plane->width_px;
    size_t thin_px = thickness_max(plane);
    bool erased = false;
    for (size_t x = 0; x < width; x++)
        for (size_t y = first; y < end; y++)
            if (marked[y * width + x] && plane->pixels[y * width + x] != 0 &&
                thickness_at(plane, x, y, thin_px) <= thin_px) {
                erase_column(plane, x, y);
                erased = true;
            }
    return erased;
}

/* Removes the horizontal lines and returns their number. The rows of a line are not examined again. */
static size_t remove_rows(struct plane *plane, uint8_t *marked)
{
    uint8_t rows_since[PLANE_SIDE_MAX_PX];
    size_t width = plane->width_px;
    uint8_t band = band_rows(plane);
    size_t count = 0;
    mark_pieces(marked, plane);
    memset(rows_since, 255, width);
    for (size_t y = 0; y < plane->height_px; y++) {
        if (!band_covers(rows_since, marked + y * width, width, band) || y + 1u < band)
            continue;
        count += erase_line(plane, marked, y + 1 - band, y + 1);
        memset(rows_since, 255, width);
    }
    return count;
}

/* Transposes the plane, a strip of rows at a time, which stays in the caches. */
static void transpose_plane(struct plane *out, const struct plane *in)
{
    out->width_px = in->height_px;
    out->height_px = in->width_px;
    for (size_t first = 0; first < in->height_px; first += STRIP_ROWS) {
        size_t end = smaller(first + STRIP_ROWS, in->height_px);
        for (size_t x = 0; x < in->width_px; x++)
            for (size_t y = first; y < end; y++)
                out->pixels[x * out->width_px + y] = in->pixels[y * in->width_px + x];
    }
}

size_t lines_remove(struct plane *plane, struct lines_scratch *scratch)
{
    struct plane transposed = {.pixels = scratch->transposed};
    size_t rows = may_have_lines(plane) ? remove_rows(plane, scratch->marked) : 0;
    transpose_plane(&transposed, plane);
    size_t columns = may_have_lines(&transposed) ? remove_rows(&transposed, scratch->marked) : 0;
    if (columns > 0)
        transpose_plane(plane, &transposed);
    return rows + columns;
}
