#include "trainer/eval/mnist_c/gaussian.h"

#include <math.h>
#include <string.h>

#define SIDE       DIGIT_SIDE_PX
#define MAX_RADIUS 8 /* four times the largest deviation */
#define CUT_OFF    4.0f

/* weight[MAX_RADIUS + k] is the weight of the pixel at distance k. */
struct kernel {
    int radius;
    float weight[2 * MAX_RADIUS + 1];
};

static struct kernel make_kernel(float deviation)
{
    struct kernel kernel = {.radius = (int)(CUT_OFF * deviation + 0.5f)};
    double sum = 0.0;
    for (int k = -kernel.radius; k <= kernel.radius; k++)
        sum += exp(-0.5 * k * k / ((double)deviation * (double)deviation));
    for (int k = -kernel.radius; k <= kernel.radius; k++)
        kernel.weight[MAX_RADIUS + k] =
            (float)(exp(-0.5 * k * k / ((double)deviation * (double)deviation)) / sum);
    return kernel;
}

/* Convolves every column with the kernel. */
static void smooth_columns(float image[DIGIT_PIXELS], const struct kernel *kernel,
                           enum gaussian_border border)
{
    float rows[SIDE + 2 * MAX_RADIUS][SIDE] = {{0}};
    memcpy(rows[MAX_RADIUS], image, DIGIT_PIXELS * sizeof *image);
    for (size_t i = 0; border == GAUSSIAN_NEAREST && i < MAX_RADIUS; i++) {
        memcpy(rows[i], image, sizeof rows[i]);
        memcpy(rows[SIDE + MAX_RADIUS + i], image + DIGIT_PIXELS - SIDE, sizeof rows[i]);
    }
    memset(image, 0, DIGIT_PIXELS * sizeof *image);
    for (int y = 0; y < SIDE; y++)
        for (int k = -kernel->radius; k <= kernel->radius; k++)
            for (int x = 0; x < SIDE; x++)
                image[y * SIDE + x] += kernel->weight[MAX_RADIUS + k] * rows[y + k + MAX_RADIUS][x];
}

static void transpose(float image[DIGIT_PIXELS])
{
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 0; x < y; x++) {
            float pixel = image[y * SIDE + x];
            image[y * SIDE + x] = image[x * SIDE + y];
            image[x * SIDE + y] = pixel;
        }
}

void gaussian_columns(float image[DIGIT_PIXELS], float deviation_px, enum gaussian_border border)
{
    const struct kernel kernel = make_kernel(deviation_px);
    smooth_columns(image, &kernel, border);
}

void gaussian_both(float image[DIGIT_PIXELS], float deviation_px, enum gaussian_border border)
{
    const struct kernel kernel = make_kernel(deviation_px);
    for (size_t axis = 0; axis < 2; axis++) {
        smooth_columns(image, &kernel, border);
        transpose(image);
    }
}
