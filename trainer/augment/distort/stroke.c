#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "trainer/augment/distort/kinds.h"
#include "trainer/augment/distort/resample.h"
#include "trainer/augment/mnist_normalisation.h"
#include "trainer/augment/shift.h"
#include "trainer/augment/topology.h"

static const float RING_GAIN = 1.5f; /* the outlines of soft strokes are faint */
static const float RING_MIN = 0.6f;

static const float MIN_MARKER_PX = 1.5f;
static const uint32_t MARKER_TRIES = 6; /* to find a pen that leaves every hole open */
static const float FINER_PEN = 0.8f;    /* in the next try */

/* Moves each pixel by `share` towards the maximum (sign 1: dilation) or the minimum (sign -1:
 * erosion) of itself and its neighbours at (dx, 0), (0, dy) and (dx, dy). */
static void morph_strokes(float image[DIGIT_PIXELS], int dx, int dy, float sign, float share)
{
    float beside[DIGIT_PIXELS], extreme[DIGIT_PIXELS];
    shift_image(beside, image, dx, 0);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        extreme[i] = sign * beside[i] > sign * image[i] ? beside[i] : image[i];
    shift_image(beside, extreme, 0, dy);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float found = sign * beside[i] > sign * extreme[i] ? beside[i] : extreme[i];
        image[i] += share * (found - image[i]);
    }
}

/* Grey-level dilation or erosion over 2x2 pixels, which changes strokes by up to one pixel, in a
 * random diagonal direction; for more than a pixel, a second one in the opposite direction. */
void distort_stroke(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, struct rng *rng)
{
    float change_px = rng_range(rng, -0.5f * ranges->stroke_px, ranges->stroke_px);
    int dx = rng_below(rng, 2) == 0 ? -1 : 1;
    int dy = rng_below(rng, 2) == 0 ? -1 : 1;
    if (change_px < 0.0f) {
        morph_strokes(image, dx, dy, -1.0f, -change_px);
        return;
    }
    morph_strokes(image, dx, dy, 1.0f, change_px < 1.0f ? change_px : 1.0f);
    if (change_px > 1.0f)
        morph_strokes(image, -dx, -dy, 1.0f, change_px - 1.0f);
}

/* Grey-level dilation by a disc: out is the maximum over the neighbours up to radius_px away, and,
 * in part, over those up to 1 px further. */
static void dilate_by_disc(float out[DIGIT_PIXELS], const float image[DIGIT_PIXELS],
                           float radius_px)
{
    int reach = (int)ceilf(radius_px);
    float beside[DIGIT_PIXELS];
    memcpy(out, image, DIGIT_PIXELS * sizeof *out);
    for (int dy = -reach; dy <= reach; dy++)
        for (int dx = -reach; dx <= reach; dx++) {
            float share = radius_px + 1.0f - hypotf((float)dx, (float)dy);
            share = fminf(share, 1.0f);
            if (share <= 0.0f)
                continue;
            shift_image(beside, image, dx, dy);
            for (size_t i = 0; i < DIGIT_PIXELS; i++) {
                float reached = share * beside[i];
                out[i] = reached > out[i] ? reached : out[i];
            }
        }
}

/* Draws the digit again with a pen that is thicker by growth_px, no larger than before. Returns
 * false, with `out` undefined, if that closes a hole, opens one or joins two strokes. */
static bool thicken(float out[DIGIT_PIXELS], const float image[DIGIT_PIXELS], float growth_px)
{
    struct axis_filter shrink;
    struct topology before = topology_of(image), after;
    float small[DIGIT_PIXELS], scale = 1.0f + growth_px / MNIST_NORMALISED_BOX_PX;
    axis_filter_shrink(&shrink, scale);
    resample(small, image, &shrink, &shrink);
    dilate_by_disc(out, small, 0.5f * growth_px / scale);
    after = topology_of(out);
    return after.holes == before.holes && after.strokes == before.strokes;
}

/* Strokes of a marker, so thick that holes are nearly closed. */
void distort_marker(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, struct rng *rng)
{
    float thick[DIGIT_PIXELS];
    float growth_px = rng_range(rng, fminf(MIN_MARKER_PX, ranges->marker_px), ranges->marker_px);
    for (uint32_t left = MARKER_TRIES; left > 0; left--, growth_px *= FINER_PEN)
        if (thicken(thick, image, growth_px)) {
            memcpy(image, thick, sizeof thick);
            return;
        }
}

/* The ring around the strokes: the dilation over the four neighbours minus the image. */
void distort_outline(float image[DIGIT_PIXELS], const struct distort_ranges *ranges,
                     struct rng *rng)
{
    (void)ranges;
    static const int NEIGHBOURS[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    float brightness = rng_range(rng, RING_MIN, 1.0f);
    float dilated[DIGIT_PIXELS] = {0}, beside[DIGIT_PIXELS];
    for (size_t k = 0; k < 4; k++) {
        shift_image(beside, image, NEIGHBOURS[k][0], NEIGHBOURS[k][1]);
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            dilated[i] = beside[i] > dilated[i] ? beside[i] : dilated[i];
    }
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float ring = RING_GAIN * (dilated[i] - image[i]);
        ring = ring > 0.0f ? ring : 0.0f;
        image[i] = brightness * (ring < 1.0f ? ring : 1.0f);
    }
}
