#include <math.h>

#include "trainer/augment/distort/kinds.h"

static const float MIN_SHARE = 0.02f;
static const float MIN_DEVIATION = 0.05f;

/* Approximately a normal number of mean 0 and deviation 1, limited to 3.5 in either direction: the
 * sum of four uniform numbers of 16 bits each. */
static float normal_of(uint64_t bits)
{
    int sum = (int)(bits & 0xffff) + (int)(bits >> 16 & 0xffff) + (int)(bits >> 32 & 0xffff) +
              (int)(bits >> 48);
    return (float)(sum - 131070) * (1.0f / 37837.23f); /* 65536 / sqrt(3) */
}

/* Black and white pixels in a random proportion. One 64-bit random number serves two pixels. */
void distort_impulse(float image[DIGIT_PIXELS], const struct distort_ranges *ranges,
                     struct rng *rng)
{
    float max = ranges->impulse_share;
    float share = rng_range(rng, fminf(MIN_SHARE, max), max);
    uint32_t changed = (uint32_t)(share * 0x1p31f);
    uint32_t white = (uint32_t)(rng_uniform(rng) * share * 0x1p31f);
    for (size_t i = 0; i < DIGIT_PIXELS; i += 2) {
        uint64_t bits = rng_u64(rng);
        for (size_t k = 0; k < 2; k++) {
            uint32_t drawn = (uint32_t)(bits >> (32 * k)) >> 1;
            image[i + k] = drawn < white ? 1.0f : drawn < changed ? 0.0f : image[i + k];
        }
    }
}

/* Bright pixels vary more than dark ones, as in shot noise and film grain. */
void distort_grain(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, struct rng *rng)
{
    float max = ranges->grain_deviation;
    float deviation = rng_range(rng, fminf(MIN_DEVIATION, max), max);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        image[i] += deviation * sqrtf(image[i]) * normal_of(rng_u64(rng));
}

void distort_noise(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, struct rng *rng)
{
    float max = ranges->noise_deviation;
    float deviation = rng_range(rng, fminf(MIN_DEVIATION, max), max);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        image[i] += deviation * normal_of(rng_u64(rng));
}
