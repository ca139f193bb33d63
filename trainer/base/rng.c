#include "trainer/base/rng.h"

#include <math.h>

#define WEYL_STEP 0x9e3779b97f4a7c15u /* 2^64 divided by the golden ratio, odd */

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

struct rng rng_make(uint64_t seed, enum rng_purpose purpose, uint64_t index)
{
    uint64_t state = mix(seed + WEYL_STEP);
    state = mix(state ^ ((uint64_t)purpose * WEYL_STEP));
    return (struct rng){mix(state ^ (index * WEYL_STEP))};
}

uint64_t rng_u64(struct rng *rng)
{
    rng->state += WEYL_STEP;
    return mix(rng->state);
}

/* Lemire's multiplication method (2019), with rejection. */
uint32_t rng_below(struct rng *rng, uint32_t bound)
{
    uint32_t threshold = -bound % bound;
    for (;;) {
        uint64_t product = (rng_u64(rng) >> 32) * bound;
        if ((uint32_t)product >= threshold)
            return (uint32_t)(product >> 32);
    }
}

float rng_uniform(struct rng *rng)
{
    return (float)(rng_u64(rng) >> 40) * 0x1p-24f;
}

float rng_range(struct rng *rng, float low, float high)
{
    return low + (high - low) * rng_uniform(rng);
}

float rng_normal(struct rng *rng)
{
    float radius = sqrtf(-2.0f * logf(1.0f - rng_uniform(rng)));
    return radius * cosf(6.28318530718f * rng_uniform(rng));
}
