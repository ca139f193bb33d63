#include "core/preprocess/stroke.h"

#include <stdbool.h>
#include <string.h>

#include "core/preprocess/compare.h"
#include "core/preprocess/ink.h"

/* The median of MNIST's digits in 1/100 px of the 20 px box, by stroke_width on 20,000 training
 * images. */
#define STROKE_MEDIAN 282

/* Lengths in 1/16 px. */
#define SIXTEENTHS   16
#define REACH_MAX_PX CUTTING_MARGIN_MAX_PX

/* Pixels that a loop takes at once: a row's last ones are worth no loop of their own. */
#define LANES          16
#define WHOLE_LANES(n) (((n) + LANES - 1) / LANES * LANES)
#define ROW_MAX_PX     WHOLE_LANES(CUTTING_SIDE_MAX_PX)

static bool is_ink(const struct plane *plane, size_t at)
{
    return plane->pixels[at] >= INK_EDGE;
}

uint32_t stroke_width(const struct cutting *cutting)
{
    const struct plane *plane = &cutting->plane;
    uint64_t area = 0, sides = 0;
    /* The margin holds no ink, so every pixel of ink has neighbours. */
    for (size_t y = 1; y < plane->height_px; y++) {
        uint32_t row_area = 0, row_sides = 0;
        for (size_t x = 1; x < plane->width_px; x++) {
            size_t at = y * plane->width_px + x;
            bool ink = is_ink(plane, at);
            row_area += ink;
            row_sides += ink != is_ink(plane, at - 1);
            row_sides += ink != is_ink(plane, at - plane->width_px);
        }
        area += row_area;
        sides += row_sides;
    }
    if (sides == 0)
        return 0;
    /* 2 area / (sides pi / 4), with pi as 355 / 113, and 20 / side_px. */
    return (uint32_t)(area * 8 * 113 * 20 * 100 / (sides * 355 * cutting->side_px));
}

/* One row further: a pixel's distance along the column is 0 where it is ink, or is not, and else 1
 * more than that of its neighbour, `before`, or `reach` + 1. */
static void step_row(uint8_t *distances, const uint8_t *before, const uint8_t *pixels, size_t width,
                     bool to_ink, uint8_t reach)
{
    for (size_t x = 0; x < width; x++) {
        uint8_t distance = (uint8_t)(before[x] + (before[x] <= reach));
        distances[x] = (pixels[x] >= INK_EDGE) == to_ink ? 0 : distance;
    }
}

/* Distance along the column to the nearest pixel that is ink, or is not, at most `reach` + 1. */
static void measure_columns(uint8_t *down, const struct plane *plane, bool to_ink, uint8_t reach)
{
    uint8_t before[CUTTING_SIDE_MAX_PX];
    uint8_t distances[CUTTING_SIDE_MAX_PX];
    size_t width = plane->width_px;
    memset(before, reach + 1, width);
    for (size_t y = 0; y < plane->height_px; y++) {
        step_row(distances, before, plane->pixels + y * width, width, to_ink, reach);
        memcpy(down + y * width, distances, width);
        memcpy(before, distances, width);
    }
    memset(before, reach + 1, width);
    for (size_t y = plane->height_px; y-- > 0;) {
        uint8_t *row = down + y * width;
        step_row(distances, before, plane->pixels + y * width, width, to_ink, reach);
        for (size_t x = 0; x < width; x++)
            row[x] = distances[x] < row[x] ? distances[x] : row[x];
        memcpy(before, distances, width);
    }
}

/* The least of `squares`, each with that of its distance across added, for LANES pixels: pixel i's own
 * is squares[reach + i]. */
