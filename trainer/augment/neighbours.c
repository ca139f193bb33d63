#include "trainer/augment/neighbours.h"

#include <stddef.h>

#include "trainer/augment/extent.h"
#include "trainer/augment/shift.h"

#define SIDE DIGIT_SIDE_PX

static const float MIN_FOREGROUND = 0.1f;
static const uint32_t MAX_SHIFT_PX = 3; /* digits of a number do not stand at one height */

bool neighbour_draw(struct neighbour *out, const struct neighbour_settings *settings,
                    float strength, uint32_t count, struct rng *rng)
{
    float probability = strength * settings->probability;
    if (probability <= 0.0f || rng_uniform(rng) >= probability)
        return false;
    out->other = rng_below(rng, count);
    out->width_px = 1 + rng_below(rng, (uint32_t)settings->width_px);
    out->shift_px = (int)rng_below(rng, 2 * MAX_SHIFT_PX + 1) - (int)MAX_SHIFT_PX;
    return true;
}

void neighbour_add(float image[DIGIT_PIXELS], const float other[DIGIT_PIXELS],
                   const struct neighbour *neighbour, bool at_right)
{
    size_t first, end, other_first, other_end;
    extent_columns(&first, &end, image, MIN_FOREGROUND);
    extent_columns(&other_first, &other_end, other, MIN_FOREGROUND);
    size_t free_px = at_right ? SIDE - end : first;
    if (other_end == 0 || free_px < 2)
        return;
    size_t width_px = neighbour->width_px < free_px ? neighbour->width_px : free_px - 1;
    int across =
        at_right ? (int)other_first - (int)(SIDE - width_px) : (int)other_end - (int)width_px;
    float moved[DIGIT_PIXELS];
    shift_image(moved, other, across, -neighbour->shift_px);
    size_t from = at_right ? SIDE - width_px : 0;
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = from; x < from + width_px; x++) {
            float *pixel = &image[y * SIDE + x];
            *pixel = moved[y * SIDE + x] > *pixel ? moved[y * SIDE + x] : *pixel;
        }
}
