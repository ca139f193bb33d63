#include "core/image/colour.h"

#include <math.h>
#include <string.h>

#include "core/image/arena.h"
#include "core/image/colour_axis.h"

#define CHANNELS 3
#define WHITE    65535

/* What background and ink become. */
#define BACKGROUND_LEVEL 224
#define INK_LEVEL        32

/* Weighted sums are counted in bins of this size; `RANGE` of them on either side of 0. */
#define BIN   ((int64_t)1 << 17)
#define RANGE (CHANNELS * COLOUR_AXIS_ONE * (int64_t)WHITE / BIN + 1)
#define BINS  (2 * RANGE)

/* Shares of the contrast and of the noise. */
#define FLOOR_DIVISOR    4
#define NOISE_DEVIATIONS 3

#define CONTRAST_LOW (DIGIT_CONTRAST_LOW * 257) /* levels of 16 bits */

struct scratch {
    struct colour_axis_scratch axis;
    uint32_t bins[BINS];
};

_Static_assert(sizeof(struct scratch) <= COLOUR_SCRATCH_BYTES, "the estimate is enough");

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static size_t pixels_of(const struct reduction *reduction)
{
    return reduction->blocks_across * reduction->blocks_down;
}

struct range {
    uint16_t lowest;
    uint16_t highest;
};

static void extend_range(struct range *range, const uint16_t *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        range->lowest = samples[i] < range->lowest ? samples[i] : range->lowest;
        range->highest = samples[i] > range->highest ? samples[i] : range->highest;
    }
}

static void stretch(uint16_t *samples, size_t count, const struct range *range)
{
    const uint32_t span = (uint32_t)range->highest - range->lowest;

    for (size_t i = 0; i < count; i++)
        samples[i] = (uint16_t)(((uint32_t)samples[i] - range->lowest) * WHITE / span);
}

/* Stretches all channels alike, so that colours stay as they are. */
static bool stretch_channels(const struct reduction *reduction)
{
    struct range range = {WHITE, 0};

    for (size_t c = 0; c < CHANNELS; c++)
        extend_range(&range, reduction->planes[c].means.deep, pixels_of(reduction));
    if (range.highest <= range.lowest || range.highest - range.lowest >= CONTRAST_LOW)
        return false;
    for (size_t c = 0; c < CHANNELS; c++)
        stretch(reduction->planes[c].means.deep, pixels_of(reduction), &range);
    return true;
}

/* The three channels of a pixel, weighted and added. */
static int64_t weigh(const struct colour_axis *axis, const struct colour_planes *planes, size_t i)
{
    return (int64_t)axis->weights[0] * planes->channels[0][i] +
           (int64_t)axis->weights[1] * planes->channels[1][i] +
           (int64_t)axis->weights[2] * planes->channels[2][i];
}

/* The median of the pixels' sums, to a bin. */
static int64_t find_median(uint32_t bins[BINS], const struct colour_axis *axis,
                           const struct colour_planes *planes)
{
    const size_t count = planes->width_px * planes->height_px;
    size_t below = 0;
    int64_t bin = 0;

    memset(bins, 0, BINS * sizeof *bins);
    for (size_t i = 0; i < count; i++)
        bins[(weigh(axis, planes, i) + RANGE * BIN) / BIN]++;
    for (; 2 * (below + bins[bin]) < count; bin++)
        below += bins[bin];
    return (bin - RANGE) * BIN + BIN / 2;
}

/* Whether the pixels that are far from the background lie above it: the sign of the sum of third powers. */
static bool ink_is_above(const struct colour_axis *axis, const struct colour_planes *planes,
                         int64_t background)
{
    const size_t count = planes->width_px * planes->height_px;
    int64_t above = 0;

    for (size_t i = 0; i < count; i++) {
        /* At most 2^14, so that the sum of third powers of 2^18 pixels fits. */
        const int64_t apart = (weigh(axis, planes, i) - background) / (1 << 17);

        if (2 * (apart < 0 ? -apart : apart) > axis->contrast / (1 << 17))
            above += apart * apart * apart;
    }
    return above > 0;
}

/* What differs from the background by less than this is background: noise, what JPEG makes of it, and light. */
static int64_t find_floor(const struct colour_axis *axis)
{
    const int64_t noise = llround(NOISE_DEVIATIONS * axis->noise);
    const int64_t floor = axis->contrast / FLOOR_DIVISOR;

    return larger(floor, smaller(noise, axis->contrast / 2));
}

/* Overwrites red: writing never overtakes reading. */
static void write_levels(uint8_t *out, const struct colour_axis *axis,
                         const struct colour_planes *planes, int64_t background, int64_t sign)
{
    const size_t count = planes->width_px * planes->height_px;
    const int64_t floor = find_floor(axis);
    const int64_t span = BACKGROUND_LEVEL - INK_LEVEL;

    for (size_t i = 0; i < count; i++) {
        const int64_t above = sign * (weigh(axis, planes, i) - background) - floor;
        const int64_t level = BACKGROUND_LEVEL - larger(above, 0) * span / (axis->contrast - floor);

        out[i] = (uint8_t)larger(level, 0);
    }
}

static void project(struct colour_projection *out, struct reduction *reduction,
                    const struct colour_axis *axis, const struct colour_planes *planes,
                    struct scratch *scratch)
{
    const int64_t background = find_median(scratch->bins, axis, planes);

    const int64_t sign = ink_is_above(axis, planes, background) ? 1 : -1;

    for (size_t c = 0; c < CHANNELS; c++)
        out->axis[c] = (float)(-sign * axis->weights[c]) / COLOUR_AXIS_ONE;
    out->contrast = (float)((double)axis->contrast / axis->noise);
    write_levels(reduction->planes[0].means.octets, axis, planes, background, sign);
    out->is_projected = true;
}

enum digit_status colour_project(struct colour_projection *out, struct reduction *reduction,
                                 bool is_deep, struct digit_error *error)
{
    const struct colour_planes planes = {
        .channels = {reduction->planes[0].means.deep, reduction->planes[1].means.deep,
                     reduction->planes[2].means.deep},
        .width_px = reduction->blocks_across,
        .height_px = reduction->blocks_down,
    };
    struct scratch *scratch = arena_take(reduction->arena, sizeof *scratch);
    struct colour_axis axis;

    *out = (struct colour_projection){.is_projected = false};
    if (scratch == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the colours of %zux%zu px",
                          reduction->width_px, reduction->height_px);
    out->is_stretched = is_deep && stretch_channels(reduction);
    if (colour_axis_find(&axis, &planes, &scratch->axis))
        project(out, reduction, &axis, &planes, scratch);
    arena_give(reduction->arena, scratch);
    return DIGIT_OK;
}
