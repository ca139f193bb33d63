#include "trainer/augment/topology.h"

#include <stdbool.h>
#include <string.h>

#define SIDE   DIGIT_SIDE_PX
#define FRAMED (SIDE + 2) /* with one row and column of background around it */
#define PLACES (FRAMED * FRAMED)

/* The neighbours by sides come first. */
#define BY_SIDES   4
#define BY_CORNERS 8

static const int NEIGHBOURS[BY_CORNERS] = {-1,          1,           -FRAMED,    FRAMED,
                                           -FRAMED - 1, -FRAMED + 1, FRAMED - 1, FRAMED + 1};

struct plane {
    bool is_stroke[PLACES];
    bool is_counted[PLACES];
};

static bool is_within(int place)
{
    return place >= 0 && place < PLACES;
}

/* Marks the region around `start` as counted; returns the number of its places. A place enters the
 * stack once, when it is marked. */
static size_t count_region(struct plane *plane, size_t start)
{
    int stack[PLACES];
    size_t depth = 0, count = 0;
    bool is_stroke = plane->is_stroke[start];
    size_t neighbours = is_stroke ? BY_CORNERS : BY_SIDES;
    plane->is_counted[start] = true;
    stack[depth++] = (int)start;
    while (depth > 0) {
        int place = stack[--depth];
        count++;
        for (size_t i = 0; i < neighbours; i++) {
            int next = place + NEIGHBOURS[i];
            if (!is_within(next) || plane->is_counted[next] || plane->is_stroke[next] != is_stroke)
                continue;
            plane->is_counted[next] = true;
            stack[depth++] = next;
        }
    }
    return count;
}

struct topology topology_of(const float image[DIGIT_PIXELS])
{
    struct plane plane;
    struct topology found = {.hole_top = DIGIT_PIXELS};
    memset(&plane, 0, sizeof plane);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        plane.is_stroke[(i / SIDE + 1) * FRAMED + i % SIDE + 1] = image[i] >= TOPOLOGY_MIN_STROKE;
    count_region(&plane, 0); /* what reaches the border */
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t place = (i / SIDE + 1) * FRAMED + i % SIDE + 1;
        if (plane.is_counted[place])
            continue;
        size_t pixels = count_region(&plane, place);
        if (plane.is_stroke[place]) {
            found.strokes++;
            continue;
        }
        found.hole_top = found.holes++ == 0 ? i : found.hole_top;
        found.hole_pixels += pixels;
    }
    return found;
}
