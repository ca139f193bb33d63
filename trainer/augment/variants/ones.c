#include <math.h>

#include "trainer/augment/pen.h"
#include "trainer/augment/topology.h"
#include "trainer/augment/variants/kinds.h"

#define SIDE DIGIT_SIDE_PX

static const float RADIANS_PER_DEGREE = 0.017453292519943295f;

/* A one's flag: its angle to the stem, and the largest one to the vertical. */
static const float MIN_FLAG_DEG = 20.0f, MAX_FLAG_DEG = 60.0f, MAX_TILT_DEG = 62.0f;
static const float MIN_FLAG = 0.25f; /* length, as a share of the stem's */
/* A flag that is longer than this is steeper, too: by so many degrees for each further length of
 * the stem. It ends above the foot. */
static const float LONG_FLAG = 0.8f, STEEPER_DEG = 50.0f, LOWEST_END = 0.92f;
static const float MAX_BACKWARD_DEG = 12.0f; /* a stem that leans further left gets none */
static const float MAX_WIDTH =
    0.35f; /* a one that is wider is not a single stem; share of its length */

/* A one's base line. */
static const float BASE_SHARE = 0.3f;                /* of the ones with a short flag */
static const float SHORT_FLAG = 0.45f;               /* a longer flag would touch the base line */
static const float MIN_BASE = 0.3f, MAX_BASE = 0.7f; /* length, as a share of the stem's */
static const float BASE_TILT_DEG = 8.0f;

/* The stroke of a one. */
struct stem {
    struct pen_point top, bottom;
    float length_px;
    float tilt; /* radians from the vertical, positive where the foot is to the left of the head */
    struct pen pen;
};

/* Finds the centre of mass, the downward direction of the longest extent (a unit vector) and the
 * sum of all pixels. False for a blank image. */
static bool find_axis(struct pen_point *middle, struct pen_point *along, float *mass,
                      const float image[DIGIT_PIXELS])
{
    float x = 0.0f, y = 0.0f, xx = 0.0f, xy = 0.0f, yy = 0.0f;
    *mass = 0.0f;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        *mass += image[i];
        x += image[i] * (float)(i % SIDE);
        y += image[i] * (float)(i / SIDE);
    }
    if (*mass <= 0.0f)
        return false;
    *middle = (struct pen_point){x / *mass, y / *mass};
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float dx = (float)(i % SIDE) - middle->x, dy = (float)(i / SIDE) - middle->y;
        xx += image[i] * dx * dx;
        xy += image[i] * dx * dy;
        yy += image[i] * dy * dy;
    }
    float angle = 0.5f * atan2f(2.0f * xy, xx - yy); /* from the x axis, -90 to 90 degrees */
    angle = angle < 0.0f ? angle + 3.14159265f : angle;
    *along = (struct pen_point){cosf(angle), sinf(angle)};
    return true;
}

/* Extent of the foreground along an axis, and the largest distance of a pixel from it. */
struct reach {
    float first_px, last_px, beside_px;
};

static struct reach reach_of(const float image[DIGIT_PIXELS], struct pen_point middle,
                             struct pen_point along)
{
    struct reach reach = {SIDE, -SIDE, 0.0f};
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float dx = (float)(i % SIDE) - middle.x, dy = (float)(i / SIDE) - middle.y;
        if (image[i] < TOPOLOGY_MIN_STROKE)
            continue;
        float at = dx * along.x + dy * along.y;
        reach.first_px = fminf(reach.first_px, at);
        reach.last_px = fmaxf(reach.last_px, at);
        reach.beside_px = fmaxf(reach.beside_px, fabsf(dx * along.y - dy * along.x));
    }
    return reach;
}

/* Centre of mass of the foreground around a place on the axis: strokes are slightly bent. */
static struct pen_point middle_near(const float image[DIGIT_PIXELS], struct pen_point place,
                                    float radius_px)
{
    float mass = 0.0f, x = 0.0f, y = 0.0f;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float dx = (float)(i % SIDE) - place.x, dy = (float)(i / SIDE) - place.y;
        float weight = dx * dx + dy * dy < radius_px * radius_px ? image[i] : 0.0f;
        mass += weight;
        x += weight * (float)(i % SIDE);
        y += weight * (float)(i / SIDE);
    }
    return mass > 0.0f ? (struct pen_point){x / mass, y / mass} : place;
}

