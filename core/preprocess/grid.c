#include "core/preprocess/grid.h"

#include "core/preprocess/compare.h"

#define SHORTER_DIVISOR 3
#define LONGER_DIVISOR  4

static int16_t mean_of(const struct plane *plane, size_t left, size_t top, size_t cell_px)
{
    size_t right = smaller(left + cell_px, plane->width_px);
    size_t bottom = smaller(top + cell_px, plane->height_px);
    uint32_t count = (uint32_t)((right - left) * (bottom - top));
    uint32_t sum = 0;
    for (size_t y = top; y < bottom; y++)
        for (size_t x = left; x < right; x++)
            sum += plane->pixels[y * plane->width_px + x];
    return (int16_t)((sum + count / 2) / count);
}

/* The means of one row of cells, out [columns]. */
static void fill_row(int16_t *out, const struct plane *plane, size_t columns, size_t top,
                     size_t cell_px)
{
    if (cell_px == 1)
        for (size_t x = 0; x < columns; x++)
            out[x] = plane->pixels[top * plane->width_px + x];
    else
        for (size_t x = 0; x < columns; x++)
            out[x] = mean_of(plane, x * cell_px, top, cell_px);
}

/* Extrapolates a row or column of `count` cells by `radius` cells at both ends. Levels from 0 to 255 give
 * -255 to 510, and these give -1020 to 1275. */
static void extend_line(int16_t *first, size_t count, size_t step, size_t radius)
{
    int16_t *last = first + (count - 1) * step;
    for (size_t i = 1; i <= radius; i++) {
        size_t inside = smaller(i, count - 1) * step;
        *(first - i * step) = (int16_t)(2 * *first - *(first + inside));
        *(last + i * step) = (int16_t)(2 * *last - *(last - inside));
    }
}

static size_t plan_radius(size_t columns, size_t rows)
{
    size_t square =
        larger(smaller(columns, rows) / SHORTER_DIVISOR, larger(columns, rows) / LONGER_DIVISOR);
    return smaller((square + 1) / 2, GRID_RADIUS_MAX);
}

void grid_fill(struct grid *out, const struct plane *plane, struct grid_scratch *scratch)
{
    size_t side = larger(plane->width_px, plane->height_px);
    size_t cell_px = (side + GRID_SIDE_MAX - 1) / GRID_SIDE_MAX;
    size_t columns = (plane->width_px + cell_px - 1) / cell_px;
    size_t rows = (plane->height_px + cell_px - 1) / cell_px;
    size_t radius = plan_radius(columns, rows);
    *out = (struct grid){.scratch = scratch,
                         .width = columns + 2 * radius,
                         .height = rows + 2 * radius,
                         .radius = radius,
                         .cell_px = cell_px};
    for (size_t y = 0; y < rows; y++) {
        int16_t *row = scratch->cells + (y + radius) * out->width + radius;
        fill_row(row, plane, columns, y * cell_px, cell_px);
        extend_line(row, columns, 1, radius);
    }
    for (size_t x = 0; x < out->width; x++)
        extend_line(scratch->cells + radius * out->width + x, rows, out->width, radius);
}

static int16_t lower(int16_t a, int16_t b)
{
    if (b < a)
        return b;
    return a;
}

/*
 * Replaces each value by the minimum of the `window` values, `step` apart, that begin with it (fewer at the
 * end). Windows are doubled: minima of one value make minima of two, these make minima of four, and so on.
 */
static void find_least(int16_t *values, size_t count, size_t step, size_t window)
{
    for (size_t found = 1; found < window;) {
        size_t more = smaller(found, window - found);
        size_t ahead = more * step;
        for (size_t i = 0; i + ahead < count; i++)
            values[i] = lower(values[i], values[i + ahead]);
        found += more;
    }
}

/*
 * filtered = sign * minimum of sign * cells over the square of `radius` around each cell: an erosion
 * (sign 1) or a dilation (sign -1). `cells` may be `filtered`. `radius` values that are larger than any
 * are put before each row and above the first, so that the window that begins at an index is centred on the
 * cell.
 */
static void filter_cells(const struct grid *grid, const int16_t *cells, size_t radius, int sign)
{
    int16_t *windows = grid->scratch->windows;
    size_t width = grid->width + radius;
    size_t height = grid->height + radius;
    for (size_t i = 0; i < radius * width; i++)
        windows[i] = INT16_MAX;
    for (size_t y = 0; y < grid->height; y++) {
        int16_t *row = windows + (y + radius) * width;
        for (size_t x = 0; x < radius; x++)
            row[x] = INT16_MAX;
        for (size_t x = 0; x < grid->width; x++)
            row[radius + x] = (int16_t)(sign * cells[y * grid->width + x]);
    }
    find_least(windows, width * height, 1, 2 * radius + 1);
    find_least(windows, width * height, width, 2 * radius + 1);
    for (size_t y = 0; y < grid->height; y++)
        for (size_t x = 0; x < grid->width; x++)
            grid->scratch->filtered[y * grid->width + x] = (int16_t)(sign * windows[y * width + x]);
}

void grid_filter(const struct grid *grid, size_t radius, enum grid_kind kind)
{
    int sign = kind == GRID_OPENING ? 1 : -1;
    filter_cells(grid, grid->scratch->cells, radius, sign);
    filter_cells(grid, grid->scratch->filtered, radius, -sign);
}
