#include "trainer/augment/outliers/kinds.h"
#include "trainer/augment/outliers/texture.h"

#define SIDE DIGIT_SIDE_PX

static const float MIN_PERIOD_PX = 3.0f, MAX_PERIOD_PX = 12.0f;
static const uint32_t MIN_BAND_PX = 8; /* a narrower one could be a 1 */

enum area { AREA_BLANK, AREA_GREY, AREA_SLOPE, AREA_CHECKERS, AREA_STRIPES, AREA_BAND, AREAS };

static void put_checkers(float out[DIGIT_PIXELS], float brightness, struct rng *rng)
{
    uint32_t cell_px = 1 + rng_below(rng, 9);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        if ((i % SIDE / cell_px + i / SIDE / cell_px) % 2 == 0)
            out[i] += brightness;
}

/* An upright or level band from edge to edge. */
static void put_band(float out[DIGIT_PIXELS], float brightness, struct rng *rng)
{
    uint32_t wide = MIN_BAND_PX + rng_below(rng, SIDE - MIN_BAND_PX + 1);
    uint32_t first = rng_below(rng, SIDE - wide + 1);
    bool is_upright = rng_below(rng, 2) == 1;
    for (uint32_t i = 0; i < DIGIT_PIXELS; i++) {
        uint32_t at = is_upright ? i % SIDE : i / SIDE;
        if (at >= first && at < first + wide)
            out[i] += brightness;
    }
}

/* A single grey level, or a simple pattern on it. */
void outlier_plain(float out[DIGIT_PIXELS], const struct outlier_digits *digits, struct rng *rng)
{
    (void)digits;
    enum area area = (enum area)rng_below(rng, AREAS);
    float brightness = rng_range(rng, 0.1f, 1.0f);
    float background = area != AREA_BLANK && rng_below(rng, 2) == 1 ? rng_uniform(rng) : 0.0f;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = background;
    switch (area) {
    case AREA_SLOPE:
        texture_add_slope(out, 2.0f * brightness, rng);
        break;
    case AREA_CHECKERS:
        put_checkers(out, brightness, rng);
        break;
    case AREA_STRIPES:
        texture_add_stripes(out, rng_range(rng, MIN_PERIOD_PX, MAX_PERIOD_PX),
                            rng_range(rng, 0.2f, 0.8f), brightness, rng);
        break;
    case AREA_BAND:
        put_band(out, brightness, rng);
        break;
    default:
        break;
    }
}
