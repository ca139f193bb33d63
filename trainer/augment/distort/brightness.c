#include "trainer/augment/distort/brightness.h"

#include <stddef.h>

float brightest_pixel(const float image[DIGIT_PIXELS])
{
    float peak = image[0];
    for (size_t i = 1; i < DIGIT_PIXELS; i++)
        peak = image[i] > peak ? image[i] : peak;
    return peak;
}

void restore_brightness(float image[DIGIT_PIXELS], float peak)
{
    float fainter = brightest_pixel(image);
    for (size_t i = 0; fainter > 0.0f && i < DIGIT_PIXELS; i++)
        image[i] *= peak / fainter;
}
