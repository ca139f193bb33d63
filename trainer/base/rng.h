/*
 * Random numbers as a function of seed, stream and counter: the SplitMix64 finaliser (Steele, Lea
 * and Flood 2014) applied to a Weyl sequence that starts at a value derived from seed, purpose and
 * index. Every purpose has its own streams, so that drawing more numbers for one does not change
 * another.
 *
 *     struct rng rng = rng_make(seed, RNG_WARP, epoch * 60000 + index);
 *     float u = rng_uniform(&rng);
 *
 * Threads: a generator must be used by one thread at a time; create as many as needed.
 */
#ifndef TRAINER_BASE_RNG_H
#define TRAINER_BASE_RNG_H

#include <stdint.h>

/* `index` distinguishes the generators of one purpose: one for each image, step, ... */
enum rng_purpose {
    RNG_INITIALISE = 1,
    RNG_SHUFFLE,
    RNG_WARP,
    RNG_DROPOUT,
    RNG_SPLIT,
    RNG_CORRUPT,
    RNG_VARIANT,
    RNG_OUTLIER,
    RNG_MIXUP,
    RNG_NEIGHBOUR,
    RNG_DISTORT
};

struct rng {
    uint64_t state;
};

struct rng rng_make(uint64_t seed, enum rng_purpose purpose, uint64_t index);

uint64_t rng_u64(struct rng *rng);
uint32_t rng_below(struct rng *rng, uint32_t bound);     /* 0 to bound - 1, unbiased; bound > 0 */
float rng_uniform(struct rng *rng);                      /* [0, 1), 24 bits */
float rng_range(struct rng *rng, float low, float high); /* uniform, low to high */
float rng_normal(struct rng *rng); /* mean 0, standard deviation 1 (Box and Muller 1958) */

#endif
