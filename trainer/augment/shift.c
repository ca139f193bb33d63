#include "trainer/augment/shift.h"

#include <string.h>

#define SIDE DIGIT_SIDE_PX

void shift_image(float out[DIGIT_PIXELS], const float image[DIGIT_PIXELS], int dx, int dy)
{
    memset(out, 0, DIGIT_PIXELS * sizeof *out);
    int left = dx < 0 ? -dx : 0, right = dx > 0 ? SIDE - dx : SIDE;
    int top = dy < 0 ? -dy : 0, bottom = dy > 0 ? SIDE - dy : SIDE;
    for (int y = top; y < bottom && left < right; y++)
        memcpy(out + y * SIDE + left, image + (y + dy) * SIDE + left + dx,
               (size_t)(right - left) * sizeof *out);
}
