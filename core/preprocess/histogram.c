#include "core/preprocess/histogram.h"

#include <string.h>

/* Counting alternates between tables, so that a run of equal levels does not wait for its own sums. */
#define TABLES 4

static void count_levels(uint32_t tables[TABLES][HISTOGRAM_LEVELS], const uint8_t *levels,
                         size_t length)
{
    size_t i = 0;
    for (; i + TABLES <= length; i += TABLES)
        for (size_t table = 0; table < TABLES; table++)
            tables[table][levels[i + table]]++;
    for (; i < length; i++)
        tables[0][levels[i]]++;
}

static void add_tables(struct histogram *out, uint32_t tables[TABLES][HISTOGRAM_LEVELS])
{
    for (size_t level = 0; level < HISTOGRAM_LEVELS; level++)
        out->counts[level] =
            tables[0][level] + tables[1][level] + tables[2][level] + tables[3][level];
}

void histogram_of_plane(struct histogram *out, const struct plane *plane)
{
    uint32_t tables[TABLES][HISTOGRAM_LEVELS] = {{0}};
    count_levels(tables, plane->pixels, plane->width_px * plane->height_px);
    add_tables(out, tables);
}

void histogram_of_steps(struct histogram *out, const struct plane *plane)
{
    uint32_t tables[TABLES][HISTOGRAM_LEVELS] = {{0}};
    uint8_t steps[PLANE_SIDE_MAX_PX];
    size_t length = plane->width_px - 1;
    for (size_t y = 0; y < plane->height_px; y++) {
        const uint8_t *row = plane->pixels + y * plane->width_px;
        for (size_t x = 0; x < length; x++)
            steps[x] = (uint8_t)(row[x] > row[x + 1] ? row[x] - row[x + 1] : row[x + 1] - row[x]);
        count_levels(tables, steps, length);
    }
    add_tables(out, tables);
}

void histogram_of_ring(struct histogram *out, const struct plane *plane, size_t depth)
{
    size_t width = plane->width_px;
    size_t right = width - 1 - depth;
    size_t bottom = plane->height_px - 1 - depth;
    memset(out, 0, sizeof *out);
    for (size_t x = depth; x <= right; x++) {
        out->counts[plane->pixels[depth * width + x]]++;
        out->counts[plane->pixels[bottom * width + x]]++;
    }
    for (size_t y = depth; y <= bottom; y++) {
        out->counts[plane->pixels[y * width + depth]]++;
        out->counts[plane->pixels[y * width + right]]++;
    }
}

int histogram_quantile(const struct histogram *histogram, int first, unsigned share)
{
    uint64_t total = 0;
    uint64_t below = 0;
    int level = first;
    for (int i = first; i < HISTOGRAM_LEVELS; i++)
        total += histogram->counts[i];
    if (total == 0)
        return 0;
    below = histogram->counts[level];
    while (below == 0 || below * 256 < total * share)
        below += histogram->counts[++level];
    return level;
}

int histogram_median(const struct histogram *histogram, int first)
{
    return histogram_quantile(histogram, first, 128);
}

int histogram_lowest(const struct histogram *histogram)
{
    return histogram_quantile(histogram, 0, 0);
}

int histogram_highest(const struct histogram *histogram)
{
    return histogram_quantile(histogram, 0, 256);
}

/* The levels that occur, in order, and the cumulative sums of pixels and of their levels. The sums fit 31
 * bits: PLANE_PIXELS_MAX pixels of 8 bits. */
struct levels {
    size_t count;
    int values[HISTOGRAM_LEVELS];
    int32_t pixels[HISTOGRAM_LEVELS];
    int32_t sums[HISTOGRAM_LEVELS];
};

/* No branch for each level: it would be mispredicted too often. */
static void find_levels(struct levels *out, const struct histogram *histogram)
{
    int32_t pixels = 0, sum = 0;
    out->count = 0;
    for (int level = 0; level < HISTOGRAM_LEVELS; level++) {
        int32_t count = (int32_t)histogram->counts[level];
        pixels += count;
        sum += count * level;
        out->values[out->count] = level;
        out->pixels[out->count] = pixels;
        out->sums[out->count] = sum;
        out->count += count > 0;
    }
}

/* Variance between two classes with `below` and `above` pixels whose levels add up to the sums, times the
 * square of the number of pixels. */
static double variance_between(int32_t below, int32_t sum_below, int32_t above, int32_t sum_above)
{
    double apart = (double)sum_below / (double)below - (double)sum_above / (double)above;
    return (double)below * (double)above * apart * apart;
}

/* out [levels->count - 1]: the variance between the classes for a threshold at each level but the highest. */
static void measure_variances(double *out, const struct levels *levels)
{
    size_t last = levels->count - 1;
    int32_t pixels = levels->pixels[last], sum = levels->sums[last];
    for (size_t i = 0; i < last; i++)
        out[i] = variance_between(levels->pixels[i], levels->sums[i], pixels - levels->pixels[i],
                                  sum - levels->sums[i]);
}

int histogram_otsu(const struct histogram *histogram)
{
    struct levels levels;
    double variances[HISTOGRAM_LEVELS], best = 0;
    size_t first = 0, last = 0;
    find_levels(&levels, histogram);
    if (levels.count < 2)
        return HISTOGRAM_LEVELS / 2;
    measure_variances(variances, &levels);
    for (size_t i = 0; i + 1 < levels.count; i++) {
        first = variances[i] > best ? i : first;
        last = variances[i] >= best ? i : last;
        best = variances[i] > best ? variances[i] : best;
    }
    /* A threshold at a level that does not occur separates as the next lower level that does. */
    return (levels.values[first] + levels.values[last + 1] - 1) / 2;
}
