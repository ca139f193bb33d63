#include <math.h>
#include <stdbool.h>

#include "trainer/augment/distort/kinds.h"

#define SIDE DIGIT_SIDE_PX

/* Added to a number of periods before it is truncated, so that it is never negative. */
#define PERIODS_AHEAD 64.0f

static const float PI = 3.14159265f;
static const float MIN_BRIGHTNESS = 0.4f, MIN_RULED_BRIGHTNESS = 0.2f, MAX_RULED_BRIGHTNESS = 0.8f;
static const float MIN_HALF_WIDTH_PX = 0.2f, MAX_HALF_WIDTH_PX = 1.4f;
static const float WAVY_SHARE = 0.5f, DASHED_SHARE = 0.4f;
static const float MIN_WAVE_PX = 5.0f, MAX_WAVE_PX = 14.0f;
static const float MIN_AMPLITUDE_PX = 0.5f, MAX_AMPLITUDE_PX = 3.0f;
static const float MIN_DASH_PX = 2.0f, MAX_DASH_PX = 8.0f;
static const float MIN_REACH_PX = 8.0f, MAX_REACH_PX = 24.0f;
static const float MIN_RULING_PX = 4.0f, MAX_RULING_PX = 10.0f;
static const float RULED_TILT = 0.12f; /* radians in either direction from level or upright */

/* A line along an axis through (x, y) in the direction (cosine, sine). */
struct line {
    float x, y;
    float cosine, sine;
    float brightness;
    float half_width_px;
    float reach_px;     /* from (x, y) in either direction */
    float amplitude_px; /* of the wave; 0: straight */
    float waves;        /* per pixel */
    float wave_phase;   /* in periods, 0 to 1 */
    float dashes;       /* per pixel */
    float dash_phase;   /* in periods, 0 to 1 */
    float dash_share;   /* length of a dash as a share of dash and gap; 1: solid */
};

static float share_of_period(float periods)
{
    float ahead = periods + PERIODS_AHEAD;
    return ahead - (float)(int)ahead;
}

/* With that probability a number from low to high, else `otherwise`. Draws two numbers in any
 * case. */
static float draw_or(float probability, float low, float high, float otherwise, struct rng *rng)
{
    float drawn = rng_range(rng, low, high);
    return rng_uniform(rng) < probability ? drawn : otherwise;
}

static struct line draw_line(struct rng *rng)
{
    float angle = rng_range(rng, 0.0f, PI);
    struct line line = {.cosine = cosf(angle), .sine = sinf(angle)};
    line.x = rng_range(rng, 2.0f, SIDE - 2.0f);
    line.y = rng_range(rng, 2.0f, SIDE - 2.0f);
    line.brightness = rng_range(rng, MIN_BRIGHTNESS, 1.0f);
    line.half_width_px = rng_range(rng, MIN_HALF_WIDTH_PX, MAX_HALF_WIDTH_PX);
    line.reach_px = rng_range(rng, MIN_REACH_PX, MAX_REACH_PX);
    line.amplitude_px = draw_or(WAVY_SHARE, MIN_AMPLITUDE_PX, MAX_AMPLITUDE_PX, 0.0f, rng);
    line.waves = 1.0f / rng_range(rng, MIN_WAVE_PX, MAX_WAVE_PX);
    line.wave_phase = rng_uniform(rng);
    line.dashes = 1.0f / rng_range(rng, MIN_DASH_PX, MAX_DASH_PX);
    line.dash_phase = rng_uniform(rng);
    line.dash_share = draw_or(DASHED_SHARE, 0.3f, 0.7f, 1.0f, rng);
    return line;
}

/* A sine to within a few per cent: two parabolas per period. */
static float wave_at(float share)
{
    float place = 2.0f * share - 1.0f;
    return -4.0f * place * (1.0f - fabsf(place));
}

static float brightness_at(const struct line *line, float along, float beside)
{
    float wave = wave_at(share_of_period(along * line->waves + line->wave_phase));
    float distance = fabsf(beside - line->amplitude_px * wave);
    float inside = line->half_width_px + 0.5f - distance;
    inside = inside < 0.0f ? 0.0f : inside;
    inside = inside > 1.0f ? 1.0f : inside;
    float dash = share_of_period(along * line->dashes + line->dash_phase);
    float shown = dash <= line->dash_share ? line->brightness : 0.0f;
    return fabsf(along) <= line->reach_px ? shown * inside : 0.0f;
}

static void add_line(float image[DIGIT_PIXELS], const struct line *line)
{
    for (int y = 0; y < SIDE; y++) {
        float dy = (float)y - line->y;
        for (int x = 0; x < SIDE; x++) {
            float dx = (float)x - line->x;
            float along = dx * line->cosine + dy * line->sine;
            float beside = dy * line->cosine - dx * line->sine;
            float brightness = brightness_at(line, along, beside);
            float *pixel = &image[y * SIDE + x];
            *pixel = brightness > *pixel ? brightness : *pixel;
        }
    }
}

void distort_lines(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, struct rng *rng)
{
    float count = rng_range(rng, 1.0f, ranges->line_count + 1.0f);
    for (uint32_t left = (uint32_t)count; left > 0; left--) {
        const struct line line = draw_line(rng);
        add_line(image, &line);
    }
}

/* Level or upright lines, about a pixel wide, at a constant distance. */
void distort_ruled(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, struct rng *rng)
{
    (void)ranges;
    float tilt = rng_range(rng, -RULED_TILT, RULED_TILT);
    float brightness = rng_range(rng, MIN_RULED_BRIGHTNESS, MAX_RULED_BRIGHTNESS);
    float half_width_px = rng_range(rng, 0.0f, 0.8f);
    float ruling_px = rng_range(rng, MIN_RULING_PX, MAX_RULING_PX), phase = rng_uniform(rng);
    bool upright = rng_below(rng, 2) == 1;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            float across = upright ? (float)x + tilt * (float)y : (float)y + tilt * (float)x;
            float from_middle = fabsf(share_of_period(across / ruling_px + phase) - 0.5f);
            float inside = half_width_px + 0.5f - ruling_px * from_middle;
            float line = brightness * (inside < 0.0f ? 0.0f : inside > 1.0f ? 1.0f : inside);
            float *pixel = &image[y * SIDE + x];
            *pixel = line > *pixel ? line : *pixel;
        }
}
