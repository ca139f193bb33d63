#include "trainer/augment/outliers/kinds.h"
#include "trainer/augment/outliers/texture.h"

#define SIDE DIGIT_SIDE_PX

static const float WINDOW_SHARE = 0.25f; /* of the images, in which noise fills only a rectangle */
static const uint32_t MIN_WINDOW_PX = 6;

enum noise { NOISE_EVEN, NOISE_NORMAL, NOISE_IMPULSE, NOISE_CLOUDS, NOISES };

/* Draws a random number for each square of `grain` px: uniform from 0 to 1, or normal. */
static void fill_squares(float out[DIGIT_PIXELS], bool is_normal, uint32_t grain, struct rng *rng)
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t x = i % SIDE, y = i / SIDE;
        float drawn = is_normal ? rng_normal(rng) : rng_uniform(rng);
        out[i] =
            x % grain == 0 && y % grain == 0 ? drawn : out[(y - y % grain) * SIDE + x - x % grain];
    }
}

/* Makes uniform noise black and white impulses on an even background. */
static void put_impulses(float out[DIGIT_PIXELS], struct rng *rng)
{
    float background = rng_uniform(rng) < 0.5f ? 0.0f : rng_uniform(rng);
    float white = rng_range(rng, 0.0f, 0.6f), black = rng_range(rng, 0.0f, 0.4f);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = out[i] < white ? 1.0f : out[i] < white + black ? 0.0f : background;
}

/* Sets everything outside a random rectangle to background. */
static void clear_outside_window(float out[DIGIT_PIXELS], struct rng *rng)
{
    uint32_t wide = MIN_WINDOW_PX + rng_below(rng, SIDE - MIN_WINDOW_PX + 1);
    uint32_t high = MIN_WINDOW_PX + rng_below(rng, SIDE - MIN_WINDOW_PX + 1);
    uint32_t left = rng_below(rng, SIDE - wide + 1), top = rng_below(rng, SIDE - high + 1);
    for (uint32_t i = 0; i < DIGIT_PIXELS; i++) {
        uint32_t x = i % SIDE, y = i / SIDE;
        if (x < left || x >= left + wide || y < top || y >= top + high)
            out[i] = 0.0f;
    }
}

static void scale_pixels(float out[DIGIT_PIXELS], float factor, float term)
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = term + factor * out[i];
}

void outlier_noise(float out[DIGIT_PIXELS], const struct outlier_digits *digits, struct rng *rng)
{
    (void)digits;
    enum noise noise = (enum noise)rng_below(rng, NOISES);
    float strength = rng_range(rng, 0.05f, 1.0f), mean = rng_range(rng, 0.0f, 0.8f);
    if (noise == NOISE_CLOUDS) {
        scale_pixels(out, 1.0f, mean);
        texture_add_clouds(out, rng_range(rng, 2.0f, 14.0f), strength, rng);
    } else {
        fill_squares(out, noise == NOISE_NORMAL, 1 + rng_below(rng, 3), rng);
        if (noise == NOISE_IMPULSE)
            put_impulses(out, rng);
        else if (noise == NOISE_NORMAL)
            scale_pixels(out, 0.5f * strength, mean);
        else
            scale_pixels(out, strength, mean * (1.0f - strength));
    }
    if (rng_uniform(rng) < WINDOW_SHARE)
        clear_outside_window(out, rng);
}
