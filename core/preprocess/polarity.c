#include "core/preprocess/polarity.h"

#include <digit/image.h>

#include "core/preprocess/background.h"
#include "core/preprocess/histogram.h"

/* A ring is even if the middle half of its levels spans at most 1 / EVEN_DIVISOR of the picture's range. */
#define EVEN_DIVISOR 4

#define SIDES 4

/* A background is clear if at least this share of all pixels lies on its side of the threshold. */
#define BACKGROUND_SHARE_MIN 0.7

/* And if its foreground differs from it at least so many times as much as anything on the other side does. */
#define CONTRAST_RATIO_MIN 2

/* How many of a picture's sides decide, or are enough not to contradict. */
#define SIDES_DECIDE 3

struct ring {
    int median;
    int span; /* of the middle half of its levels */
};

void polarity_invert(struct plane *plane)
{
    size_t count = plane->width_px * plane->height_px;
    uint8_t *pixels = plane->pixels; /* the compiler sees that it does not change */
    for (size_t i = 0; i < count; i++)
        pixels[i] = (uint8_t)(255 - pixels[i]);
}

/* Sum of squares of the details that an opening or a closing removes. */
static uint64_t measure_details(const struct grid *grid, size_t radius, enum grid_kind kind)
{
    uint64_t sum = 0;
    grid_filter(grid, radius, kind);
    for (size_t y = grid->radius; y < grid->height - grid->radius; y++)
        for (size_t x = grid->radius; x < grid->width - grid->radius; x++) {
            size_t at = y * grid->width + x;
            int detail = grid->scratch->cells[at] - grid->scratch->filtered[at];
            sum += (uint64_t)(detail * detail);
        }
    return sum;
}

static bool strokes_are_dark(const struct plane *plane, struct grid_scratch *scratch)
{
    struct grid grid;
    grid_fill(&grid, plane, scratch);
    uint64_t dark_details = measure_details(&grid, grid.radius, GRID_CLOSING);
    uint64_t light_details = measure_details(&grid, grid.radius, GRID_OPENING);
    uint64_t half = (dark_details > light_details ? dark_details : light_details) / 2;
    for (size_t radius = 1; radius < grid.radius; radius++) {
        uint64_t dark = measure_details(&grid, radius, GRID_CLOSING);
        uint64_t light = measure_details(&grid, radius, GRID_OPENING);
        if (dark >= half || light >= half)
            return dark > light;
    }
    return dark_details > light_details;
}

/* Whether most of `count` pixels, `step` bytes apart, are above `level`. */
static bool is_light(const uint8_t *pixels, size_t count, size_t step, int level)
{
    size_t above = 0;
    for (size_t i = 0; i < count; i++)
        above += pixels[i * step] > level;
    return 2 * above > count;
}

/* How many of the plane's sides are mostly above `level`. */
static int count_light_sides(const struct plane *plane, int level)
{
    size_t width = plane->width_px;
    size_t height = plane->height_px;
    return is_light(plane->pixels, width, 1, level) +
           is_light(plane->pixels + (height - 1) * width, width, 1, level) +
           is_light(plane->pixels, height, width, level) +
           is_light(plane->pixels + width - 1, height, width, level);
}

static struct ring measure_ring(const struct plane *plane, size_t depth)
{
    struct histogram levels;
    histogram_of_ring(&levels, plane, depth);
    return (struct ring){.median = histogram_median(&levels, 0),
                         .span = histogram_quantile(&levels, 0, 192) -
                                 histogram_quantile(&levels, 0, 64)};
}

enum vote { DARK_BACKGROUND, LIGHT_BACKGROUND, UNDECIDED };

static bool is_even(const struct ring *ring, int range)
{
    return EVEN_DIVISOR * ring->span <= range;
}

/* A printed box or a sheet's edge may run along one of the two rings: the more even one decides; if both
 * are even and disagree, a third ring does. */
static enum vote vote_of_rings(const struct plane *plane, int level, int range)
{
    size_t depth = background_ring_depth(plane);
    struct ring outer = measure_ring(plane, depth);
    struct ring inner = measure_ring(plane, 3 * depth / 2);
    struct ring chosen = inner.span < outer.span ? inner : outer;
    if (is_even(&outer, range) && is_even(&inner, range) &&
        (outer.median > level) != (inner.median > level))
        chosen = measure_ring(plane, 2 * depth);
    if (!is_even(&chosen, range))
        return UNDECIDED;
    return chosen.median > level ? LIGHT_BACKGROUND : DARK_BACKGROUND;
}

/* Sides of level 0 are above no threshold, whatever it is. */
bool polarity_is_on_black(const struct plane *plane)
{
    return count_light_sides(plane, 0) == 0;
}

static struct polarity find_small(const struct plane *plane, const struct histogram *levels)
{
    int sides = count_light_sides(plane, histogram_otsu(levels));
    return (struct polarity){.dark_on_light = sides >= SIDES_DECIDE,
                             .is_clear = sides == 0 || sides == SIDES};
}

/* The share of the pixels above `level`. */
static double share_above(const struct histogram *all, int level)
{
    uint64_t above = 0, count = 0;
    for (int i = 0; i < HISTOGRAM_LEVELS; i++) {
        count += all->counts[i];
        above += i > level ? all->counts[i] : 0;
    }
    return (double)above / (double)count;
}

/* Whether the sides, the shares of light and dark pixels and their contrast agree with the rings' vote. */
static bool nothing_contradicts(const struct plane *plane, const struct histogram *all, int level,
                                enum vote vote)
{
    bool light = vote == LIGHT_BACKGROUND;
    int sides = count_light_sides(plane, level);
    double above = share_above(all, level);
    int median = histogram_median(all, 0);
    int darker = median - histogram_lowest(all);
    int lighter = histogram_highest(all) - median;
    return (light ? sides : SIDES - sides) >= SIDES_DECIDE &&
           (light ? above : 1 - above) >= BACKGROUND_SHARE_MIN &&
           (light ? darker : lighter) >= CONTRAST_RATIO_MIN * (light ? lighter : darker);
}

struct polarity polarity_find(const struct plane *plane, const struct histogram *levels,
                              struct grid_scratch *scratch)
{
    if (plane->width_px == DIGIT_SIDE_PX && plane->height_px == DIGIT_SIDE_PX)
        return find_small(plane, levels);
    int level = histogram_otsu(levels);
    int range = histogram_highest(levels) - histogram_lowest(levels);
    enum vote vote = vote_of_rings(plane, level, range);
    if (vote == UNDECIDED)
        return (struct polarity){.dark_on_light = strokes_are_dark(plane, scratch),
                                 .is_open = true};
    return (struct polarity){.dark_on_light = vote == LIGHT_BACKGROUND,
                             .is_clear = nothing_contradicts(plane, levels, level, vote)};
}
