#include <math.h>

#include "trainer/augment/extent.h"
#include "trainer/augment/pen.h"
#include "trainer/augment/topology.h"
#include "trainer/augment/variants/kinds.h"

#define SIDE DIGIT_SIDE_PX

static const float RADIANS_PER_DEGREE = 0.017453292519943295f;

/* A seven's bar. */
static const float MIN_BAR = 0.3f, MAX_BAR = 0.55f; /* length, as a share of the seven's height */
static const float BAR_TILT_DEG = 15.0f;
static const float HIGHEST_BAR = 0.45f, LOWEST_BAR = 0.65f; /* from the top, of the height */
static const float MAX_STEM_PX = 6.5f;

/* What is drawn in one row. */
struct row {
    size_t runs;     /* separate runs of foreground pixels */
    float middle_px; /* mean column, weighted by brightness */
    float width_px;  /* sum of the pixels */
};

static struct row measure_row(const float image[DIGIT_PIXELS], size_t y)
{
    struct row measured = {0, 0.0f, 0.0f};
    const float *row = image + y * SIDE;
    float moment = 0.0f;
    for (size_t x = 0; x < SIDE; x++) {
        measured.runs +=
            row[x] >= TOPOLOGY_MIN_STROKE && (x == 0 || row[x - 1] < TOPOLOGY_MIN_STROKE);
        measured.width_px += row[x];
        moment += row[x] * (float)x;
    }
    measured.middle_px = measured.width_px > 0.0f ? moment / measured.width_px : 0.0f;
    return measured;
}

/* Whether rows `first` to `end` (excluded) show one narrow stem without a bar. */
static bool has_plain_stem(const float image[DIGIT_PIXELS], size_t first, size_t end)
{
    for (size_t y = first; y < end; y++) {
        struct row row = measure_row(image, y);
        if (row.runs != 1 || row.width_px > MAX_STEM_PX)
            return false;
    }
    return true;
}

/* Draws a nearly level bar across the middle of the stem. */
bool variant_bar(float image[DIGIT_PIXELS], const struct variant_settings *settings,
                 struct rng *rng)
{
    (void)settings;
    size_t top, end;
    extent_rows(&top, &end, image, TOPOLOGY_MIN_STROKE);
    if (end < top + 12)
        return false;
    float height_px = (float)(end - top);
    size_t highest = top + (size_t)(HIGHEST_BAR * height_px);
    size_t lowest = top + (size_t)(LOWEST_BAR * height_px);
    if (!has_plain_stem(image, highest - 1, lowest + 2))
        return false;
    size_t y = highest + rng_below(rng, (uint32_t)(lowest - highest + 1));
    struct row row = measure_row(image, y);
    float lean = measure_row(image, y - 1).middle_px - measure_row(image, y + 1).middle_px;
    float across = 1.0f / sqrtf(1.0f + 0.25f * lean * lean);
    const struct pen pen = {fmaxf(0.5f * row.width_px * across, 0.6f), 1.0f};
    float length_px = height_px * rng_range(rng, MIN_BAR, MAX_BAR);
    float tilt = RADIANS_PER_DEGREE * rng_range(rng, -BAR_TILT_DEG, 0.5f * BAR_TILT_DEG);
    float left = length_px * rng_range(rng, 0.35f, 0.65f), right = length_px - left;
    struct pen_point from = {row.middle_px - left * cosf(tilt), (float)y - left * sinf(tilt)};
    struct pen_point to = {row.middle_px + right * cosf(tilt), (float)y + right * sinf(tilt)};
    pen_line(image, from, to, &pen);
    return true;
}
