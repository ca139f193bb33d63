#include "trainer/augment/distort/distort.h"

#include <stddef.h>

#include "trainer/augment/clamp.h"
#include "trainer/augment/distort/kinds.h"

#define AT(member) offsetof(struct distort_ranges, member)

/* In the order in which a photograph comes about: strokes, paper, camera. */
static const struct kind {
    size_t probability; /* its offset in struct distort_ranges */
    distort_function *apply;
} KINDS[] = {
    {AT(stroke_probability), distort_stroke},     {AT(marker_probability), distort_marker},
    {AT(outline_probability), distort_outline},   {AT(box_probability), distort_box},
    {AT(blobs_probability), distort_blobs},       {AT(lines_probability), distort_lines},
    {AT(ruled_probability), distort_ruled},       {AT(shuffle_probability), distort_shuffle},
    {AT(motion_probability), distort_motion},     {AT(defocus_probability), distort_defocus},
    {AT(blur_probability), distort_blur},         {AT(resolution_probability), distort_resolution},
    {AT(contrast_probability), distort_contrast}, {AT(fog_probability), distort_fog},
    {AT(inverted_probability), distort_inverted}, {AT(impulse_probability), distort_impulse},
    {AT(grain_probability), distort_grain},       {AT(noise_probability), distort_noise},
};

static float probability_of(const struct distort_ranges *ranges, const struct kind *kind)
{
    const void *member = (const char *)ranges + kind->probability;
    return *(const float *)member;
}

void distort_image(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, float strength,
                   struct rng *rng)
{
    float probability = strength * ranges->probability;
    if (probability <= 0.0f || rng_uniform(rng) >= probability)
        return;
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        probability = probability_of(ranges, &KINDS[i]);
        if (probability <= 0.0f || rng_uniform(rng) >= probability)
            continue;
        KINDS[i].apply(image, ranges, rng);
        clamp_image(image);
    }
}
