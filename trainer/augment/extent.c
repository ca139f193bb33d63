#include "trainer/augment/extent.h"

#define SIDE DIGIT_SIDE_PX

static void include(size_t *first, size_t *end, size_t place)
{
    *first = place < *first ? place : *first;
    *end = place + 1 > *end ? place + 1 : *end;
}

void extent_rows(size_t *first, size_t *end, const float image[DIGIT_PIXELS], float least)
{
    *first = SIDE;
    *end = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        if (image[i] >= least)
            include(first, end, i / SIDE);
}

void extent_columns(size_t *first, size_t *end, const float image[DIGIT_PIXELS], float least)
{
    *first = SIDE;
    *end = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        if (image[i] >= least)
            include(first, end, i % SIDE);
}
