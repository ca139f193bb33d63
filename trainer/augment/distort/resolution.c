#include <math.h>

#include "trainer/augment/distort/brightness.h"
#include "trainer/augment/distort/kinds.h"
#include "trainer/augment/distort/resample.h"
#include "trainer/augment/mnist_normalisation.h"

static const float MOST_PX = 16.0f;
static const float LINEAR_SHARE = 0.5f; /* enlarged by interpolation instead of repetition */
/* Scans of two levels: of the pictures with so many pixels, as fewer show no digit then. */
static const float TWO_LEVELS_SHARE = 0.35f, TWO_LEVELS_PX = 12.0f;
static const float MIN_LEVEL = 0.3f, MAX_LEVEL = 0.55f; /* from here on a pixel is ink */

static void part_in_two(float *cells, size_t count, float level)
{
    for (size_t i = 0; i < count; i++)
        cells[i] = cells[i] >= level ? 1.0f : 0.0f;
}

/* Shrinks the image so far that the 20 px of a normalised digit become resolution_px to 16, each
 * the mean of what it covers, and enlarges it again. */
void distort_resolution(float image[DIGIT_PIXELS], const struct distort_ranges *ranges,
                        struct rng *rng)
{
    float least_px = ranges->resolution_px;
    float side_px = rng_range(rng, least_px, fmaxf(least_px, MOST_PX));
    float cell_px = MNIST_NORMALISED_BOX_PX / side_px, peak = brightest_pixel(image);
    struct axis_filter rows, columns, up_rows, up_columns;
    axis_filter_reduce(&rows, cell_px, rng_uniform(rng));
    axis_filter_reduce(&columns, cell_px, rng_uniform(rng));
    bool linear = rng_uniform(rng) < LINEAR_SHARE;
    bool two_levels = rng_uniform(rng) < TWO_LEVELS_SHARE && side_px >= TWO_LEVELS_PX;
    float level = rng_range(rng, MIN_LEVEL, MAX_LEVEL);
    axis_filter_enlarge(&up_rows, &rows, linear);
    axis_filter_enlarge(&up_columns, &columns, linear);
    float cells[AXIS_MAX * AXIS_MAX];
    resample(cells, image, &rows, &columns);
    if (two_levels)
        part_in_two(cells, rows.to * columns.to, level * peak);
    resample(image, cells, &up_rows, &up_columns);
    restore_brightness(image, peak);
}
