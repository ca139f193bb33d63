#include "trainer/augment/variants/variants.h"

#include <stddef.h>

#include "trainer/augment/mnist_normalisation.h"
#include "trainer/augment/variants/kinds.h"
#include "trainer/base/pixels.h"

#define SIDE DIGIT_SIDE_PX

#define AT(member) offsetof(struct variant_settings, member)

/* The variant of each label that has one. */
static const struct variant {
    uint8_t label;
    size_t probability; /* its offset in struct variant_settings */
    variant_function *draw;
} VARIANTS[] = {
    {0, AT(slash_probability), variant_slash},
    {1, AT(flag_probability), variant_flag},
    {4, AT(four_probability), variant_four},
    {7, AT(bar_probability), variant_bar},
};

static const struct variant *find_variant(uint8_t label)
{
    for (size_t i = 0; i < sizeof VARIANTS / sizeof VARIANTS[0]; i++)
        if (VARIANTS[i].label == label)
            return &VARIANTS[i];
    return NULL;
}

bool variant_image(uint8_t out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS], uint8_t label,
                   const struct variant_settings *settings, float strength, struct rng *rng)
{
    const struct variant *variant = find_variant(label);
    if (variant == NULL)
        return false;
    const void *member = (const char *)settings + variant->probability;
    float probability = strength * *(const float *)member;
    if (probability <= 0.0f || rng_uniform(rng) >= probability)
        return false;
    float drawn[DIGIT_PIXELS], normalised[DIGIT_PIXELS];
    pixels_from_octets(drawn, image, DIGIT_PIXELS);
    if (!variant->draw(drawn, settings, rng))
        return false;
    mnist_normalise(normalised, drawn, SIDE, SIDE);
    mnist_normalise_bytes(out, normalised);
    return true;
}
