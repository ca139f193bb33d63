#include "core/preprocess/frame.h"

#include <string.h>

#include "core/preprocess/measure.h"

#define BOX_SIDE_PX 20
#define BOX_PIXELS  (BOX_SIDE_PX * BOX_SIDE_PX)
#define OFFSET_MAX  (DIGIT_SIDE_PX - BOX_SIDE_PX)

_Static_assert(DIGIT_PIXELS == DIGIT_SIDE_PX * DIGIT_SIDE_PX, "the picture is square");

/* A square of the plane. It may reach beyond the plane, where all is background. */
struct square {
    int64_t left;
    int64_t top;
    size_t side_px; /* at most PLANE_SIDE_MAX_PX */
};

/* A boundary between cells of the 20x20 box along one axis of the square: how many whole pixels lie before
 * it, and what part of the next one, in 1 / BOX_SIDE_PX. */
struct edge {
    size_t pixels;
    uint32_t part;
};

/* The box with its shorter side extended equally at both ends. */
static struct square square_of(const struct box *box)
{
    size_t side = box_longer_side(box);
    return (struct square){.left = (int64_t)box->left - (int64_t)(side - box_width(box)) / 2,
                           .top = (int64_t)box->top - (int64_t)(side - box_height(box)) / 2,
                           .side_px = side};
}

static void find_edges(struct edge edges[BOX_SIDE_PX + 1], size_t side_px)
{
    for (uint32_t i = 0; i <= BOX_SIDE_PX; i++) {
        uint32_t at = i * (uint32_t)side_px;
        edges[i] = (struct edge){at / BOX_SIDE_PX, at % BOX_SIDE_PX};
    }
}

/* For row `pixel` of the square: the sum of the levels in each cell, times BOX_SIDE_PX. */
static void sum_row(uint32_t line[BOX_SIDE_PX], const struct plane *plane,
                    const struct square *square, const struct edge *edges, size_t pixel)
{
    uint32_t before[PLANE_SIDE_MAX_PX + 2]; /* sum of the levels before each pixel of the row */
    int64_t y = square->top + (int64_t)pixel;
    memset(line, 0, BOX_SIDE_PX * sizeof *line);
    if (y < 0 || y >= (int64_t)plane->height_px)
        return;
    const uint8_t *row = plane->pixels + (size_t)y * plane->width_px;
    before[0] = 0;
    for (size_t i = 0; i < square->side_px; i++) {
        /* A column left of the plane wraps to a large number. */
        size_t x = (size_t)(square->left + (int64_t)i);
        before[i + 1] = before[i] + (x < plane->width_px ? row[x] : 0);
    }
    before[square->side_px + 1] = before[square->side_px];
    uint32_t from = 0;
    for (size_t cell = 0; cell < BOX_SIDE_PX; cell++) {
        const uint32_t *at = before + edges[cell + 1].pixels;
        uint32_t to = at[0] * BOX_SIDE_PX + (at[1] - at[0]) * edges[cell + 1].part;
        line[cell] = to - from;
        from = to;
    }
}

/* The sum of the levels in each cell by area, times BOX_SIDE_PX squared. Sums above a boundary stay below
 * 2^32, as the square's side is at most PLANE_SIDE_MAX_PX. */
static void sum_cells(uint32_t sums[BOX_PIXELS], const struct plane *plane,
                      const struct square *square)
{
    struct edge edges[BOX_SIDE_PX + 1];
    uint32_t above[BOX_SIDE_PX] = {0};
    uint32_t from[BOX_SIDE_PX] = {0};
    size_t cell = 0;
    find_edges(edges, square->side_px);
    for (size_t pixel = 0; cell < BOX_SIDE_PX; pixel++) {
        uint32_t line[BOX_SIDE_PX];
        sum_row(line, plane, square, edges, pixel);
        for (; cell < BOX_SIDE_PX && edges[cell + 1].pixels == pixel; cell++)
            for (size_t i = 0; i < BOX_SIDE_PX; i++) {
                uint32_t to = above[i] * BOX_SIDE_PX + line[i] * edges[cell + 1].part;
                sums[cell * BOX_SIDE_PX + i] = to - from[i];
                from[i] = to;
            }
        for (size_t i = 0; i < BOX_SIDE_PX; i++)
            above[i] += line[i];
    }
}

/* Scales the largest cell to 255 and rounds to nearest. The quotients of doubles truncate as those of
 * integers would, because none lies closer than 1 / peak below an integer. */
static void scale_box(uint8_t box[BOX_PIXELS], const uint32_t sums[BOX_PIXELS])
{
    uint32_t peak = 1;
    for (size_t i = 0; i < BOX_PIXELS; i++)
        peak = sums[i] > peak ? sums[i] : peak;
    double half = peak / 2;
    for (size_t i = 0; i < BOX_PIXELS; i++)
        box[i] = (uint8_t)(((int32_t)sums[i] * 255.0 + half) / peak);
}

/* Offset of the box along one axis, as in MNIST: int(15 - b), truncated, where b is the centre of mass. */
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
    scale_box(cells, sums);
    struct moments moments = measure_moments(&box, 0);
    size_t left = paste_offset(moments.x, moments.mass);
    size_t top = paste_offset(moments.y, moments.mass);
    for (size_t y = 0; y < BOX_SIDE_PX; y++)
        memcpy(out + (top + y) * DIGIT_SIDE_PX + left, cells + y * BOX_SIDE_PX, BOX_SIDE_PX);
}
