#include "trainer/augment/mixup.h"

#include <stddef.h>

bool mixup_draw(struct mixup *out, const struct mixup_settings *ranges, float strength,
                uint32_t count, struct rng *rng)
{
    if (rng_uniform(rng) >= strength * ranges->probability)
        return false;
    out->other = rng_below(rng, count);
    out->share = 0.5f * rng_uniform(rng);
    return true;
}

void mixup_images(float image[DIGIT_PIXELS], const float other[DIGIT_PIXELS], float share)
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        image[i] += share * (other[i] - image[i]);
}
