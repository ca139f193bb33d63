#include "trainer/data/split.h"

#define SPLIT_SEED 1

void shuffle(uint32_t *items, size_t count, struct rng rng)
{
    for (size_t left = count; left > 1; left--) {
        uint32_t chosen = rng_below(&rng, (uint32_t)left);
        uint32_t item = items[chosen];
        items[chosen] = items[left - 1];
        items[left - 1] = item;
    }
}

void split_images(uint32_t *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (uint32_t)i;
    shuffle(out, count, rng_make(SPLIT_SEED, RNG_SPLIT, 0));
}
