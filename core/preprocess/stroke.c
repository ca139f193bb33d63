#include "core/preprocess/stroke.h"

#include <stdbool.h>
#include <string.h>

#include "core/preprocess/compare.h"
#include "core/preprocess/foreground.h"

/* Units per pixel of the lengths below. */
#define SIXTEENTHS   16
#define REACH_MAX_PX CROP_MARGIN_MAX_PX

/* Pixels per iteration of a vectorised loop. Rows are padded to whole iterations, as a loop for the last
 * pixels would cost more. */
#define LANES          16
#define WHOLE_LANES(n) (((n) + LANES - 1) / LANES * LANES)
#define ROW_MAX_PX     WHOLE_LANES(CROP_SIDE_MAX_PX)

static bool is_foreground(const struct plane *plane, size_t at)
{
    return plane->pixels[at] >= FOREGROUND_EDGE;
}

uint32_t stroke_width(const struct crop *crop)
{
    const struct plane *plane = &crop->plane;
    uint64_t area = 0, sides = 0;
    /* The margin is background, so every foreground pixel has neighbours. */
    for (size_t y = 1; y < plane->height_px; y++) {
        uint32_t row_area = 0, row_sides = 0;
        for (size_t x = 1; x < plane->width_px; x++) {
            size_t at = y * plane->width_px + x;
            bool foreground = is_foreground(plane, at);
            row_area += foreground;
            row_sides += foreground != is_foreground(plane, at - 1);
            row_sides += foreground != is_foreground(plane, at - plane->width_px);
        }
        area += row_area;
        sides += row_sides;
    }
    if (sides == 0)
        return 0;
    /* 2 * area / (sides * pi / 4) * 20 / side_px, with pi = 355 / 113. */
    return (uint32_t)(area * 8 * 113 * 20 * 100 / (sides * 355 * crop->side_px));
}

/* Vertical distances of one row from those of the previous row, `before`: 0 at a pixel of the class that
 * is searched (foreground or background), else one more than the neighbour's, at most reach + 1. */
static void step_row(uint8_t *distances, const uint8_t *before, const uint8_t *pixels, size_t width,
                     bool to_foreground, uint8_t reach)
{
    for (size_t x = 0; x < width; x++) {
        uint8_t distance = (uint8_t)(before[x] + (before[x] <= reach));
        distances[x] = (pixels[x] >= FOREGROUND_EDGE) == to_foreground ? 0 : distance;
    }
}

/* Vertical distance of each pixel to the nearest foreground (or background) pixel, at most reach + 1. */
static void measure_columns(uint8_t *down, const struct plane *plane, bool to_foreground,
                            uint8_t reach)
{
    uint8_t before[CROP_SIDE_MAX_PX];
    uint8_t distances[CROP_SIDE_MAX_PX];
    size_t width = plane->width_px;
    memset(before, reach + 1, width);
    for (size_t y = 0; y < plane->height_px; y++) {
        step_row(distances, before, plane->pixels + y * width, width, to_foreground, reach);
        memcpy(down + y * width, distances, width);
        memcpy(before, distances, width);
    }
    memset(before, reach + 1, width);
    for (size_t y = plane->height_px; y-- > 0;) {
        uint8_t *row = down + y * width;
        step_row(distances, before, plane->pixels + y * width, width, to_foreground, reach);
        for (size_t x = 0; x < width; x++)
            row[x] = distances[x] < row[x] ? distances[x] : row[x];
        memcpy(before, distances, width);
    }
}

/* For LANES pixels, the minimum over horizontal distances x of squares[] + x^2; squares[reach + i] is that
 * of pixel i itself. */
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

/* Squared distance of each pixel of a row to the nearest pixel of that class, at most (reach + 1)^2. Also
 * written for the pixels behind the row up to a whole number of LANES. */
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

/* Level of a pixel whose centre lies `inside` / 16 px inside the edge. */
static uint8_t coverage_of(int32_t inside)
{
    return (uint8_t)(inside <= 0 ? 0 : inside >= SIXTEENTHS ? 255 : inside * 255 / SIXTEENTHS);
}

/* The level for each squared distance up to (reach + 1)^2 when every edge moves by radius / 16 px: outwards
 * (`grow`, distances to the foreground) or inwards (distances to the background). */
static void find_shares(uint8_t *shares, bool grow, int32_t radius, size_t reach)
{
    int32_t distance = 0;
    for (uint32_t square = 0; square <= (reach + 1) * (reach + 1); square++) {
        while ((uint32_t)((distance + 1) * (distance + 1)) <= square * SIXTEENTHS * SIXTEENTHS)
            distance++;
        shares[square] = coverage_of(grow ? radius + SIXTEENTHS - distance : distance - radius);
    }
}

/* Moves every edge by radius / 16 px: outwards if `grow`, else inwards. */
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
            uint8_t foreground = shares[nearest[x]];
            row[x] = (grow ? foreground > row[x] : foreground < row[x]) ? foreground : row[x];
        }
    }
}

bool stroke_normalise(struct crop *crop, uint32_t width, struct stroke_scratch *scratch)
{
    bool grow = width < STROKE_MEDIAN;
    uint32_t missing = grow ? STROKE_MEDIAN - width : width - STROKE_MEDIAN;
    /* Half of what is missing at either edge, converted from 1/100 of side_px / 20 to 1/16 px. */
    size_t radius = missing * crop->side_px * SIXTEENTHS / (2 * 100 * 20);
    if (width == 0 || radius == 0)
        return false;
    move_edges(&crop->plane, grow, (int32_t)smaller(radius, REACH_MAX_PX * SIXTEENTHS), scratch);
    return true;
}
