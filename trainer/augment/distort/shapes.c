#include <math.h>

#include "trainer/augment/distort/kinds.h"

#define SIDE DIGIT_SIDE_PX

static const float BOX_MIN_PX = 3.0f;
static const float BLACK_SHARE = 0.5f; /* of the boxes; the others have a random grey level */
static const float BLOB_MIN_PX = 0.7f, BLOB_MAX_PX = 2.6f; /* radius */

static uint32_t draw_side(float longest_px, struct rng *rng)
{
    float side = rng_range(rng, fminf(BOX_MIN_PX, longest_px), longest_px);
    return side < 1.0f ? 1 : (uint32_t)side;
}

void distort_box(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, struct rng *rng)
{
    uint32_t wide = draw_side(ranges->box_px, rng), high = draw_side(ranges->box_px, rng);
    uint32_t left = rng_below(rng, SIDE - wide + 1), top = rng_below(rng, SIDE - high + 1);
    float grey = rng_uniform(rng) < BLACK_SHARE ? 0.0f : rng_uniform(rng);
    for (size_t y = top; y < top + high; y++)
        for (size_t x = left; x < left + wide; x++)
            image[y * SIDE + x] = grey;
}

/* A disc with an edge one pixel soft. */
static void add_blob(float image[DIGIT_PIXELS], float centre_x, float centre_y, float radius,
                     float grey)
{
    int reach = (int)radius + 2, column = (int)centre_x, row = (int)centre_y;
    int left = column < reach ? 0 : column - reach, top = row < reach ? 0 : row - reach;
    for (int y = top; y <= row + reach && y < SIDE; y++)
        for (int x = left; x <= column + reach && x < SIDE; x++) {
            float dx = (float)x - centre_x, dy = (float)y - centre_y;
            float inside = radius + 0.5f - sqrtf(dx * dx + dy * dy);
            inside = fminf(fmaxf(inside, 0.0f), 1.0f);
            image[y * SIDE + x] += inside * (grey - image[y * SIDE + x]);
        }
}

void distort_blobs(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, struct rng *rng)
{
    float count = rng_range(rng, 1.0f, ranges->blob_count + 1.0f);
    for (uint32_t left = (uint32_t)count; left > 0; left--) {
        float x = rng_range(rng, 0.0f, SIDE), y = rng_range(rng, 0.0f, SIDE);
        float radius = rng_range(rng, BLOB_MIN_PX, BLOB_MAX_PX);
        add_blob(image, x, y, radius, rng_uniform(rng));
    }
}
