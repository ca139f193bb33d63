#include "trainer/augment/outliers/outliers.h"

#include "trainer/augment/clamp.h"
#include "trainer/augment/mnist_normalisation.h"
#include "trainer/augment/outliers/kinds.h"

static const struct kind {
    const char *name;
    outlier_function *draw;
    float weight;    /* frequency, relative to the sum of all weights */
    bool is_written; /* MNIST-normalised strokes */
} KINDS[] = {
    {"letter", outlier_letter, 8.0f, true},
    {"figure", outlier_figure, 5.0f, true},
    {"scribble", outlier_scribble, 5.0f, true},
    {"half", outlier_half, 2.0f, true},
    {"pair", outlier_pair, 1.0f, true},
    {"jigsaw", outlier_jigsaw, 1.0f, true},
    {"silhouette", outlier_silhouette, 4.0f, false},
    {"noise", outlier_noise, 1.5f, false},
    {"plain", outlier_plain, 1.0f, false},
};

#define KIND_COUNT (sizeof KINDS / sizeof KINDS[0])

size_t outlier_kind_count(void)
{
    return KIND_COUNT;
}

const char *outlier_kind_name(size_t kind)
{
    return KINDS[kind].name;
}

static size_t draw_kind(struct rng *rng)
{
    float sum = 0.0f;
    for (size_t i = 0; i < KIND_COUNT; i++)
        sum += KINDS[i].weight;
    float left = sum * rng_uniform(rng);
    size_t kind = 0;
    while (kind + 1 < KIND_COUNT && left >= KINDS[kind].weight)
        left -= KINDS[kind++].weight;
    return kind;
}

bool outlier_draw_kind(uint8_t out[DIGIT_PIXELS], size_t kind, const struct outlier_digits *digits,
                       struct rng *rng)
{
    float image[DIGIT_PIXELS] = {0};
    KINDS[kind].draw(image, digits, rng);
    clamp_image(image);
    mnist_normalise_bytes(out, image);
    return KINDS[kind].is_written;
}

bool outlier_draw(uint8_t out[DIGIT_PIXELS], const struct outlier_digits *digits, struct rng *rng)
{
    return outlier_draw_kind(out, draw_kind(rng), digits, rng);
}
