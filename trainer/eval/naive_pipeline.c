#include "trainer/eval/naive_pipeline.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define LEVELS 256

/* The picture as it was decoded: pixels [height][width], blocks of the picture's own. */
struct view {
    const uint8_t *levels;
    size_t width;
    size_t height;
};

/* What is ink: the levels up to `threshold`, or those above it. */
struct ink {
    int threshold;
    bool dark;
    /* Of ink in a pixel of that level: 0 at the border's, 1 at the ink's extreme. */
    double shares[LEVELS];
};

/* Rows and columns with ink, the last ones exclusive. */
struct extent {
    size_t left;
    size_t top;
    size_t right;
    size_t bottom;
};

struct counts {
    uint64_t of[LEVELS];
};

static struct view view_of(const struct digit_image *image)
{
    return (struct view){image->luma, (image->width_px + image->block_px - 1) / image->block_px,
                         (image->height_px + image->block_px - 1) / image->block_px};
}

static void count_all(struct counts *out, const struct view *view)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < view->width * view->height; i++)
        out->of[view->levels[i]]++;
}

/* Counts the outermost pixels, each once. */
static void count_border(struct counts *out, const struct view *view)
{
    memset(out, 0, sizeof *out);
    for (size_t y = 0; y < view->height; y++) {
        bool whole = y == 0 || y + 1 == view->height || view->width == 1;
        for (size_t x = 0; x < view->width; x += whole ? 1 : view->width - 1)
            out->of[view->levels[y * view->width + x]]++;
    }
}

static uint64_t total_of(const struct counts *counts)
{
    uint64_t total = 0;
    for (size_t level = 0; level < LEVELS; level++)
        total += counts->of[level];
    return total;
}

/* The lowest level that at least half of the pixels do not exceed. */
static int median_of(const struct counts *counts)
{
    uint64_t total = total_of(counts), below = 0;
    int level = -1;
    while (2 * below < total)
        below += counts->of[++level];
    return level;
}

/* The level that divides the pixels into two classes with the largest variance between them; of several,
 * the lowest. -1 if there is only one level. */
static int otsu_threshold(const struct counts *counts)
{
    double total = (double)total_of(counts), sum = 0.0, below = 0.0, sum_below = 0.0, best = 0.0;
    int threshold = -1;
    for (int level = 0; level < LEVELS; level++)
        sum += level * (double)counts->of[level];
    for (int level = 0; level < LEVELS - 1; level++) {
        below += (double)counts->of[level];
        sum_below += level * (double)counts->of[level];
        double above = total - below;
        if (below == 0.0 || above == 0.0)
            continue;
        double apart = sum_below / below - (sum - sum_below) / above;
        double variance = below * above * apart * apart;
        if (variance > best) {
            best = variance;
            threshold = level;
        }
    }
    return threshold;
}

/* The darkest level that occurs, or the lightest. */
static int extreme_level(const struct counts *counts, bool darkest)
{
    int level = darkest ? 0 : LEVELS - 1;
    while (counts->of[level] == 0)
        level += darkest ? 1 : -1;
    return level;
}

/* Ink is what lies on the other side of the threshold than the background. */
static void choose_ink(struct ink *out, const struct counts *all, int threshold, int background)
{
    out->threshold = threshold;
    out->dark = background > threshold;
    int range = extreme_level(all, out->dark) - background;
    for (int level = 0; level < LEVELS; level++)
        out->shares[level] = fmin(fmax((double)(level - background) / range, 0.0), 1.0);
}

static bool is_ink(const struct ink *ink, uint8_t level)
{
    return (level <= ink->threshold) == ink->dark;
}

static struct extent extent_of(const struct view *view, const struct ink *ink)
{
    struct extent extent = {view->width, view->height, 0, 0};
    for (size_t y = 0; y < view->height; y++)
        for (size_t x = 0; x < view->width; x++) {
            if (!is_ink(ink, view->levels[y * view->width + x]))
                continue;
            extent.left = x < extent.left ? x : extent.left;
            extent.top = y < extent.top ? y : extent.top;
            extent.right = x + 1 > extent.right ? x + 1 : extent.right;
            extent.bottom = y + 1;
        }
    return extent;
}

