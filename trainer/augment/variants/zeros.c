#include <math.h>

#include "trainer/augment/extent.h"
#include "trainer/augment/pen.h"
#include "trainer/augment/topology.h"
#include "trainer/augment/variants/kinds.h"
#include "trainer/augment/variants/rows.h"

static const float RADIANS_PER_DEGREE = 0.017453292519943295f;

static const size_t MIN_INSIDE_PX = 5;   /* width: a slash through less leaves no two holes */
static const size_t MIN_HOLE_PIXELS = 8; /* of both */
/* A level slash would make an eight of it. From the right. */
static const float MIN_SLASH_DEG = 35.0f, MAX_SLASH_DEG = 65.0f;
/* From the middle to its ends, as a share of the way to the outline. */
static const float MIN_REACH = 0.85f, MAX_REACH = 1.3f;
static const float MIN_PEN = 0.6f; /* as a share of the zero's */

/* The columns between the two sides of a zero in one row; 0 if the row has not two sides. */
static size_t inside_of(float *half_width_px, const float image[DIGIT_PIXELS], size_t y)
{
    struct run runs[ROW_MAX_RUNS];
    if (row_runs(runs, image, y) != 2)
        return 0;
    *half_width_px = 0.25f * (runs[0].width_px + runs[1].width_px);
    return runs[1].first - runs[0].end;
}

/* Draws a stroke from the lower left to the upper right through the middle of a zero. */
bool variant_slash(float image[DIGIT_PIXELS], const struct variant_settings *settings,
                   struct rng *rng)
{
    (void)settings;
    struct topology plain = topology_of(image);
    if (plain.strokes != 1 || plain.holes != 1)
        return false;
    size_t left, right, top, bottom;
    extent_columns(&left, &right, image, TOPOLOGY_MIN_STROKE);
    extent_rows(&top, &bottom, image, TOPOLOGY_MIN_STROKE);
    float half_width_px;
    if (inside_of(&half_width_px, image, (top + bottom) / 2) < MIN_INSIDE_PX)
        return false;
    float angle = RADIANS_PER_DEGREE * rng_range(rng, MIN_SLASH_DEG, MAX_SLASH_DEG);
    float half_wide = 0.5f * (float)(right - left), half_high = 0.5f * (float)(bottom - top);
    float to_outline = 1.0f / hypotf(cosf(angle) / half_wide, sinf(angle) / half_high);
    float below = to_outline * rng_range(rng, MIN_REACH, MAX_REACH);
    float above = to_outline * rng_range(rng, MIN_REACH, MAX_REACH);
    struct pen_point middle = {0.5f * (float)(left + right - 1), 0.5f * (float)(top + bottom - 1)};
    struct pen_point from = {middle.x - below * cosf(angle), middle.y + below * sinf(angle)};
    struct pen_point to = {middle.x + above * cosf(angle), middle.y - above * sinf(angle)};
    const struct pen pen = {fmaxf(half_width_px * rng_range(rng, MIN_PEN, 1.0f), 0.6f), 1.0f};
    pen_line(image, from, to, &pen);
    struct topology slashed = topology_of(image);
    return slashed.holes == 2 && slashed.hole_pixels >= MIN_HOLE_PIXELS;
}
