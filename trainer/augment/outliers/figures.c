#include <math.h>

#include "trainer/augment/outliers/kinds.h"
#include "trainer/augment/outliers/strokes.h"

#define LAST       2 /* last column and row of the grid of 3x3 points */
#define ARC_POINTS 8

static const float PI = 3.14159265f;
static const uint32_t MIN_PARTS = 4, MAX_PARTS = 6;
static const float JITTER = 0.08f; /* deviation of a point, in steps of the grid */

enum part { PART_BAR, PART_BAR_AGAIN, PART_ARC, PART_RING, PART_DOT, PARTS };

static struct pen_point draw_point(struct rng *rng)
{
    float x = (float)rng_below(rng, LAST + 1), y = (float)rng_below(rng, LAST + 1);
    x += JITTER * rng_normal(rng);
    y += JITTER * rng_normal(rng);
    return (struct pen_point){x, y};
}

static void add_bar(struct strokes *strokes, struct rng *rng)
{
    struct pen_point from = draw_point(rng), to;
    do
        to = draw_point(rng);
    while (fabsf(from.x - to.x) + fabsf(from.y - to.y) < 0.6f);
    strokes_begin(strokes);
    strokes_add(strokes, from);
    strokes_add(strokes, to);
}

/* Adds an arc of `turn` radians around a point of the grid, no larger than the grid. */
static void add_arc(struct strokes *strokes, float turn, struct rng *rng)
{
    struct pen_point middle = draw_point(rng), controls[ARC_POINTS + 1];
    float radius = rng_range(rng, 0.35f, 1.0f), angle = rng_range(rng, 0.0f, 2.0f * PI);
    for (size_t i = 0; i <= ARC_POINTS; i++) {
        float at = angle + turn * (float)i / ARC_POINTS;
        controls[i] =
            (struct pen_point){middle.x + radius * cosf(at), middle.y + radius * sinf(at)};
    }
    strokes_add_curve(strokes, controls, ARC_POINTS + 1);
}

static void add_part(struct strokes *strokes, struct rng *rng)
{
    switch ((enum part)rng_below(rng, PARTS)) {
    case PART_ARC:
        add_arc(strokes, rng_range(rng, 0.4f * PI, 1.2f * PI), rng);
        break;
    case PART_RING:
        add_arc(strokes, 2.0f * PI, rng);
        break;
    case PART_DOT:
        strokes_begin(strokes);
        strokes_add(strokes, draw_point(rng));
        break;
    default:
        add_bar(strokes, rng);
    }
}

/* Two bars and parts of any kind; two bars alone would too often look like a digit. */
void outlier_figure(float out[DIGIT_PIXELS], const struct outlier_digits *digits, struct rng *rng)
{
    (void)digits;
    struct strokes strokes = {.count = 0};
    uint32_t parts = MIN_PARTS + rng_below(rng, MAX_PARTS - MIN_PARTS + 1);
    for (uint32_t i = 0; i < parts; i++)
        if (i < 2)
            add_bar(&strokes, rng);
        else
            add_part(&strokes, rng);
    strokes_write(out, &strokes, rng_range(rng, 0.6f, 1.15f), rng);
}
