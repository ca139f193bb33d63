#include <math.h>

#include "trainer/eval/mnist_c/kinds.h"

static const float PHOTONS = 3.0f; /* mean of a white pixel */
static const float IMPULSE_SHARE = 0.17f;

/* Knuth's method: counts uniform factors until their product falls to exp(-mean). */
static float draw_poisson(float mean, struct rng *rng)
{
    float limit = expf(-mean), product = rng_uniform(rng), count = 0.0f;
    while (product > limit) {
        product *= rng_uniform(rng);
        count += 1.0f;
    }
    return count;
}

void corrupt_shot_noise(float image[DIGIT_PIXELS], struct rng *rng)
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        if (image[i] > 0.0f)
            image[i] = draw_poisson(PHOTONS * image[i], rng) / PHOTONS;
}

void corrupt_impulse_noise(float image[DIGIT_PIXELS], struct rng *rng)
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float drawn = rng_uniform(rng);
        if (drawn < IMPULSE_SHARE)
            image[i] = drawn < IMPULSE_SHARE / 2.0f ? 1.0f : 0.0f;
    }
}
