#include "core/read/views.h"

#include <stddef.h>

#include "core/network/prediction.h"

/* One, in the fixed-point numbers of the matrices and of the sample's place. */
#define ONE 1024

/* The middle of the image in half pixels, from pixel centre to pixel centre. */
#define MIDDLE_HALVES (DIGIT_SIDE_PX - 1)

/* From a place in the view to the place in the image, both from the middle, in 1 / ONE. */
struct matrix {
    int32_t xx, xy;
    int32_t yx, yy;
};

static const struct matrix matrices[VIEWS_COUNT] = {
    {1014, 143, -143, 1014},
    {1014, -143, 143, 1014},
    {1147, 0, 0, 1024},
    {922, 0, 0, 973},
};

static int32_t pixel_at(const uint8_t *octets, int32_t x, int32_t y)
{
    return x >= 0 && y >= 0 && x < DIGIT_SIDE_PX && y < DIGIT_SIDE_PX
               ? octets[y * DIGIT_SIDE_PX + x]
               : 0;
}

/* The image at (x, y), in 1 / ONE px, at least -ONE * DIGIT_SIDE_PX. */
static uint8_t sample(const uint8_t *octets, int32_t x, int32_t y)
{
    int32_t left = (x + ONE * DIGIT_SIDE_PX) / ONE - DIGIT_SIDE_PX;
    int32_t top = (y + ONE * DIGIT_SIDE_PX) / ONE - DIGIT_SIDE_PX;
    int32_t across = x - left * ONE;
    int32_t down = y - top * ONE;
    int32_t upper =
        pixel_at(octets, left, top) * (ONE - across) + pixel_at(octets, left + 1, top) * across;
    int32_t lower = pixel_at(octets, left, top + 1) * (ONE - across) +
                    pixel_at(octets, left + 1, top + 1) * across;
    return (uint8_t)((upper * (int64_t)(ONE - down) + lower * (int64_t)down + ONE * ONE / 2) /
                     (ONE * ONE));
}

static void make_view(uint8_t *out, const uint8_t *octets, const struct matrix *matrix)
{
    for (int32_t row = 0; row < DIGIT_SIDE_PX; row++)
        for (int32_t column = 0; column < DIGIT_SIDE_PX; column++) {
            int32_t across = 2 * column - MIDDLE_HALVES;
            int32_t down = 2 * row - MIDDLE_HALVES;
            int32_t x = (matrix->xx * across + matrix->xy * down + ONE * MIDDLE_HALVES) / 2;
            int32_t y = (matrix->yx * across + matrix->yy * down + ONE * MIDDLE_HALVES) / 2;
            *out++ = sample(octets, x, y);
        }
}

void views_make(uint8_t out[VIEWS_COUNT][DIGIT_PIXELS], const uint8_t octets[DIGIT_PIXELS])
{
    for (size_t i = 0; i < VIEWS_COUNT; i++)
        make_view(out[i], octets, &matrices[i]);
}

void views_average(struct digit_prediction *prediction, const struct digit_prediction *views)
{
    for (size_t digit = 0; digit < DIGIT_CLASSES; digit++) {
        float sum = 2 * prediction->probabilities[digit];
        for (size_t i = 0; i < VIEWS_COUNT; i++)
            sum += views[i].probabilities[digit];
        prediction->probabilities[digit] = sum / (2 + VIEWS_COUNT);
    }
    prediction_set_digit(prediction, prediction_likeliest(prediction, DIGIT_CLASSES));
}
