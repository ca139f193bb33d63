#include <math.h>

#include "trainer/eval/mnist_c/kinds.h"

#define SIDE          DIGIT_SIDE_PX
#define STRIPE_PX     7
#define DASH_PX       2
#define LINE_ROWS     27 /* lines start in one of the first 27 rows */
#define ZIGZAG_SLOPES 10 /* a zigzag falls by -5 to 4 rows from its start to its end */

static const float LINE_REACH_PX = 2.3f; /* a line is 0 from this distance on */
static const float ZIGZAG_FROM = 2.0f, ZIGZAG_TO = 25.0f;
static const float TOOTH_PX = 2.0f;     /* half of a tooth's length */
static const float AMPLITUDE_PX = 2.0f; /* to either side */

struct point {
    float x, y;
};

/* A tilted axis through (x, y): maps distances along and beside it to the image. */
struct axis {
    float x, y;
    float cosine, sine;
};

void corrupt_stripe(float image[DIGIT_PIXELS], struct rng *rng)
{
    (void)rng;
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 0; x < STRIPE_PX; x++) {
            float *left = &image[y * SIDE + x], *right = &image[y * SIDE + SIDE - 1 - x];
            *left = 1.0f - *left;
            *right = 1.0f - *right;
        }
}

/* Brightness of a line at a vertical distance from it: max(0, 1 + log(1 - distance / reach)). */
static float brightness_at(float distance)
{
    if (distance >= LINE_REACH_PX)
        return 0.0f;
    return fmaxf(0.0f, 1.0f + logf(1.0f - distance / LINE_REACH_PX));
}

/* Adds a line in the columns from the one that contains from.x to the one before to.x. */
static void add_line(float image[DIGIT_PIXELS], struct point from, struct point to)
{
    if (from.x == to.x)
        return;
    float slope = (to.y - from.y) / (to.x - from.x);
    int first = (int)floorf(from.x), end = (int)ceilf(to.x);
    for (int x = first < 0 ? 0 : first; x < end && x < SIDE; x++) {
        float height = from.y + slope * ((float)x - from.x);
        for (int y = 0; y < SIDE; y++)
            image[y * SIDE + x] += brightness_at(fabsf((float)y - height));
    }
}

void corrupt_dotted_line(float image[DIGIT_PIXELS], struct rng *rng)
{
    float line[DIGIT_PIXELS] = {0};
    float left = (float)rng_below(rng, LINE_ROWS);
    float right = (float)rng_below(rng, LINE_ROWS);
    add_line(line, (struct point){0.0f, left}, (struct point){SIDE - 1, right});
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        if (i % SIDE / DASH_PX % 2 == 1)
            image[i] += line[i];
}

static struct point point_on_image(const struct axis *axis, float along, float beside)
{
    return (struct point){axis->x + along * axis->cosine - beside * axis->sine,
                          axis->y + along * axis->sine + beside * axis->cosine};
}

/* Adds lines from the start of the axis to the first tip, from tip to tip, and towards the end of
 * the axis, which the last one misses slightly, as in the published program. */
static void add_zigzag(float image[DIGIT_PIXELS], const struct axis *axis, float length)
{
    struct point last = point_on_image(axis, 0.0f, 0.0f);
    float beside = -AMPLITUDE_PX;
    size_t tips = (size_t)((length + TOOTH_PX) / (2.0f * TOOTH_PX));
    for (size_t i = 0; i < tips; i++) {
        beside = -beside;
        struct point tip = point_on_image(axis, TOOTH_PX * (float)(2 * i + 1), beside);
        add_line(image, last, tip);
        last = tip;
    }
    float left = fmodf(length, 2.0f * TOOTH_PX);
    if (left > 0.0f)
        add_line(image, last, point_on_image(axis, length, beside / (2.0f * left)));
}

void corrupt_zigzag(float image[DIGIT_PIXELS], struct rng *rng)
{
    float start = (float)rng_below(rng, LINE_ROWS);
    float rise = (float)rng_below(rng, ZIGZAG_SLOPES) - ZIGZAG_SLOPES / 2;
    float width = ZIGZAG_TO - ZIGZAG_FROM, length = hypotf(width, rise);
    const struct axis axis = {ZIGZAG_FROM, start, width / length, rise / length};
    add_zigzag(image, &axis, length);
}
