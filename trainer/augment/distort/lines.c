#include <math.h>
#include <stdbool.h>

#include "trainer/augment/distort/kinds.h"

#define SIDE DIGIT_SIDE_PX

/* Added to numbers of periods before they are cut to whole ones, so that none is negative. */
#define PERIODS_AHEAD 64.0f

static const float PI = 3.14159265f;
static const float LEAST_LIGHT = 0.4f, LEAST_RULED_LIGHT = 0.2f, MOST_RULED_LIGHT = 0.8f;
static const float LEAST_HALF_WIDTH_PX = 0.2f, MOST_HALF_WIDTH_PX = 1.4f;
static const float WAVY_SHARE = 0.5f, DASHED_SHARE = 0.4f;
static const float LEAST_WAVE_PX = 5.0f, MOST_WAVE_PX = 14.0f;
static const float LEAST_AMPLITUDE_PX = 0.5f, MOST_AMPLITUDE_PX = 3.0f;
static const float LEAST_DASH_PX = 2.0f, MOST_DASH_PX = 8.0f;
static const float LEAST_REACH_PX = 8.0f, MOST_REACH_PX = 24.0f;
static const float LEAST_RULING_PX = 4.0f, MOST_RULING_PX = 10.0f;
static const float RULED_TILT = 0.12f; /* radians, either way from level or upright */

/* An axis through (x, y) in the direction (cosine, sine), and what runs along it. */
struct line {
    float x, y;
    float cosine, sine;
    float light;
    float half_width_px;
    float reach_px;     /* either way from (x, y) */
    float amplitude_px; /* of the wave; 0: straight */
    float waves;        /* a pixel */
    float wave_phase;   /* 0 to 1 */
    float dashes;       /* a pixel */
    float dash_phase;
    float dash_share; /* of a dash and its gap that is lit; 1: a whole line */
};

static float share_of_period(float periods)
{
    float ahead = periods + PERIODS_AHEAD;
    return ahead - (float)(int)ahead;
}

static float draw_share(float probability, float low, float high, float otherwise, struct rng *rng)
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
    line.light = rng_range(rng, LEAST_LIGHT, 1.0f);
    line.half_width_px = rng_range(rng, LEAST_HALF_WIDTH_PX, MOST_HALF_WIDTH_PX);
    line.reach_px = rng_range(rng, LEAST_REACH_PX, MOST_REACH_PX);
    line.amplitude_px = draw_share(WAVY_SHARE, LEAST_AMPLITUDE_PX, MOST_AMPLITUDE_PX, 0.0f, rng);
    line.waves = 1.0f / rng_range(rng, LEAST_WAVE_PX, MOST_WAVE_PX);
    line.wave_phase = rng_uniform(rng);
    line.dashes = 1.0f / rng_range(rng, LEAST_DASH_PX, MOST_DASH_PX);
    line.dash_phase = rng_uniform(rng);
    line.dash_share = draw_share(DASHED_SHARE, 0.3f, 0.7f, 1.0f, rng);
    return line;
}

/* A sine but for a few per cent: two parabolas a period. */
static float wave_at(float share)
{
    float place = 2.0f * share - 1.0f;
    return -4.0f * place * (1.0f - fabsf(place));
}

static float light_at(const struct line *line, float along, float beside)
{
    float wave = wave_at(share_of_period(along * line->waves + line->wave_phase));
    float distance = fabsf(beside - line->amplitude_px * wave);
    float inside = line->half_width_px + 0.5f - distance;
    inside = inside < 0.0f ? 0.0f : inside;
    inside = inside > 1.0f ? 1.0f : inside;
    float dash = share_of_period(along * line->dashes + line->dash_phase);
    float shown = dash <= line->dash_share ? line->light : 0.0f;
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
            float light = light_at(line, along, beside);
            float *pixel = &image[y * SIDE + x];
            *pixel = light > *pixel ? light : *pixel;
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

/* Level or upright lines, about a pixel wide, a ruling apart. */
void distort_ruled(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, struct rng *rng)
{
    (void)ranges;
    float tilt = rng_range(rng, -RULED_TILT, RULED_TILT);
    float light = rng_range(rng, LEAST_RULED_LIGHT, MOST_RULED_LIGHT);
    float half_width_px = rng_range(rng, 0.0f, 0.8f);
    float ruling_px = rng_range(rng, LEAST_RULING_PX, MOST_RULING_PX), phase = rng_uniform(rng);
    bool upright = rng_below(rng, 2) == 1;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            float across = upright ? (float)x + tilt * (float)y : (float)y + tilt * (float)x;
            float from_middle = fabsf(share_of_period(across / ruling_px + phase) - 0.5f);
            float inside = half_width_px + 0.5f - ruling_px * from_middle;
            float ink = light * (inside < 0.0f ? 0.0f : inside > 1.0f ? 1.0f : inside);
            float *pixel = &image[y * SIDE + x];
            *pixel = ink > *pixel ? ink : *pixel;
        }
}
