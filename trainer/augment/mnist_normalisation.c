#include "trainer/augment/mnist_normalisation.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "trainer/augment/shift.h"

#define SIDE    DIGIT_SIDE_PX
#define MARGIN  ((SIDE - MNIST_NORMALISED_BOX_PX) / 2)
#define SAMPLES 3 /* in each pixel of the result, along each axis */

static const float CENTRE_PX = 15.0f; /* pixel centres at one half */
/* A pixel that rounds to 0 of 255 is background. */
static const float MIN_FOREGROUND = 0.5f / 255.0f;

/* Bounding box of the foreground, `right` and `bottom` excluded; these are 0 without foreground. */
struct box {
    size_t left, top, right, bottom;
};

struct grey_picture {
    const float *pixels; /* [height_px][width_px] */
    size_t width_px, height_px;
};

static struct box find_box(const struct grey_picture *picture)
{
    struct box box = {picture->width_px, picture->height_px, 0, 0};
    for (size_t y = 0; y < picture->height_px; y++)
        for (size_t x = 0; x < picture->width_px; x++) {
            if (picture->pixels[y * picture->width_px + x] < MIN_FOREGROUND)
                continue;
            box.left = x < box.left ? x : box.left;
            box.right = x + 1 > box.right ? x + 1 : box.right;
            box.top = y < box.top ? y : box.top;
            box.bottom = y + 1;
        }
    return box;
}

static float pixel_at(const struct grey_picture *picture, long x, long y)
{
    bool inside =
        x >= 0 && y >= 0 && (size_t)x < picture->width_px && (size_t)y < picture->height_px;
    return inside ? picture->pixels[(size_t)y * picture->width_px + (size_t)x] : 0.0f;
}

/* Bilinear interpolation, pixel centres at one half. */
static float sample_picture(const struct grey_picture *picture, float x, float y)
{
    float column = floorf(x - 0.5f), row = floorf(y - 0.5f);
    float right = x - 0.5f - column, below = y - 0.5f - row;
    long i = (long)column, j = (long)row;
    float top = (1.0f - right) * pixel_at(picture, i, j) + right * pixel_at(picture, i + 1, j);
    float bottom =
        (1.0f - right) * pixel_at(picture, i, j + 1) + right * pixel_at(picture, i + 1, j + 1);
    return (1.0f - below) * top + below * bottom;
}

/* Mean of the picture over a square of `step` px whose top left corner is (x, y). */
static float mean_over_square(const struct grey_picture *picture, float x, float y, float step)
{
    float sum = 0.0f;
    for (size_t j = 0; j < SAMPLES; j++)
        for (size_t i = 0; i < SAMPLES; i++)
            sum += sample_picture(picture, x + step * ((float)i + 0.5f) / SAMPLES,
                                  y + step * ((float)j + 0.5f) / SAMPLES);
    return sum / (SAMPLES * SAMPLES);
}

/* Resamples the square of side_px that has the box in its middle to 20x20 px. */
static void resample_square(float out[DIGIT_PIXELS], const struct grey_picture *picture,
                            const struct box *box, size_t side_px)
{
    float left = 0.5f * ((float)(box->left + box->right) - (float)side_px);
    float top = 0.5f * ((float)(box->top + box->bottom) - (float)side_px);
    float step = (float)side_px / MNIST_NORMALISED_BOX_PX;
    for (size_t y = 0; y < MNIST_NORMALISED_BOX_PX; y++)
        for (size_t x = 0; x < MNIST_NORMALISED_BOX_PX; x++)
            out[(y + MARGIN) * SIDE + x + MARGIN] =
                mean_over_square(picture, left + step * (float)x, top + step * (float)y, step);
}

static void copy_box(float out[DIGIT_PIXELS], const struct grey_picture *picture,
                     const struct box *box)
{
    for (size_t y = box->top; y < box->bottom; y++)
        memcpy(out + (y - box->top + MARGIN) * SIDE + MARGIN,
               picture->pixels + y * picture->width_px + box->left,
               (box->right - box->left) * sizeof *out);
}

static void scale_peak(float image[DIGIT_PIXELS])
{
    float peak = 0.0f;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        peak = image[i] > peak ? image[i] : peak;
    for (size_t i = 0; peak > 0.0f && i < DIGIT_PIXELS; i++)
        image[i] /= peak;
}

void mnist_normalise(float out[DIGIT_PIXELS], const float *picture, size_t width_px,
                     size_t height_px)
{
    const struct grey_picture whole = {picture, width_px, height_px};
    struct box box = find_box(&whole);
    memset(out, 0, DIGIT_PIXELS * sizeof *out);
    if (box.right == 0)
        return;
    size_t wide = box.right - box.left, high = box.bottom - box.top;
    size_t side_px = wide > high ? wide : high;
    if (side_px == MNIST_NORMALISED_BOX_PX)
        copy_box(out, &whole, &box);
    else
        resample_square(out, &whole, &box, side_px);
    scale_peak(out);
    mnist_normalise_centre(out);
}

/* How far to move a foreground from `first` to `end` (excluded) whose centre of mass is
 * centre_px. */
static int centring_shift(float centre_px, size_t first, size_t end)
{
    int shift = (int)floorf(CENTRE_PX - centre_px);
    int min = -(int)first, max = SIDE - (int)end;
    return shift < min ? min : shift > max ? max : shift;
}

void mnist_normalise_centre(float image[DIGIT_PIXELS])
{
    const struct grey_picture whole = {image, SIDE, SIDE};
    struct box box = find_box(&whole);
    float mass = 0.0f, x = 0.0f, y = 0.0f;
    if (box.right == 0)
        return;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        mass += image[i];
        x += image[i] * ((float)(i % SIDE) + 0.5f);
        y += image[i] * ((float)(i / SIDE) + 0.5f);
    }
    float moved[DIGIT_PIXELS];
    shift_image(moved, image, -centring_shift(x / mass, box.left, box.right),
                -centring_shift(y / mass, box.top, box.bottom));
    memcpy(image, moved, sizeof moved);
}

void mnist_normalise_bytes(uint8_t out[DIGIT_PIXELS], const float image[DIGIT_PIXELS])
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = (uint8_t)lrintf(255.0f * image[i]);
}
