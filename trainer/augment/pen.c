#include "trainer/augment/pen.h"

#include <math.h>

#define SIDE DIGIT_SIDE_PX

/* Pixels along one axis that a line can reach, `end` excluded. */
struct span {
    int first, end;
};

static struct span span_of(float a, float b, float reach_px)
{
    struct span span = {(int)floorf(fminf(a, b) - reach_px),
                        (int)ceilf(fmaxf(a, b) + reach_px) + 1};
    span.first = span.first > 0 ? span.first : 0;
    span.end = span.end < SIDE ? span.end : SIDE;
    return span;
}

/* Distance of a place from the line; length_squared is 0 if the line is a point. */
static float distance_from_line(struct pen_point from, struct pen_point along, float length_squared,
                                struct pen_point place)
{
    float dx = place.x - from.x, dy = place.y - from.y;
    float share = length_squared > 0.0f ? (dx * along.x + dy * along.y) / length_squared : 0.0f;
    share = fminf(fmaxf(share, 0.0f), 1.0f);
    dx -= share * along.x;
    dy -= share * along.y;
    return sqrtf(dx * dx + dy * dy);
}

void pen_line(float image[DIGIT_PIXELS], struct pen_point from, struct pen_point to,
              const struct pen *pen)
{
    struct pen_point along = {to.x - from.x, to.y - from.y};
    float length_squared = along.x * along.x + along.y * along.y;
    float reach_px = pen->half_width_px + 0.5f;
    struct span columns = span_of(from.x, to.x, reach_px), rows = span_of(from.y, to.y, reach_px);
    for (int y = rows.first; y < rows.end; y++)
        for (int x = columns.first; x < columns.end; x++) {
            struct pen_point place = {(float)x, (float)y};
            float inside = reach_px - distance_from_line(from, along, length_squared, place);
            float brightness = pen->brightness * fminf(fmaxf(inside, 0.0f), 1.0f);
            float *pixel = &image[y * SIDE + x];
            *pixel = brightness > *pixel ? brightness : *pixel;
        }
}
