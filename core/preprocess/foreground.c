#include "core/preprocess/foreground.h"

#include "core/preprocess/background.h"
#include "core/preprocess/histogram.h"

/* Noise stays within this many standard deviations, but for one pixel in 16,000. */
#define NOISE_DEVIATIONS 4

/* The first 1 / FLOOR_DIVISOR of the way from background to foreground becomes 0. */
#define FLOOR_DIVISOR 4

/* If most of what stands out is too faint for a foreground, as the lines of ruled paper are, the foreground
 * is what has at least 1 / PEAK_DIVISOR of the strongest contrast. */
#define PEAK_DIVISOR 4

static int higher(int a, int b)
{
    return a > b ? a : b;
}

static int lower(int a, int b)
{
    return a < b ? a : b;
}

/* For Gaussian noise, the median of absolute differences is 0.954 times the standard deviation. */
static int estimate_noise(const struct plane *plane)
{
    struct histogram steps;
    histogram_of_steps(&steps, plane);
    return histogram_median(&steps, 0);
}

static int find_background(const struct plane *plane)
{
    struct histogram border, ring;
    histogram_of_ring(&border, plane, 0);
    histogram_of_ring(&ring, plane, background_ring_depth(plane));
    return lower(histogram_median(&border, 0), histogram_median(&ring, 0));
}

/* The median of the levels from `first` on, but at least `background`. */
static int find_foreground(const struct histogram *all, int background, int first)
{
    return first < HISTOGRAM_LEVELS ? higher(histogram_median(all, first), background) : background;
}

struct foreground_levels foreground_measure(const struct plane *plane)
{
    struct histogram all;
    histogram_of_plane(&all, plane);
    struct foreground_levels levels = {.background = find_background(plane),
                                       .noise = estimate_noise(plane)};
    int first = levels.background + NOISE_DEVIATIONS * levels.noise + FOREGROUND_CONTRAST_MIN / 2;
    levels.foreground = find_foreground(&all, levels.background, first);
    if (levels.foreground - levels.background < FOREGROUND_CONTRAST_MIN) {
        int peak = histogram_highest(&all);
        first = higher(first, levels.background + (peak - levels.background) / PEAK_DIVISOR);
        levels.foreground = find_foreground(&all, levels.background, first);
    }
    return levels;
}

/* The mean of the levels first to end - 1; -1 if none of them occurs. */
static int mean_level(const struct histogram *all, int first, int end)
{
    uint64_t pixels = 0, sum = 0;
    for (int level = first; level < end; level++) {
        pixels += all->counts[level];
        sum += (uint64_t)all->counts[level] * (uint64_t)level;
    }
    return pixels == 0 ? -1 : (int)(sum / pixels);
}

/* Divides the levels from `first` on by Otsu's threshold; returns it. The levels below are forgotten. */
static int divide_levels(struct foreground_levels *out, struct histogram *all, int first)
{
    for (int level = 0; level < first; level++)
        all->counts[level] = 0;
    int threshold = histogram_otsu(all);
    int dark = mean_level(all, first, threshold + 1);
    int light = mean_level(all, threshold + 1, HISTOGRAM_LEVELS);
    int contrast = dark >= 0 && light >= 0 ? light - dark : 0;
    *out = (struct foreground_levels){.background = threshold - contrast / 2,
                                      .foreground = threshold - contrast / 2 + contrast};
    return threshold;
}

void foreground_measure_otsu(struct foreground_levels *out, struct foreground_levels *again,
                             const struct histogram *levels)
{
    struct histogram all = *levels;
    int threshold = divide_levels(out, &all, 0);
    divide_levels(again, &all, threshold + 1);
}

void foreground_stretch(struct plane *plane, const struct foreground_levels *levels)
{
    uint8_t foreground[HISTOGRAM_LEVELS];
    int contrast = levels->foreground - levels->background;
    int floor = higher(contrast / FLOOR_DIVISOR, NOISE_DEVIATIONS * levels->noise);
    floor = lower(floor, contrast / 2);
    for (int level = 0; level < HISTOGRAM_LEVELS; level++) {
        int above = level - levels->background - floor;
        int full = contrast - floor;
        foreground[level] = (uint8_t)(above <= 0 ? 0 : above >= full ? 255 : 255 * above / full);
    }
    size_t count = plane->width_px * plane->height_px;
    uint8_t *pixels = plane->pixels;
    for (size_t i = 0; i < count; i++)
        pixels[i] = foreground[pixels[i]];
}
