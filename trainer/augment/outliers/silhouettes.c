#include <math.h>

#include "trainer/augment/outliers/kinds.h"
#include "trainer/augment/outliers/texture.h"

#define SIDE      DIGIT_SIDE_PX
#define MAX_KNOTS 8

static const float LEAST_HALF_PX = 2.0f;
static const float HOLE_SHARE = 0.3f, SLIT_SHARE = 0.3f, STRIPES_SHARE = 0.3f, EVEN_SHARE = 0.6f;

/* How far an area reaches to one side of the middle, at heights evenly apart. */
struct profile {
    size_t knots; /* 2 to MAX_KNOTS */
    float reach_px[MAX_KNOTS];
    bool is_stepped;
};

static struct profile draw_profile(float most_px, struct rng *rng)
{
    struct profile profile = {.knots = 2 + rng_below(rng, MAX_KNOTS - 1)};
    profile.is_stepped = rng_below(rng, 4) == 0;
    for (size_t i = 0; i < profile.knots; i++)
        profile.reach_px[i] = rng_range(rng, fminf(LEAST_HALF_PX, most_px), most_px);
    return profile;
}

/* `share`: of the height, 0 to 1. */
static float reach_at(const struct profile *profile, float share)
{
    float place = share * (float)(profile->knots - 1);
    size_t knot = (size_t)place;
    if (knot + 1 >= profile->knots)
        return profile->reach_px[profile->knots - 1];
    float between = profile->is_stepped ? 0.0f : place - (float)knot;
    return profile->reach_px[knot] +
           between * (profile->reach_px[knot + 1] - profile->reach_px[knot]);
}

/* Of a pixel that lies `inside_px` within an edge. */
static float cover(float inside_px)
{
    return fminf(fmaxf(inside_px + 0.5f, 0.0f), 1.0f);
}

/* What is covered: the same to both sides or not, from `top` for `height` px. */
static void fill_outline(float mask[DIGIT_PIXELS], struct rng *rng)
{
    float height = rng_range(rng, 10.0f, SIDE), top = rng_range(rng, 0.0f, SIDE - height);
    float most_px = rng_range(rng, 6.0f, 0.5f * SIDE), middle = 0.5f * (SIDE - 1);
    struct profile left = draw_profile(most_px, rng), right = draw_profile(most_px, rng);
    bool is_even = rng_uniform(rng) < EVEN_SHARE;
    for (size_t y = 0; y < SIDE; y++) {
        float share = fminf(fmaxf(((float)y - top) / height, 0.0f), 1.0f);
        float rows = cover(fminf((float)y - top, top + height - 1.0f - (float)y));
        float to_left = reach_at(&left, share);
        float to_right = is_even ? to_left : reach_at(&right, share);
        for (size_t x = 0; x < SIDE; x++)
            mask[y * SIDE + x] =
                rows * cover(fminf((float)x - middle + to_left, middle + to_right - (float)x));
    }
}

/* A wedge of ground from the lower edge up, as between legs. */
static void cut_slit(float mask[DIGIT_PIXELS], struct rng *rng)
{
    float top = rng_range(rng, 3.0f, 18.0f), wide = rng_range(rng, 0.02f, 0.25f);
    float middle = 0.5f * (SIDE - 1) + rng_range(rng, -3.0f, 3.0f);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float below = (float)(i / SIDE) - top;
        float inside = 0.7f + wide * below - fabsf((float)(i % SIDE) - middle);
        if (below > 0.0f)
            mask[i] *= 1.0f - cover(inside);
    }
}

/* An ellipse of ground. */
static void cut_hole(float mask[DIGIT_PIXELS], struct rng *rng)
{
    float x = rng_range(rng, 6.0f, 22.0f), y = rng_range(rng, 4.0f, 24.0f);
    float wide = rng_range(rng, 1.5f, 7.0f), high = rng_range(rng, 1.5f, 7.0f);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float dx = ((float)(i % SIDE) - x) / wide, dy = ((float)(i / SIDE) - y) / high;
        mask[i] *= 1.0f - cover(fminf(wide, high) * (1.0f - sqrtf(dx * dx + dy * dy)));
    }
}

static void draw_cloth(float cloth[DIGIT_PIXELS], struct rng *rng)
{
    float light = rng_range(rng, 0.3f, 1.0f);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        cloth[i] = light;
    texture_add_slope(cloth, rng_range(rng, 0.0f, 0.4f), rng);
    texture_add_clouds(cloth, rng_range(rng, 2.0f, 10.0f), rng_range(rng, 0.0f, 0.4f), rng);
    if (rng_uniform(rng) < STRIPES_SHARE)
        texture_add_stripes(cloth, rng_range(rng, 3.0f, 12.0f), rng_range(rng, 0.2f, 0.8f),
                            rng_range(rng, -0.7f, 0.7f), rng);
}

/* A big area between two random profiles, upright or lying, its light uneven: clothes and shoes are
 * like that. */
void outlier_silhouette(float out[DIGIT_PIXELS], const struct outlier_digits *digits,
                        struct rng *rng)
{
    (void)digits;
    float mask[DIGIT_PIXELS], cloth[DIGIT_PIXELS];
    fill_outline(mask, rng);
    if (rng_uniform(rng) < SLIT_SHARE)
        cut_slit(mask, rng);
    if (rng_uniform(rng) < HOLE_SHARE)
        cut_hole(mask, rng);
    draw_cloth(cloth, rng);
    bool lies = rng_below(rng, 3) == 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t at = lies ? i % SIDE * SIDE + i / SIDE : i;
        out[i] = mask[at] * cloth[i];
    }
}
