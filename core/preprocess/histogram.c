#include "core/preprocess/histogram.h"

#include <string.h>

void histogram_of_plane(struct histogram *out, const struct plane *plane)
{
    /* Two tables, so that runs of one level do not wait for their own sums. */
    uint32_t odd[HISTOGRAM_LEVELS] = {0};
    size_t count = plane->width_px * plane->height_px;
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i + 1 < count; i += 2) {
        out->counts[plane->pixels[i]]++;
        odd[plane->pixels[i + 1]]++;
    }
    if (count % 2 != 0)
        out->counts[plane->pixels[count - 1]]++;
    for (size_t i = 0; i < HISTOGRAM_LEVELS; i++)
        out->counts[i] += odd[i];
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

int histogram_otsu(const struct histogram *histogram)
{
    double total = 0, weighted = 0, below = 0, weighted_below = 0, best = 0;
    int first = HISTOGRAM_LEVELS / 2;
    int last = HISTOGRAM_LEVELS / 2;
    for (int i = 0; i < HISTOGRAM_LEVELS; i++) {
        total += histogram->counts[i];
        weighted += (double)histogram->counts[i] * i;
    }
    for (int i = 0; i < HISTOGRAM_LEVELS; i++) {
        below += histogram->counts[i];
        weighted_below += (double)histogram->counts[i] * i;
        if (below == 0 || below == total)
            continue;
        double apart = weighted_below / below - (weighted - weighted_below) / (total - below);
        double variance = below * (total - below) * apart * apart;
        if (variance > best)
            first = i;
        if (variance >= best)
            last = i;
        best = variance > best ? variance : best;
    }
    return (first + last) / 2;
}
