#include <math.h>
#include <string.h>

#include "trainer/augment/distort/brightness.h"
#include "trainer/augment/distort/kinds.h"
#include "trainer/augment/shift.h"

#define SIDE     DIGIT_SIDE_PX
#define PI       3.14159265f
#define MAX_STEP 3 /* px on each axis between a shuffled pixel and its source */
#define FRAME    (SIDE + 2 * MAX_STEP)

static const float MIN_BLUR_PX = 0.3f;
static const float MIN_TRAIL_PX = 2.0f;
static const float MIN_DEFOCUS_PX = 0.8f;
static const float PASS_VARIANCE = 0.5f; /* of the kernel 1, 2, 1 */

/* pixel += weight / 4 * (neighbour before - 2 * pixel + neighbour after), along one axis. */
static void mix_neighbours(float image[DIGIT_PIXELS], int dx, int dy, float weight)
{
    float before[DIGIT_PIXELS], after[DIGIT_PIXELS];
    shift_image(before, image, -dx, -dy);
    shift_image(after, image, dx, dy);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        image[i] += 0.25f * weight * (before[i] + after[i] - 2.0f * image[i]);
}

/* Passes of the kernel 1, 2, 1 along both axes; the last one is weighted so that the variances add
 * up to the deviation that was drawn. */
void distort_blur(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, struct rng *rng)
{
    float deviation = rng_range(rng, fminf(MIN_BLUR_PX, ranges->blur_px), ranges->blur_px);
    float passes = deviation * deviation / PASS_VARIANCE;
    for (uint32_t whole = (uint32_t)passes; whole > 0; whole--) {
        mix_neighbours(image, 1, 0, 1.0f);
        mix_neighbours(image, 0, 1, 1.0f);
    }
    float rest = passes - floorf(passes);
    mix_neighbours(image, 1, 0, rest);
    mix_neighbours(image, 0, 1, rest);
}

/* Each pixel becomes the mean over a straight line of pixels around it. */
void distort_motion(float image[DIGIT_PIXELS], const struct distort_ranges *ranges, struct rng *rng)
{
    float length = rng_range(rng, fminf(MIN_TRAIL_PX, ranges->motion_px), ranges->motion_px);
    float angle = rng_range(rng, 0.0f, PI), cosine = cosf(angle), sine = sinf(angle);
    int steps = (int)length + 1;
    float sum[DIGIT_PIXELS] = {0}, moved[DIGIT_PIXELS];
    for (int k = 0; k < steps; k++) {
        float from_middle = (float)k - 0.5f * (float)(steps - 1);
        shift_image(moved, image, (int)lrintf(from_middle * cosine),
                    (int)lrintf(from_middle * sine));
        for (size_t i = 0; i < DIGIT_PIXELS; i++)
            sum[i] += moved[i];
    }
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        image[i] = sum[i] / (float)steps;
}

/* Each pixel becomes the mean over a disc around it, whose edge is one pixel soft. */
void distort_defocus(float image[DIGIT_PIXELS], const struct distort_ranges *ranges,
                     struct rng *rng)
{
    float radius_px = rng_range(rng, fminf(MIN_DEFOCUS_PX, ranges->defocus_px), ranges->defocus_px);
    int reach = (int)(radius_px + 0.5f);
    float sum[DIGIT_PIXELS] = {0}, moved[DIGIT_PIXELS], total = 0.0f, peak = brightest_pixel(image);
    for (int dy = -reach; dy <= reach; dy++)
        for (int dx = -reach; dx <= reach; dx++) {
            float share = fminf(radius_px + 0.5f - hypotf((float)dx, (float)dy), 1.0f);
            if (share <= 0.0f)
                continue;
            shift_image(moved, image, dx, dy);
            for (size_t i = 0; i < DIGIT_PIXELS; i++)
                sum[i] += share * moved[i];
            total += share;
        }
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        image[i] = sum[i] / total;
    restore_brightness(image, peak);
}

/* A step from -max to max, from the lowest 8 bits. */
static int step_of(uint64_t bits, int max)
{
    return (int)((bits & 0xff) * (uint64_t)(2 * max + 1) >> 8) - max;
}

/* Takes every pixel from a random place nearby, then blurs a little. One 64-bit random number
 * serves four pixels. */
void distort_shuffle(float image[DIGIT_PIXELS], const struct distort_ranges *ranges,
                     struct rng *rng)
{
    float frame[FRAME][FRAME] = {{0}};
    for (size_t y = 0; y < SIDE; y++)
        memcpy(frame[y + MAX_STEP] + MAX_STEP, image + y * SIDE, SIDE * sizeof *image);
    uint32_t max = (uint32_t)fminf(fmaxf(ranges->shuffle_px, 1.0f), MAX_STEP);
    int step = (int)rng_below(rng, max) + 1;
    uint64_t bits = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        bits = i % 4 == 0 ? rng_u64(rng) : bits >> 16;
        int x = (int)(i % SIDE) + step_of(bits, step),
            y = (int)(i / SIDE) + step_of(bits >> 8, step);
        image[i] = frame[y + MAX_STEP][x + MAX_STEP];
    }
    float weight = rng_uniform(rng);
    mix_neighbours(image, 1, 0, weight);
    mix_neighbours(image, 0, 1, weight);
}
