#include "trainer/augment/clamp.h"

#include <stddef.h>

void clamp_image(float image[DIGIT_PIXELS])
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float pixel = image[i] < 0.0f ? 0.0f : image[i];
        image[i] = pixel > 1.0f ? 1.0f : pixel;
    }
}
