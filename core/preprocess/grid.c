#include "core/preprocess/grid.h"

#define SHORTER_DIVISOR 3
#define LONGER_DIVISOR  4

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

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

/* Carries a line of `count` cells on, `radius` at both ends. Levels stay within -255 to 510, and in
 * corners, where that is done twice, within -1020 to 1275. */
static void extend(int16_t *first, size_t count, size_t step, size_t radius)
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
        for (size_t x = 0; x < columns; x++)
            row[x] = mean_of(plane, x * cell_px, y * cell_px, cell_px);
        extend(row, columns, 1, radius);
    }
    for (size_t x = 0; x < out->width; x++)
        extend(scratch->cells + radius * out->width + x, rows, out->width, radius);
}

/* Each cell becomes `sign` times the least of `sign` times those up to `radius` away in its row; the
 * result is turned, so that the next call does the columns. */
static void filter_rows(int16_t *turned, const int16_t *cells, size_t width, size_t height,
                        size_t radius, int sign)
{
    for (size_t y = 0; y < height; y++) {
        const int16_t *row = cells + y * width;
        for (size_t x = 0; x < width; x++) {
            size_t first = x > radius ? x - radius : 0;
            size_t end = smaller(x + radius + 1, width);
            int least = sign * row[first];
            for (size_t i = first + 1; i < end; i++)
                least = sign * row[i] < least ? sign * row[i] : least;
            turned[x * height + y] = (int16_t)(sign * least);
        }
    }
}

/* Erosion of `cells` (sign 1) or dilation (-1). */
static void filter(const struct grid *grid, const int16_t *cells, size_t radius, int sign)
{
    int16_t *turned = grid->scratch->turned;
    filter_rows(turned, cells, grid->width, grid->height, radius, sign);
    filter_rows(grid->scratch->opened, turned, grid->height, grid->width, radius, sign);
}

void grid_open(const struct grid *grid, size_t radius, enum grid_filter kind)
{
    int sign = kind == GRID_OPENING ? 1 : -1;
    filter(grid, grid->scratch->cells, radius, sign);
    filter(grid, grid->scratch->opened, radius, -sign);
}
