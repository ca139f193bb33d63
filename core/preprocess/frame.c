#include "core/preprocess/frame.h"

#include <string.h>

#include "core/preprocess/measure.h"

#define BOX_SIDE_PX 20
#define BOX_PIXELS  (BOX_SIDE_PX * BOX_SIDE_PX)
#define OFFSET_MAX  (DIGIT_SIDE_PX - BOX_SIDE_PX)

_Static_assert(DIGIT_PIXELS == DIGIT_SIDE_PX * DIGIT_SIDE_PX, "the picture is square");

/* A square crop; it may reach beyond the plane, where there is ground. */
struct square {
    int64_t left;
    int64_t top;
    int64_t side_px;
};

/* The box, its shorter side extended evenly. */
static struct square square_of(const struct box *box)
{
    int64_t width = (int64_t)(box->right - box->left) + 1;
    int64_t height = (int64_t)(box->bottom - box->top) + 1;
    int64_t side = width > height ? width : height;
    return (struct square){.left = (int64_t)box->left - (side - width) / 2,
                           .top = (int64_t)box->top - (side - height) / 2,
                           .side_px = side};
}

/*
 * How much of box cell `cell` the crop's pixel `pixel` covers along one axis, in units of which a
 * pixel has BOX_SIDE_PX and a cell has the crop's side.
 */
static uint32_t overlap(int64_t cell, int64_t pixel, int64_t side_px)
{
    int64_t cell_from = cell * side_px;
    int64_t pixel_from = pixel * BOX_SIDE_PX;
    int64_t from = cell_from > pixel_from ? cell_from : pixel_from;
    int64_t cell_to = cell_from + side_px;
    int64_t pixel_to = pixel_from + BOX_SIDE_PX;
    int64_t to = cell_to < pixel_to ? cell_to : pixel_to;
    return (uint32_t)(to - from);
}

/* Adds one row of the crop, each pixel by its overlap with the cells, to line [BOX_SIDE_PX]. */
static void add_row(uint32_t line[BOX_SIDE_PX], const struct plane *plane,
                    const struct square *square, int64_t y)
{
    const uint8_t *row = plane->pixels + (size_t)y * plane->width_px;
    int64_t side = square->side_px;
    memset(line, 0, BOX_SIDE_PX * sizeof *line);
    for (int64_t cell = 0; cell < BOX_SIDE_PX; cell++) {
        int64_t end = ((cell + 1) * side + BOX_SIDE_PX - 1) / BOX_SIDE_PX;
        for (int64_t pixel = cell * side / BOX_SIDE_PX; pixel < end; pixel++) {
            int64_t x = square->left + pixel;
            if (x >= 0 && x < (int64_t)plane->width_px)
                line[cell] += overlap(cell, pixel, side) * row[x];
        }
    }
}

/* Sums of ink in each cell by area: below 2^32, as a side is at most PLANE_SIDE_MAX_PX. */
static void sum_cells(uint32_t sums[BOX_PIXELS], const struct plane *plane,
                      const struct square *square)
{
    int64_t side = square->side_px;
    memset(sums, 0, BOX_PIXELS * sizeof *sums);
    for (int64_t pixel = 0; pixel < side; pixel++) {
        int64_t y = square->top + pixel;
        if (y < 0 || y >= (int64_t)plane->height_px)
            continue;
        uint32_t line[BOX_SIDE_PX];
        add_row(line, plane, square, y);
        int64_t last = ((pixel + 1) * BOX_SIDE_PX - 1) / side;
        for (int64_t cell = pixel * BOX_SIDE_PX / side; cell <= last; cell++)
            for (size_t i = 0; i < BOX_SIDE_PX; i++)
                sums[(size_t)cell * BOX_SIDE_PX + i] += overlap(cell, pixel, side) * line[i];
    }
}

/* The strongest cell becomes 255. */
static void scale(uint8_t box[BOX_PIXELS], const uint32_t sums[BOX_PIXELS])
{
    uint32_t peak = 1;
    for (size_t i = 0; i < BOX_PIXELS; i++)
        peak = sums[i] > peak ? sums[i] : peak;
    for (size_t i = 0; i < BOX_PIXELS; i++)
        box[i] = (uint8_t)(((uint64_t)sums[i] * 255 + peak / 2) / peak);
}

/* Where the box goes along one axis: int(15 - b), cut off as MNIST was, where b is the centre of
 * mass. */
static size_t paste_offset(uint64_t moment, uint64_t mass)
{
    uint64_t offset = moment < 30 * mass ? (30 * mass - moment) / (2 * mass) : 0;
    return offset > OFFSET_MAX ? OFFSET_MAX : (size_t)offset;
}

void frame_digit(uint8_t out[DIGIT_PIXELS], const struct plane *plane)
{
    struct box found;
    uint32_t sums[BOX_PIXELS];
    uint8_t cells[BOX_PIXELS];
    const struct plane box = {cells, BOX_SIDE_PX, BOX_SIDE_PX};
    memset(out, 0, DIGIT_PIXELS);
    if (!measure_box(&found, plane, 0))
        return;
    struct square square = square_of(&found);
    sum_cells(sums, plane, &square);
    scale(cells, sums);
    struct moments moments = measure_moments(&box, 0);
    size_t left = paste_offset(moments.x, moments.mass);
    size_t top = paste_offset(moments.y, moments.mass);
    for (size_t y = 0; y < BOX_SIDE_PX; y++)
        memcpy(out + (top + y) * DIGIT_SIDE_PX + left, cells + y * BOX_SIDE_PX, BOX_SIDE_PX);
}
