#include <math.h>

#include "trainer/augment/outliers/kinds.h"
#include "trainer/augment/outliers/texture.h"

#define SIDE      DIGIT_SIDE_PX
#define MAX_KNOTS 8

static const float MIN_HALF_PX = 2.0f;
/* Shares of the silhouettes that have a hole, a slit, stripes, or two sides alike. */
static const float HOLE_SHARE = 0.3f, SLIT_SHARE = 0.3f, STRIPES_SHARE = 0.3f;
static const float SYMMETRIC_SHARE = 0.6f;

/* How far a silhouette reaches to one side of the middle, at equally spaced heights. */
struct profile {
    size_t knots; /* 2 to MAX_KNOTS */
    float reach_px[MAX_KNOTS];
    bool is_stepped; /* constant between two heights instead of linear */
};

static struct profile draw_profile(float max_px, struct rng *rng)
{
    struct profile profile = {.knots = 2 + rng_below(rng, MAX_KNOTS - 1)};
    profile.is_stepped = rng_below(rng, 4) == 0;
    for (size_t i = 0; i < profile.knots; i++)
        profile.reach_px[i] = rng_range(rng, fminf(MIN_HALF_PX, max_px), max_px);
    return profile;
}

/* `share` is the height from the top, 0 to 1. */
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

/* How much of a pixel is covered whose centre lies inside_px within an edge. */
static float coverage(float inside_px)
{
    return fminf(fmaxf(inside_px + 0.5f, 0.0f), 1.0f);
}

/* Draws the area between two profiles, which are the same for SYMMETRIC_SHARE of the
 * silhouettes. */
static void fill_outline(float mask[DIGIT_PIXELS], struct rng *rng)
{
    float height = rng_range(rng, 10.0f, SIDE), top = rng_range(rng, 0.0f, SIDE - height);
    float max_px = rng_range(rng, 6.0f, 0.5f * SIDE), middle = 0.5f * (SIDE - 1);
    struct profile left = draw_profile(max_px, rng), right = draw_profile(max_px, rng);
    bool is_symmetric = rng_uniform(rng) < SYMMETRIC_SHARE;
    for (size_t y = 0; y < SIDE; y++) {
        float share = fminf(fmaxf(((float)y - top) / height, 0.0f), 1.0f);
        float rows = coverage(fminf((float)y - top, top + height - 1.0f - (float)y));
        float to_left = reach_at(&left, share);
        float to_right = is_symmetric ? to_left : reach_at(&right, share);
        for (size_t x = 0; x < SIDE; x++)
            mask[y * SIDE + x] =
                rows * coverage(fminf((float)x - middle + to_left, middle + to_right - (float)x));
    }
}

/* Cuts out a wedge that opens towards the lower edge, as between the legs of trousers. */
static void cut_slit(float mask[DIGIT_PIXELS], struct rng *rng)
{
    float top = rng_range(rng, 3.0f, 18.0f), wide = rng_range(rng, 0.02f, 0.25f);
    float middle = 0.5f * (SIDE - 1) + rng_range(rng, -3.0f, 3.0f);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float below = (float)(i / SIDE) - top;
        float inside = 0.7f + wide * below - fabsf((float)(i % SIDE) - middle);
        if (below > 0.0f)
            mask[i] *= 1.0f - coverage(inside);
    }
}

/* Cuts out an ellipse. */
static void cut_hole(float mask[DIGIT_PIXELS], struct rng *rng)
{
    float x = rng_range(rng, 6.0f, 22.0f), y = rng_range(rng, 4.0f, 24.0f);
    float wide = rng_range(rng, 1.5f, 7.0f), high = rng_range(rng, 1.5f, 7.0f);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float dx = ((float)(i % SIDE) - x) / wide, dy = ((float)(i / SIDE) - y) / high;
        mask[i] *= 1.0f - coverage(fminf(wide, high) * (1.0f - sqrtf(dx * dx + dy * dy)));
    }
}

/* Draws the texture that fills the silhouette. */
static void draw_cloth(float cloth[DIGIT_PIXELS], struct rng *rng)
{
    float brightness = rng_range(rng, 0.3f, 1.0f);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        cloth[i] = brightness;
    texture_add_slope(cloth, rng_range(rng, 0.0f, 0.4f), rng);
    texture_add_clouds(cloth, rng_range(rng, 2.0f, 10.0f), rng_range(rng, 0.0f, 0.4f), rng);
    if (rng_uniform(rng) < STRIPES_SHARE)
        texture_add_stripes(cloth, rng_range(rng, 3.0f, 12.0f), rng_range(rng, 0.2f, 0.8f),
                            rng_range(rng, -0.7f, 0.7f), rng);
}

/* A large textured area between two random profiles, upright or lying on its side, similar to
 * clothes and shoes. */
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
