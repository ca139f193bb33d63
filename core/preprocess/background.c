#include "core/preprocess/background.h"

#include <stdbool.h>

#include "core/preprocess/compare.h"
#include "core/preprocess/histogram.h"

/* A border is even if its levels differ by at most this. */
#define EVEN_LEVELS 2

#define RING_DIVISOR 12

/* One, in the fixed-point numbers of the interpolation. */
#define ONE 256

size_t background_ring_depth(const struct plane *plane)
{
    return smaller(plane->width_px, plane->height_px) / RING_DIVISOR;
}

/* Leaves out the darkest and the lightest sixteenth, which may be foreground. */
static bool edge_is_even(const struct plane *plane)
{
    struct histogram edge;
    histogram_of_ring(&edge, plane, 0);
    return histogram_quantile(&edge, 0, 240) - histogram_quantile(&edge, 0, 16) <= EVEN_LEVELS;
}

/* Between the centres of which two cells a pixel lies, along one axis. */
struct between {
    uint32_t first;
    uint32_t second;
    int32_t share; /* weight of the second, 0 to ONE */
};

static struct between find_between(size_t pixel, size_t cell_px, size_t cells)
{
    /* Distance of the pixel's centre from the first cell's centre, in half pixels. */
    int32_t behind = 2 * (int32_t)pixel + 1 - (int32_t)cell_px;
    uint32_t cell = 2 * (uint32_t)cell_px;
    uint32_t first = behind < 0 ? 0 : (uint32_t)behind / cell;
    if (behind < 0 || first + 1 >= cells)
        return (struct between){first, first, 0};
    uint32_t part = (uint32_t)behind - first * cell;
    return (struct between){first, first + 1, (int32_t)(part * ONE / cell)};
}

/* The background of one row of pixels at each column of cells, in 1 / ONE levels. */
static void mix_rows(int32_t *out, const struct grid *grid, const struct between *rows)
{
    const int16_t *inner = grid->scratch->filtered + grid->radius * grid->width + grid->radius;
    const int16_t *first = inner + rows->first * grid->width;
    const int16_t *second = inner + rows->second * grid->width;
    for (size_t i = 0; i < grid->width - 2 * grid->radius; i++)
        out[i] = first[i] * (ONE - rows->share) + second[i] * rows->share;
}

/* The background of one row of pixels, in 1 / ONE^2 levels. */
static void mix_columns(int32_t *out, const int32_t *mixed, const struct between *columns,
                        size_t width_px)
{
    for (size_t x = 0; x < width_px; x++)
        out[x] = mixed[columns[x].first] * (ONE - columns[x].share) +
                 mixed[columns[x].second] * columns[x].share;
}

static void subtract_row(uint8_t *row, const int32_t *background, size_t width_px)
{
    for (size_t x = 0; x < width_px; x++) {
        int32_t above = row[x] - (background[x] + ONE * ONE / 2) / (ONE * ONE);
        row[x] = (uint8_t)(above < 0 ? 0 : above > 255 ? 255 : above);
    }
}

/* Without interpolation, for cells of one pixel. An opening is nowhere lighter than its input. Where it is
 * below 0, because the picture is narrower than the square, it is rounded up as in subtract_row. */
static void subtract_cells(struct plane *plane, const struct grid *grid)
{
    const int16_t *background = grid->scratch->filtered + grid->radius * grid->width + grid->radius;
    for (size_t y = 0; y < plane->height_px; y++, background += grid->width) {
        uint8_t *row = plane->pixels + y * plane->width_px;
        for (size_t x = 0; x < plane->width_px; x++) {
            int16_t above = (int16_t)(row[x] - background[x] - (background[x] < 0));
            row[x] = (uint8_t)(above > 255 ? 255 : above);
        }
    }
}

static void subtract_interpolated(struct plane *plane, const struct grid *grid)
{
    struct between columns[PLANE_SIDE_MAX_PX];
    for (size_t x = 0; x < plane->width_px; x++)
        columns[x] = find_between(x, grid->cell_px, grid->width - 2 * grid->radius);
    for (size_t y = 0; y < plane->height_px; y++) {
        struct between rows = find_between(y, grid->cell_px, grid->height - 2 * grid->radius);
        int32_t mixed[GRID_SIDE_MAX];
        int32_t background[PLANE_SIDE_MAX_PX];
        mix_rows(mixed, grid, &rows);
        mix_columns(background, mixed, columns, plane->width_px);
        subtract_row(plane->pixels + y * plane->width_px, background, plane->width_px);
    }
}

bool background_remove(struct plane *plane, struct grid_scratch *scratch)
{
    struct grid grid;
    if (edge_is_even(plane))
        return false;
    grid_fill(&grid, plane, scratch);
    grid_filter(&grid, grid.radius, GRID_OPENING);
    if (grid.cell_px == 1)
        subtract_cells(plane, &grid);
    else
        subtract_interpolated(plane, &grid);
    return true;
}
