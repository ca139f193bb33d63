#include "core/preprocess/ink.h"

#include "core/preprocess/ground.h"
#include "core/preprocess/histogram.h"

/* So many deviations are no noise: one pixel of 16,000 is further away. */
#define NOISE_DEVIATIONS 4

/* Of the way from ground to ink, one part in so many is no ink yet. */
#define FLOOR_DIVISOR 4

/* Where most of what stands out is fainter than ink can be, as ruled paper is, ink is what has this
 * part of the strongest contrast. */
#define PEAK_DIVISOR 4

static int higher(int a, int b)
{
    return a > b ? a : b;
}

static int lower(int a, int b)
{
    return a < b ? a : b;
}

/* The median of the absolute differences of Gaussian noise is 0.954 of its deviation. */
static int estimate_noise(const struct plane *plane)
{
    struct histogram steps;
    histogram_of_steps(&steps, plane);
    return histogram_median(&steps, 0);
}

static int find_ground(const struct plane *plane)
{
    struct histogram border, ring;
    histogram_of_ring(&border, plane, 0);
    histogram_of_ring(&ring, plane, ground_ring_depth(plane));
    return lower(histogram_median(&border, 0), histogram_median(&ring, 0));
}

/* The median of the levels from `first` on, or `ground`. */
static int find_ink(const struct histogram *all, int ground, int first)
{
    return first < HISTOGRAM_LEVELS ? higher(histogram_median(all, first), ground) : ground;
}

struct ink_levels ink_measure(const struct plane *plane)
{
    struct histogram all;
    histogram_of_plane(&all, plane);
    struct ink_levels levels = {.ground = find_ground(plane), .noise = estimate_noise(plane)};
    int first = levels.ground + NOISE_DEVIATIONS * levels.noise + INK_CONTRAST_MIN / 2;
    levels.ink = find_ink(&all, levels.ground, first);
    if (levels.ink - levels.ground < INK_CONTRAST_MIN) {
        int peak = histogram_highest(&all);
        first = higher(first, levels.ground + (peak - levels.ground) / PEAK_DIVISOR);
        levels.ink = find_ink(&all, levels.ground, first);
    }
    return levels;
}

void ink_stretch(struct plane *plane, const struct ink_levels *levels)
{
    uint8_t ink[HISTOGRAM_LEVELS];
    int contrast = levels->ink - levels->ground;
    int floor = higher(contrast / FLOOR_DIVISOR, NOISE_DEVIATIONS * levels->noise);
    floor = lower(floor, contrast / 2);
    for (int level = 0; level < HISTOGRAM_LEVELS; level++) {
        int above = level - levels->ground - floor;
        int full = contrast - floor;
        ink[level] = (uint8_t)(above <= 0 ? 0 : above >= full ? 255 : 255 * above / full);
    }
    size_t count = plane->width_px * plane->height_px;
    for (size_t i = 0; i < count; i++)
        plane->pixels[i] = ink[plane->pixels[i]];
}
