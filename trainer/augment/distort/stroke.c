#include "trainer/augment/distort/kinds.h"
#include "trainer/augment/shift.h"

static const float RING_GAIN = 1.5f; /* outlines of soft strokes are faint */
static const float RING_LEAST = 0.6f;

/* Each pixel moves by `share` towards the greatest (sign 1) or the least (sign -1) of itself and
 * its neighbours at dx, dy and both. */
static void spread(float image[DIGIT_PIXELS], int dx, int dy, float sign, float share)
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

/* Grey dilation or erosion by two pixels, one way or the other, so that strokes change by up to one
 * pixel; then, for more, once more the opposite way. */
void distort_stroke(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, struct rng *rng)
{
    float change_px = rng_range(rng, -0.5f * ranges->stroke_px, ranges->stroke_px);
    int dx = rng_below(rng, 2) == 0 ? -1 : 1;
    int dy = rng_below(rng, 2) == 0 ? -1 : 1;
    if (change_px < 0.0f) {
        spread(image, dx, dy, -1.0f, -change_px);
        return;
    }
    spread(image, dx, dy, 1.0f, change_px < 1.0f ? change_px : 1.0f);
    if (change_px > 1.0f)
        spread(image, -dx, -dy, 1.0f, change_px - 1.0f);
}

/* The ring around the strokes: what dilation by the four neighbours adds. */
void distort_outline(float image[DIGIT_PIXELS], const struct distort_ranges *ranges,
                     struct rng *rng)
{
    (void)ranges;
    static const int NEIGHBOURS[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    float brightness = rng_range(rng, RING_LEAST, 1.0f);
    float most[DIGIT_PIXELS] = {0}, beside[DIGIT_PIXELS];
    for (size_t k = 0; k < 4; k++) {
        shift_image(beside, image, NEIGHBOURS[k][0], NEIGHBOURS[k][1]);
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            most[i] = beside[i] > most[i] ? beside[i] : most[i];
    }
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float ring = RING_GAIN * (most[i] - image[i]);
        ring = ring > 0.0f ? ring : 0.0f;
        image[i] = brightness * (ring < 1.0f ? ring : 1.0f);
    }
}
