#include "core/preprocess/ground.h"

#include <stdbool.h>

#include "core/preprocess/compare.h"
#include "core/preprocess/histogram.h"

/* An edge whose levels differ by no more than this is even. */
#define EVEN_LEVELS 2

#define RING_DIVISOR 12

/* Fractions of a cell, in interpolation. */
#define ONE 256

size_t ground_ring_depth(const struct plane *plane)
{
    return smaller(plane->width_px, plane->height_px) / RING_DIVISOR;
}

/* All but an eighth, which may be ink, is even. */
static bool edge_is_even(const struct plane *plane)
{
    struct histogram edge;
    histogram_of_ring(&edge, plane, 0);
    return histogram_quantile(&edge, 0, 240) - histogram_quantile(&edge, 0, 16) <= EVEN_LEVELS;
}

/* Where a pixel lies between the middles of two cells, along one axis. */
struct between {
    uint32_t first;
    uint32_t second;
    int32_t share; /* of the second, of ONE */
};

static struct between find_between(size_t pixel, size_t cell_px, size_t cells)
{
    /* In half pixels: how far the pixel's middle lies behind the first cell's. */
    int32_t behind = 2 * (int32_t)pixel + 1 - (int32_t)cell_px;
    uint32_t cell = 2 * (uint32_t)cell_px;
    uint32_t first = behind < 0 ? 0 : (uint32_t)behind / cell;
    if (behind < 0 || first + 1 >= cells)
        return (struct between){first, first, 0};
    uint32_t part = (uint32_t)behind - first * cell;
    return (struct between){first, first + 1, (int32_t)(part * ONE / cell)};
}

/* Ground along one row of pixels, for each column of cells, in 1 / ONE levels. */
static void mix_rows(int32_t *out, const struct grid *grid, const struct between *rows)
{
    const int16_t *inner = grid->scratch->filtered + grid->radius * grid->width + grid->radius;
    const int16_t *first = inner + rows->first * grid->width;
    const int16_t *second = inner + rows->second * grid->width;
    for (size_t i = 0; i < grid->width - 2 * grid->radius; i++)
        out[i] = first[i] * (ONE - rows->share) + second[i] * rows->share;
}

/* Ground along one row of pixels, in 1 / ONE^2 levels. */
static void mix_columns(int32_t *out, const int32_t *mixed, const struct between *columns,
                        size_t width_px)
{
    for (size_t x = 0; x < width_px; x++)
        out[x] = mixed[columns[x].first] * (ONE - columns[x].share) +
                 mixed[columns[x].second] * columns[x].share;
}

static void subtract_row(uint8_t *row, const int32_t *ground, size_t width_px)
{
    for (size_t x = 0; x < width_px; x++) {
        int32_t above = row[x] - (ground[x] + ONE * ONE / 2) / (ONE * ONE);
        row[x] = (uint8_t)(above < 0 ? 0 : above > 255 ? 255 : above);
    }
}

/* Where a cell is a pixel, there is nothing between cells. An opening is nowhere lighter than what it
 * is of; below 0, where the picture is narrower than the square, it rounds up as subtract_row does. */
static void subtract_cells(struct plane *plane, const struct grid *grid)
{
    const int16_t *ground = grid->scratch->filtered + grid->radius * grid->width + grid->radius;
    for (size_t y = 0; y < plane->height_px; y++, ground += grid->width) {
        uint8_t *row = plane->pixels + y * plane->width_px;
        for (size_t x = 0; x < plane->width_px; x++) {
            int16_t above = (int16_t)(row[x] - ground[x] - (ground[x] < 0));
            row[x] = (uint8_t)(above > 255 ? 255 : above);
        }
    }
}

static void subtract(struct plane *plane, const struct grid *grid)
{
    struct between columns[PLANE_SIDE_MAX_PX];
    for (size_t x = 0; x < plane->width_px; x++)
        columns[x] = find_between(x, grid->cell_px, grid->width - 2 * grid->radius);
    for (size_t y = 0; y < plane->height_px; y++) {
        struct between rows = find_between(y, grid->cell_px, grid->height - 2 * grid->radius);
        int32_t mixed[GRID_SIDE_MAX];
        int32_t ground[PLANE_SIDE_MAX_PX];
        mix_rows(mixed, grid, &rows);
        mix_columns(ground, mixed, columns, plane->width_px);
        subtract_row(plane->pixels + y * plane->width_px, ground, plane->width_px);
    }
}

void ground_remove(struct plane *plane, struct grid_scratch *scratch)
{
    struct grid grid;
    if (edge_is_even(plane))
        return;
    grid_fill(&grid, plane, scratch);
    grid_filter(&grid, grid.radius, GRID_OPENING);
    if (grid.cell_px == 1)
        subtract_cells(plane, &grid);
    else
        subtract(plane, &grid);
}
