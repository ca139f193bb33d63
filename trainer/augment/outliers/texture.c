#include "trainer/augment/outliers/texture.h"

#include <math.h>
#include <stddef.h>

#define SIDE       DIGIT_SIDE_PX
#define MAX_POINTS (SIDE / 2 + 2)

static const float PI = 3.14159265f;
static const float CENTRE_PX = 0.5f * (SIDE - 1);

/* Cell in which pixel i lies, and how far into it, as a share. */
static size_t cell_of(float *share, size_t i, float cell_px)
{
    float place = (float)i / cell_px;
    size_t cell = (size_t)place;
    *share = place - (float)cell;
    return cell;
}

void texture_add_clouds(float image[DIGIT_PIXELS], float cell_px, float amplitude, struct rng *rng)
{
    float points[MAX_POINTS][MAX_POINTS], right, below;
    size_t count = (size_t)(SIDE / cell_px) + 2;
    for (size_t y = 0; y < count; y++)
        for (size_t x = 0; x < count; x++)
            points[y][x] = rng_range(rng, -amplitude, amplitude);
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 0; x < SIDE; x++) {
            size_t j = cell_of(&below, y, cell_px), i = cell_of(&right, x, cell_px);
            float top = points[j][i] + right * (points[j][i + 1] - points[j][i]);
            float bottom = points[j + 1][i] + right * (points[j + 1][i + 1] - points[j + 1][i]);
            image[y * SIDE + x] += top + below * (bottom - top);
        }
}

void texture_add_slope(float image[DIGIT_PIXELS], float amplitude, struct rng *rng)
{
    float angle = rng_range(rng, 0.0f, 2.0f * PI);
    float dx = amplitude * cosf(angle) / SIDE, dy = amplitude * sinf(angle) / SIDE;
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 0; x < SIDE; x++)
            image[y * SIDE + x] += dx * ((float)x - CENTRE_PX) + dy * ((float)y - CENTRE_PX);
}

void texture_add_stripes(float image[DIGIT_PIXELS], float period_px, float share, float brightness,
                         struct rng *rng)
{
    float angle = rng_range(rng, 0.0f, PI), phase = rng_uniform(rng);
    float dx = cosf(angle) / period_px, dy = sinf(angle) / period_px;
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 0; x < SIDE; x++) {
            float periods = dx * (float)x + dy * (float)y + phase;
            float from_middle = fabsf(periods - floorf(periods) - 0.5f);
            float inside = period_px * (0.5f * share - from_middle) + 0.5f;
            image[y * SIDE + x] += brightness * fminf(fmaxf(inside, 0.0f), 1.0f);
        }
}
