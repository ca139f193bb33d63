#include <math.h>
#include <string.h>

#include "trainer/eval/mnist_c/gaussian.h"
#include "trainer/eval/mnist_c/kinds.h"

#define SIDE          DIGIT_SIDE_PX
#define GLASS_PASSES  2
#define MOTION_TAPS   21 /* the pixel itself and twice the radius of 10 */
#define MAX_ANGLE_DEG 45.0f

static const float GLASS_DEVIATION_PX = 0.7f;
static const float MOTION_DEVIATION_PX = 3.0f;
static const float RADIANS_PER_DEGREE = 0.017453292519943295f;

struct motion {
    int dx[MOTION_TAPS];
    int dy[MOTION_TAPS];
    float weight[MOTION_TAPS];
};

static void swap_pixels(float *a, float *b)
{
    float kept = *a;
    *a = *b;
    *b = kept;
}

/* Backwards over all pixels but those of the first two rows and columns: half of them, at random,
 * are swapped with themselves or with the neighbour above, to the left or both. */
static void swap_neighbours(float image[DIGIT_PIXELS], struct rng *rng)
{
    for (size_t y = SIDE - 1; y > 1; y--)
        for (size_t x = SIDE - 1; x > 1; x--) {
            uint32_t drawn = rng_below(rng, 8);
            size_t left = drawn >> 1 & 1, up = drawn >> 2;
            if ((drawn & 1) != 0)
                swap_pixels(&image[y * SIDE + x], &image[(y - up) * SIDE + x - left]);
        }
}

void corrupt_glass_blur(float image[DIGIT_PIXELS], struct rng *rng)
{
    gaussian_columns(image, GLASS_DEVIATION_PX, GAUSSIAN_NEAREST);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        image[i] = floorf(image[i] * 255.0f) / 255.0f;
    for (size_t pass = 0; pass < GLASS_PASSES; pass++)
        swap_neighbours(image, rng);
    gaussian_columns(image, GLASS_DEVIATION_PX, GAUSSIAN_NEAREST);
}

static struct motion make_motion(float angle)
{
    struct motion motion;
    float sum = 0.0f;
    for (int k = 0; k < MOTION_TAPS; k++) {
        float steps = (float)k, deviations = steps / MOTION_DEVIATION_PX;
        motion.dx[k] = (int)ceilf(steps * cosf(angle) - 0.5f);
        motion.dy[k] = (int)ceilf(steps * sinf(angle) - 0.5f);
        motion.weight[k] = expf(-0.5f * deviations * deviations);
        sum += motion.weight[k];
    }
    for (size_t k = 0; k < MOTION_TAPS; k++)
        motion.weight[k] /= sum;
    return motion;
}

/* The nearest coordinate inside the image. */
static int clamp_coordinate(int coordinate)
{
    return coordinate < 0 ? 0 : coordinate >= SIDE ? SIDE - 1 : coordinate;
}

void corrupt_motion_blur(float image[DIGIT_PIXELS], struct rng *rng)
{
    float angle_deg = rng_range(rng, -MAX_ANGLE_DEG, MAX_ANGLE_DEG);
    const struct motion motion = make_motion(angle_deg * RADIANS_PER_DEGREE);
    float from[DIGIT_PIXELS];
    memcpy(from, image, sizeof from);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            float sum = 0.0f;
            for (size_t k = 0; k < MOTION_TAPS; k++)
                sum += motion.weight[k] * from[clamp_coordinate(y + motion.dy[k]) * SIDE +
                                               clamp_coordinate(x + motion.dx[k])];
            image[y * SIDE + x] = sum;
        }
}
