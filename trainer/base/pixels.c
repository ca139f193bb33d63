#include "trainer/base/pixels.h"

void pixels_from_octets(float *out, const uint8_t *octets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (float)octets[i] / 255.0f;
}