/* Returns false if the image is not a single straight stroke. */
static bool find_stem(struct stem *out, const float image[DIGIT_PIXELS])
{
    struct pen_point middle, along;
    float mass;
    if (!find_axis(&middle, &along, &mass, image))
        return false;
    struct reach reach = reach_of(image, middle, along);
    out->length_px = reach.last_px - reach.first_px + 1.0f;
    if (2.0f * reach.beside_px + 1.0f > MAX_WIDTH * out->length_px || out->length_px < 10.0f)
        return false;
    out->pen = (struct pen){fmaxf(0.5f * mass / (out->length_px + 1.0f), 0.6f), 1.0f};
    float inset_px = out->pen.half_width_px;
    struct pen_point top = {middle.x + (reach.first_px + inset_px) * along.x,
                            middle.y + (reach.first_px + inset_px) * along.y};
    struct pen_point bottom = {middle.x + (reach.last_px - inset_px) * along.x,
                               middle.y + (reach.last_px - inset_px) * along.y};
    out->top = middle_near(image, top, inset_px + 1.5f);
    out->bottom = middle_near(image, bottom, inset_px + 1.5f);
    out->tilt = atan2f(out->top.x - out->bottom.x, out->bottom.y - out->top.y);
    return true;
}

static void add_base(float image[DIGIT_PIXELS], const struct stem *stem, struct rng *rng)
{
    float half_px = 0.5f * stem->length_px * rng_range(rng, MIN_BASE, MAX_BASE);
    float tilt = RADIANS_PER_DEGREE * rng_range(rng, -BASE_TILT_DEG, BASE_TILT_DEG);
    struct pen_point half = {half_px * cosf(tilt), half_px * sinf(tilt)};
    pen_line(image, (struct pen_point){stem->bottom.x - half.x, stem->bottom.y - half.y},
             (struct pen_point){stem->bottom.x + half.x, stem->bottom.y + half.y}, &stem->pen);
}

/* The angle of a flag that was drawn from `least` to `most`, if it may be no more than the limit for
 * its length. */
static float steep_angle(float angle, float least, float most, float tilt, float length)
{
    float limit = tilt + RADIANS_PER_DEGREE * (MAX_FLAG_DEG - STEEPER_DEG * (length - LONG_FLAG));
    limit = fminf(most, fmaxf(limit, least));
    return least + (angle - least) * (limit - least) / (most - least);
}

/* The length of a long flag that ends above the foot of the stem. */
static float above_foot(float length_px, float angle, const struct stem *stem)
{
    return fminf(length_px, LOWEST_END * (stem->bottom.y - stem->top.y) / cosf(angle));
}

/* Draws a stroke that slopes down to the left; a level one would make the one a seven. */
bool variant_flag(float image[DIGIT_PIXELS], const struct variant_settings *settings,
                  struct rng *rng)
{
    struct stem stem;
    if (!find_stem(&stem, image))
        return false;
    float min = stem.tilt + RADIANS_PER_DEGREE * MIN_FLAG_DEG;
    float max =
        fminf(stem.tilt + RADIANS_PER_DEGREE * MAX_FLAG_DEG, RADIANS_PER_DEGREE * MAX_TILT_DEG);
    if (min >= max || stem.tilt < RADIANS_PER_DEGREE * -MAX_BACKWARD_DEG)
        return false;
    min = fmaxf(min, RADIANS_PER_DEGREE * MIN_FLAG_DEG);
    float angle = rng_range(rng, min, max);
    float length = rng_range(rng, MIN_FLAG, settings->flag_length);
    float length_px = length * stem.length_px;
    if (length > LONG_FLAG) {
        angle = steep_angle(angle, min, max, stem.tilt, length);
        length_px = above_foot(length_px, angle, &stem);
    }
    struct pen_point end = {stem.top.x - length_px * sinf(angle),
                            stem.top.y + length_px * cosf(angle)};
    if (length < SHORT_FLAG && rng_uniform(rng) < BASE_SHARE)
        add_base(image, &stem, rng);
    pen_line(image, stem.top, end, &stem.pen);
    return true;
}
