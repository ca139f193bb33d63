#include "trainer/junk/junk.h"

#include "trainer/form.h"
#include "trainer/junk/kinds.h"

static const struct kind {
    const char *name;
    junk_function *draw;
    float weight; /* how often, of all weights' sum */
    bool is_written;
} KINDS[] = {
    {"letter", junk_letter, 8.0f, true},
    {"figure", junk_figure, 5.0f, true},
    {"scribble", junk_scribble, 5.0f, true},
    {"half", junk_half, 2.0f, true},
    {"pair", junk_pair, 1.0f, true},
    {"jigsaw", junk_jigsaw, 1.0f, true},
    {"silhouette", junk_silhouette, 4.0f, false},
    {"noise", junk_noise, 1.5f, false},
    {"plain", junk_plain, 1.0f, false},
};

#define KIND_COUNT (sizeof KINDS / sizeof KINDS[0])

size_t junk_kinds(void)
{
    return KIND_COUNT;
}

const char *junk_kind_name(size_t kind)
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

static void clamp(float image[DIGIT_PIXELS])
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float pixel = image[i] < 0.0f ? 0.0f : image[i];
        image[i] = pixel > 1.0f ? 1.0f : pixel;
    }
}

bool junk_draw_kind(uint8_t out[DIGIT_PIXELS], size_t kind, const struct junk_digits *digits,
                    struct rng *rng)
{
    float image[DIGIT_PIXELS] = {0};
    KINDS[kind].draw(image, digits, rng);
    clamp(image);
    form_to_bytes(out, image);
    return KINDS[kind].is_written;
}

bool junk_draw(uint8_t out[DIGIT_PIXELS], const struct junk_digits *digits, struct rng *rng)
{
    return junk_draw_kind(out, draw_kind(rng), digits, rng);
}
