#include <math.h>
#include <stdbool.h>

#include "trainer/augment/distort/kinds.h"

#define SIDE             DIGIT_SIDE_PX
#define COARSE_INTERVALS 4
#define FINE_INTERVALS   9
#define MAX_POINTS       (FINE_INTERVALS + 1)

static const float MIN_FOG = 0.2f;
static const float MIN_INVERSION = 0.5f;
static const uint32_t MAX_MARGIN_PX = 10;
static const uint32_t MAX_FRAME_PX = 5;
static const uint32_t MIN_BAND_PX = 3, MAX_BAND_PX = 14;

enum inversion { INVERT_BAND, INVERT_MARGINS, INVERT_FRAME, INVERSIONS };

/* Columns or rows, `end` excluded. */
struct span {
    uint32_t first, end;
};

/* Scales and raises all pixels so that the result stays within 0 to 1: nothing is clipped, and
 * bright pixels stay brighter than dark ones. */
void distort_contrast(float image[DIGIT_PIXELS], const struct distort_ranges *ranges,
                      struct rng *rng)
{
    float contrast = rng_range(rng, ranges->contrast_least, 1.0f);
    float background = rng_range(rng, 0.0f, 1.0f - contrast);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        image[i] = background + contrast * image[i];
}

/* Interval in which pixel i lies of a grid over the image, and how far into it, as a share. */
static size_t interval_of(float *share, size_t i, size_t intervals)
{
    float place = (float)i * (float)intervals / SIDE;
    size_t interval = (size_t)place;
    *share = place - (float)interval;
    return interval;
}

/* Adds smooth noise: random numbers from -amplitude to amplitude at the points of a grid,
 * interpolated linearly. */
static void add_clouds(float clouds[DIGIT_PIXELS], size_t intervals, float amplitude,
                       struct rng *rng)
{
    float rows[MAX_POINTS][SIDE], points[MAX_POINTS], share;
    for (size_t k = 0; k <= intervals; k++) {
        for (size_t i = 0; i <= intervals; i++)
            points[i] = rng_range(rng, -amplitude, amplitude);
        for (size_t x = 0; x < SIDE; x++) {
            size_t i = interval_of(&share, x, intervals);
            rows[k][x] = points[i] + share * (points[i + 1] - points[i]);
        }
    }
    for (size_t y = 0; y < SIDE; y++) {
        size_t k = interval_of(&share, y, intervals);
        for (size_t x = 0; x < SIDE; x++)
            clouds[y * SIDE + x] += rows[k][x] + share * (rows[k + 1][x] - rows[k][x]);
    }
}

/* Blends the image with clouds: smooth noise at two scales around a random grey level. */
void distort_fog(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, struct rng *rng)
{
    float depth = rng_range(rng, fminf(MIN_FOG, ranges->fog_depth), ranges->fog_depth);
    float grey = rng_uniform(rng), amplitude = rng_range(rng, 0.0f, 0.5f);
    float clouds[DIGIT_PIXELS];
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        clouds[i] = grey;
    add_clouds(clouds, COARSE_INTERVALS, amplitude, rng);
    add_clouds(clouds, FINE_INTERVALS, 0.5f * amplitude, rng);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float cloud = clouds[i] < 0.0f ? 0.0f : clouds[i];
        image[i] += depth * ((cloud > 1.0f ? 1.0f : cloud) - image[i]);
    }
}

/* `share` 1 inverts, 0 changes nothing, 0.5 gives a half everywhere. */
static void invert_rectangle(float image[DIGIT_PIXELS], struct span columns, struct span rows,
                             float share)
{
    for (size_t y = rows.first; y < rows.end; y++)
        for (size_t x = columns.first; x < columns.end; x++)
            image[y * SIDE + x] += share * (1.0f - 2.0f * image[y * SIDE + x]);
}

/* Inverts columns (upright) or rows over the whole image. */
static void invert_band(float image[DIGIT_PIXELS], struct span band, bool upright, float share)
{
    const struct span whole = {0, SIDE};
    invert_rectangle(image, upright ? band : whole, upright ? whole : band, share);
}

static void invert_frame(float image[DIGIT_PIXELS], uint32_t width, float share)
{
    const struct span inner = {width, SIDE - width};
    invert_band(image, (struct span){0, width}, true, share);
    invert_band(image, (struct span){SIDE - width, SIDE}, true, share);
    invert_rectangle(image, inner, (struct span){0, width}, share);
    invert_rectangle(image, inner, (struct span){SIDE - width, SIDE}, share);
}

void distort_inverted(float image[DIGIT_PIXELS], const struct distort_ranges *ranges,
                      struct rng *rng)
{
    (void)ranges;
    float share = rng_range(rng, MIN_INVERSION, 1.0f);
    bool upright = rng_below(rng, 2) == 1;
    switch ((enum inversion)rng_below(rng, INVERSIONS)) {
    case INVERT_BAND: {
        uint32_t width = MIN_BAND_PX + rng_below(rng, MAX_BAND_PX - MIN_BAND_PX + 1);
        uint32_t first = rng_below(rng, SIDE - width + 1);
        invert_band(image, (struct span){first, first + width}, upright, share);
        break;
    }
    case INVERT_MARGINS: {
        uint32_t before = rng_below(rng, MAX_MARGIN_PX + 1);
        uint32_t after = rng_below(rng, MAX_MARGIN_PX + 1);
        invert_band(image, (struct span){0, before}, upright, share);
        invert_band(image, (struct span){SIDE - after, SIDE}, upright, share);
        break;
    }
    default:
        invert_frame(image, 1 + rng_below(rng, MAX_FRAME_PX), share);
    }
}
