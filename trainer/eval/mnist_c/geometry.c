#include <math.h>
#include <string.h>

#include "trainer/eval/mnist_c/kinds.h"

#define SIDE   DIGIT_SIDE_PX
#define CENTRE 13.5f /* pixels are points at whole coordinates from 0 to 27 */

static const float SHEAR = 0.4f;    /* radians */
static const float ROTATION = 0.4f; /* radians */
static const float SCALE = 0.7f;
static const float SHIFT_PX = 3.0f;

/* Maps a pixel of the result, relative to the centre, to its place in the original. */
struct affine {
    float xx, xy, x0;
    float yx, yy, y0;
};

static float pixel_at(const float image[DIGIT_PIXELS], int x, int y)
{
    return x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0.0f : image[y * SIDE + x];
}

/* Bilinear interpolation, background (0) beyond the border. */
static float sample_image(const float image[DIGIT_PIXELS], float x, float y)
{
    float left = floorf(x), top = floorf(y);
    float right_share = x - left, bottom_share = y - top;
    int column = (int)left, row = (int)top;
    float upper = (1.0f - right_share) * pixel_at(image, column, row) +
                  right_share * pixel_at(image, column + 1, row);
    float lower = (1.0f - right_share) * pixel_at(image, column, row + 1) +
                  right_share * pixel_at(image, column + 1, row + 1);
    return (1.0f - bottom_share) * upper + bottom_share * lower;
}

static void apply_affine(float image[DIGIT_PIXELS], const struct affine *affine)
{
    float from[DIGIT_PIXELS];
    memcpy(from, image, sizeof from);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t column = i % SIDE, row = i / SIDE;
        float x = (float)column - CENTRE, y = (float)row - CENTRE;
        image[i] = sample_image(from, affine->xx * x + affine->xy * y + affine->x0 + CENTRE,
                                affine->yx * x + affine->yy * y + affine->y0 + CENTRE);
    }
}

/* 1 or -1. */
static float draw_sign(struct rng *rng)
{
    return rng_below(rng, 2) == 0 ? -1.0f : 1.0f;
}

/* The library rotates the y axis and keeps its length, which stretches digits by 1.09. */
void corrupt_shear(float image[DIGIT_PIXELS], struct rng *rng)
{
    const struct affine affine = {
        .xx = 1.0f, .xy = draw_sign(rng) * sinf(SHEAR), .yy = cosf(SHEAR)};
    apply_affine(image, &affine);
}

void corrupt_scale(float image[DIGIT_PIXELS], struct rng *rng)
{
    (void)rng;
    const struct affine affine = {.xx = 1.0f / SCALE, .yy = 1.0f / SCALE};
    apply_affine(image, &affine);
}

void corrupt_rotate(float image[DIGIT_PIXELS], struct rng *rng)
{
    float cosine = cosf(ROTATION), sine = draw_sign(rng) * sinf(ROTATION);
    const struct affine affine = {.xx = cosine, .xy = -sine, .yx = sine, .yy = cosine};
    apply_affine(image, &affine);
}

void corrupt_translate(float image[DIGIT_PIXELS], struct rng *rng)
{
    float dx = SHIFT_PX * draw_sign(rng), dy = SHIFT_PX * draw_sign(rng);
    const struct affine affine = {.xx = 1.0f, .x0 = dx, .yy = 1.0f, .y0 = dy};
    apply_affine(image, &affine);
}
