#include "tests/trainer/drawings.h"

#include <math.h>
#include <string.h>

void drawing_fill(float out[DIGIT_PIXELS], float value)
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = value;
}

void drawing_dot(float out[DIGIT_PIXELS], size_t x, size_t y)
{
    drawing_box(out, x, y, x, y);
}

void drawing_box(float out[DIGIT_PIXELS], size_t left, size_t top, size_t right, size_t bottom)
{
    drawing_fill(out, 0.0f);
    for (size_t y = top; y <= bottom; y++)
        for (size_t x = left; x <= right; x++)
            out[y * DIGIT_SIDE_PX + x] = 1.0f;
}

/* A bar from (7, 6) to (19, 6) and one down to (11, 22), 3 px wide. */
void drawing_seven(float out[DIGIT_PIXELS])
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t column = i % DIGIT_SIDE_PX, row = i / DIGIT_SIDE_PX;
        float x = (float)column, y = (float)row;
        float to_top = hypotf(fmaxf(fmaxf(7.0f - x, x - 19.0f), 0.0f), y - 6.0f);
        float share = fminf(fmaxf(((19.0f - x) * 8.0f + (y - 6.0f) * 16.0f) / 320.0f, 0.0f), 1.0f);
        float to_leg = hypotf(x - 19.0f + 8.0f * share, y - 6.0f - 16.0f * share);
        out[i] = fminf(fmaxf(2.0f - fminf(to_top, to_leg), 0.0f), 1.0f);
    }
}

double drawing_sum(const float image[DIGIT_PIXELS])
{
    double sum = 0.0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        sum += (double)image[i];
    return sum;
}

void drawing_centre(double *x, double *y, const float image[DIGIT_PIXELS])
{
    *x = *y = 0.0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t column = i % DIGIT_SIDE_PX, row = i / DIGIT_SIDE_PX;
        *x += (double)image[i] * ((double)column - 13.5);
        *y += (double)image[i] * ((double)row - 13.5);
    }
    *x /= drawing_sum(image);
    *y /= drawing_sum(image);
}

bool drawing_is_same(const float a[DIGIT_PIXELS], const float b[DIGIT_PIXELS])
{
    return memcmp(a, b, DIGIT_PIXELS * sizeof *a) == 0;
}
