#include <math.h>

#include "trainer/eval/mnist_c/gaussian.h"
#include "trainer/eval/mnist_c/kinds.h"

#define SIDE       DIGIT_SIDE_PX
#define PLASMA_PX  256 /* a power of two */
#define PLASMA_END (PLASMA_PX - 1)

static const float BRIGHTNESS = 0.5f;

static const float FOG_DEPTH = 3.0f;
static const float FOG_DECAY = 1.4f;
static const float FOG_ROUGHNESS = 100.0f;

static const float LIQUID_MEAN = 0.65f;
static const float LIQUID_DEVIATION = 0.3f;
static const float LIQUID_SMOOTHING_PX = 1.0f;
static const float LIQUID_THRESHOLD = 0.65f;
static const float MUD_SMOOTHING_PX = 1.5f;
static const float MUD_MIN = 0.8f; /* thinner mud is removed */
static const float MUD_GREY = 63.0f / 255.0f;

/* A height map that wraps around on both axes. */
struct plasma {
    float at[PLASMA_PX][PLASMA_PX];
};

void corrupt_brightness(float image[DIGIT_PIXELS], struct rng *rng)
{
    (void)rng;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        image[i] += BRIGHTNESS;
}

/* The mean of four neighbours plus a random displacement. */
static float displaced_mean(float sum_of_four, float roughness, struct rng *rng)
{
    return 0.25f * sum_of_four + roughness * rng_range(rng, -roughness, roughness);
}

/* Sets the middle of each square whose corners are `step` apart. */
static void fill_middles(struct plasma *plasma, size_t step, float roughness, struct rng *rng)
{
    for (size_t y = 0; y < PLASMA_PX; y += step) {
        const float *upper = plasma->at[y], *lower = plasma->at[(y + step) & PLASMA_END];
        for (size_t x = 0; x < PLASMA_PX; x += step) {
            size_t right = (x + step) & PLASMA_END;
            plasma->at[y + step / 2][x + step / 2] =
                displaced_mean(upper[x] + upper[right] + lower[x] + lower[right], roughness, rng);
        }
    }
}

/* Sets the point (x, y) between four points that are `half` a step away. */
static void fill_between(struct plasma *plasma, size_t x, size_t y, size_t half, float roughness,
                         struct rng *rng)
{
    float sum = plasma->at[(y - half) & PLASMA_END][x] + plasma->at[(y + half) & PLASMA_END][x] +
                plasma->at[y][(x - half) & PLASMA_END] + plasma->at[y][(x + half) & PLASMA_END];
    plasma->at[y][x] = displaced_mean(sum, roughness, rng);
}

/* Sets the middle of each side of those squares. */
static void fill_sides(struct plasma *plasma, size_t step, float roughness, struct rng *rng)
{
    size_t half = step / 2;
    for (size_t y = 0; y < PLASMA_PX; y += step)
        for (size_t x = 0; x < PLASMA_PX; x += step) {
            fill_between(plasma, x + half, y, half, roughness, rng);
            fill_between(plasma, x, y + half, half, roughness, rng);
        }
}

/* Midpoint displacement (Fournier, Fussell and Carpenter 1982) by the diamond-square algorithm. */
static void fill_plasma(struct plasma *plasma, struct rng *rng)
{
    float roughness = FOG_ROUGHNESS;
    plasma->at[0][0] = 0.0f;
    for (size_t step = PLASMA_PX; step >= 2; step /= 2) {
        fill_middles(plasma, step, roughness, rng);
        fill_sides(plasma, step, roughness, rng);
        roughness /= FOG_DECAY;
    }
}

static void find_limits(const struct plasma *plasma, float *low, float *high)
{
    *low = *high = plasma->at[0][0];
    for (size_t y = 0; y < PLASMA_PX; y++)
        for (size_t x = 0; x < PLASMA_PX; x++) {
            *low = fminf(*low, plasma->at[y][x]);
            *high = fmaxf(*high, plasma->at[y][x]);
        }
}

/* Fog is the top left corner of the map, scaled so that the whole map is from 0 to 1. */
void corrupt_fog(float image[DIGIT_PIXELS], struct rng *rng)
{
    struct plasma plasma;
    float low, high, brightest = 0.0f;
    fill_plasma(&plasma, rng);
    find_limits(&plasma, &low, &high);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        brightest = fmaxf(brightest, image[i]);
    float factor = brightest / (brightest + FOG_DEPTH);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float fog = (plasma.at[i / SIDE][i % SIDE] - low) / (high - low);
        image[i] = factor * (image[i] + FOG_DEPTH * fog);
    }
}

/* How much of each pixel is covered by mud: 0, or MUD_MIN to 1. */
static void draw_mud(float out[DIGIT_PIXELS], struct rng *rng)
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = LIQUID_MEAN + LIQUID_DEVIATION * rng_normal(rng);
    gaussian_both(out, LIQUID_SMOOTHING_PX, GAUSSIAN_NEAREST);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = out[i] > LIQUID_THRESHOLD ? 1.0f : 0.0f;
    gaussian_both(out, MUD_SMOOTHING_PX, GAUSSIAN_NEAREST);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = out[i] < MUD_MIN ? 0.0f : out[i];
}

void corrupt_spatter(float image[DIGIT_PIXELS], struct rng *rng)
{
    float mud[DIGIT_PIXELS];
    draw_mud(mud, rng);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        image[i] += mud[i] * (MUD_GREY - image[i]);
}