static void nearest_of_lanes(int16_t *nearest, const int16_t *squares, size_t reach)
{
    int16_t least[LANES];
    for (size_t lane = 0; lane < LANES; lane++)
        least[lane] = INT16_MAX;
    for (size_t i = 0; i <= 2 * reach; i++) {
        int across = (int)i - (int)reach;
        for (size_t lane = 0; lane < LANES; lane++) {
            int16_t square = (int16_t)(squares[i + lane] + across * across);
            least[lane] = (int16_t)(square < least[lane] ? square : least[lane]);
        }
    }
    memcpy(nearest, least, sizeof least);
}

/* The squares of the distances from a row's pixels to the nearest such pixel anywhere, at most
 * (reach + 1)^2; for pixels behind the row, too, up to whole lanes. */
static void measure_row(int16_t nearest[ROW_MAX_PX], const uint8_t *down, size_t width,
                        size_t reach)
{
    int16_t squares[ROW_MAX_PX + 2 * REACH_MAX_PX];
    int16_t far = (int16_t)((reach + 1) * (reach + 1));
    size_t whole = WHOLE_LANES(width);
    for (size_t i = 0; i < whole + 2 * reach; i++)
        squares[i] = far;
    for (size_t x = 0; x < width; x++)
        squares[reach + x] = (int16_t)(down[x] * down[x]);
    for (size_t x = 0; x < whole; x += LANES)
        nearest_of_lanes(nearest + x, squares + x, reach);
}

/* A pixel's share of ink, of 255, by how far its middle lies inside what is drawn, in 1/16 px. */
static uint8_t cover(int32_t inside)
{
    return (uint8_t)(inside <= 0 ? 0 : inside >= SIXTEENTHS ? 255 : inside * 255 / SIXTEENTHS);
}

/* The share of ink at each square of a distance up to (reach + 1)^2, when every edge moves by
 * `radius`, in 1/16 px: outwards, where the distance is one to the ink, or inwards, where it is one
 * to the ground. */
static void find_shares(uint8_t *shares, bool grow, int32_t radius, size_t reach)
{
    int32_t distance = 0;
    for (uint32_t square = 0; square <= (reach + 1) * (reach + 1); square++) {
        while ((uint32_t)((distance + 1) * (distance + 1)) <= square * SIXTEENTHS * SIXTEENTHS)
            distance++;
        shares[square] = cover(grow ? radius + SIXTEENTHS - distance : distance - radius);
    }
}

/* Moves every edge outwards, or inwards if `grow` does not hold, by `radius` / 16 px. */
static void move_edges(struct plane *plane, bool grow, int32_t radius,
                       struct stroke_scratch *scratch)
{
    uint8_t shares[(REACH_MAX_PX + 1) * (REACH_MAX_PX + 1) + 1];
    int16_t nearest[ROW_MAX_PX];
    size_t width = plane->width_px;
    uint8_t reach = (uint8_t)((radius + SIXTEENTHS - 1) / SIXTEENTHS);
    measure_columns(scratch->down, plane, grow, reach);
    find_shares(shares, grow, radius, reach);
    for (size_t y = 0; y < plane->height_px; y++) {
        uint8_t *row = plane->pixels + y * width;
        measure_row(nearest, scratch->down + y * width, width, reach);
        for (size_t x = 0; x < width; x++) {
            uint8_t ink = shares[nearest[x]];
            row[x] = (grow ? ink > row[x] : ink < row[x]) ? ink : row[x];
        }
    }
}

bool stroke_normalise(struct cutting *cutting, uint32_t width, struct stroke_scratch *scratch)
{
    bool grow = width < STROKE_MEDIAN;
    uint32_t missing = grow ? STROKE_MEDIAN - width : width - STROKE_MEDIAN;
    /* Half on either side, from 1/100 of 1/20 of the side to 1/16 px. */
    size_t radius = missing * cutting->side_px * SIXTEENTHS / (2 * 100 * 20);
    if (width == 0 || radius == 0)
        return false;
    move_edges(&cutting->plane, grow, (int32_t)smaller(radius, REACH_MAX_PX * SIXTEENTHS), scratch);
    return true;
}