/* 0 if there is no ink. */
static size_t longer_side(const struct extent *extent)
{
    if (extent->right == 0)
        return 0;
    size_t width = extent->right - extent->left, height = extent->bottom - extent->top;
    return width > height ? width : height;
}

/* The length that [low, high] shares with [index, index + 1]. */
static double shared(double low, double high, size_t index)
{
    return fmin(high, (double)index + 1.0) - fmax(low, (double)index);
}

/* The share of ink in the rectangle from (left, top) to (right, bottom), in pixels of the view. */
static double share_of_ink(const struct view *view, const struct ink *ink, const double left,
                           const double top, const double right, const double bottom)
{
    double sum = 0.0;
    for (size_t y = (size_t)top; y < view->height && (double)y < bottom; y++)
        for (size_t x = (size_t)left; x < view->width && (double)x < right; x++)
            sum += ink->shares[view->levels[y * view->width + x]] * shared(left, right, x) *
                   shared(top, bottom, y);
    return sum / ((right - left) * (bottom - top));
}

/* The digit in a box of at most 20x20 px, in the upper left corner. */
struct scaled {
    size_t width;
    size_t height;
    double shares[NAIVE_PIPELINE_BOX_PX][NAIVE_PIPELINE_BOX_PX];
};

static size_t scaled_side(size_t side, size_t longer)
{
    size_t rounded = (2 * side * NAIVE_PIPELINE_BOX_PX + longer) / (2 * longer);
    return rounded == 0 ? 1 : rounded;
}

static void scale(struct scaled *out, const struct view *view, const struct ink *ink,
                  const struct extent *extent, size_t longer)
{
    size_t width = extent->right - extent->left, height = extent->bottom - extent->top;
    out->width = scaled_side(width, longer);
    out->height = scaled_side(height, longer);
    double step_x = (double)width / (double)out->width;
    double step_y = (double)height / (double)out->height;
    for (size_t y = 0; y < out->height; y++)
        for (size_t x = 0; x < out->width; x++)
            out->shares[y][x] = share_of_ink(view, ink, (double)extent->left + (double)x * step_x,
                                             (double)extent->top + (double)y * step_y,
                                             (double)extent->left + (double)(x + 1) * step_x,
                                             (double)extent->top + (double)(y + 1) * step_y);
}

/* Where the first row or column of a side goes so that `centre` is near the middle of the image. */
static size_t place(double centre, size_t side)
{
    double first = round(DIGIT_SIDE_PX / 2.0 - centre);
    return (size_t)fmin(fmax(first, 0.0), (double)(DIGIT_SIDE_PX - side));
}

static void put_in_middle(uint8_t out[DIGIT_PIXELS], const struct scaled *digit)
{
    double mass = 0.0, moment_x = 0.0, moment_y = 0.0;
    for (size_t y = 0; y < digit->height; y++)
        for (size_t x = 0; x < digit->width; x++) {
            mass += digit->shares[y][x];
            moment_x += digit->shares[y][x] * ((double)x + 0.5);
            moment_y += digit->shares[y][x] * ((double)y + 0.5);
        }
    size_t left = place(moment_x / mass, digit->width);
    size_t top = place(moment_y / mass, digit->height);
    for (size_t y = 0; y < digit->height; y++)
        for (size_t x = 0; x < digit->width; x++)
            out[(top + y) * DIGIT_SIDE_PX + left + x] =
                (uint8_t)lround(255.0 * fmin(digit->shares[y][x], 1.0));
}

bool naive_pipeline_normalise(uint8_t out[DIGIT_PIXELS], const struct digit_image *image)
{
    const struct view view = view_of(image);
    struct counts all, border;
    struct scaled digit;
    memset(out, 0, DIGIT_PIXELS);
    count_all(&all, &view);
    int threshold = otsu_threshold(&all);
    if (threshold < 0)
        return false;
    count_border(&border, &view);
    struct ink ink;
    choose_ink(&ink, &all, threshold, median_of(&border));
    const struct extent extent = extent_of(&view, &ink);
    size_t longer = longer_side(&extent);
    if (longer == 0)
        return false;
    scale(&digit, &view, &ink, &extent, longer);
    put_in_middle(out, &digit);
    return true;
}
