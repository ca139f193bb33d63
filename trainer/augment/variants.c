#include "trainer/augment/variants.h"

#include <math.h>
#include <stddef.h>

#include "trainer/augment/mnist_normalisation.h"
#include "trainer/augment/pen.h"

#define SIDE DIGIT_SIDE_PX

static const float RADIANS_PER_DEGREE = 0.017453292519943295f;

/* Of a flag, from the stem and from upright. */
static const float LEAST_FLAG_DEG = 20.0f, MOST_FLAG_DEG = 60.0f, MOST_TILT_DEG = 62.0f;
static const float LEAST_FLAG = 0.25f, MOST_FLAG = 0.8f; /* of the stem's length */
static const float BACKWARD_DEG = 12.0f;                 /* most that a stem leans to the left */
static const float BASE_SHARE = 0.3f;                    /* of the ones with a short flag */
static const float SHORT_FLAG = 0.45f;                   /* a longer one would meet the base */
static const float LEAST_BASE = 0.3f, MOST_BASE = 0.7f;
static const float BASE_TILT_DEG = 8.0f;
static const float MOST_WIDTH = 0.35f; /* of a one that is a stem alone, of its length */

static const float LEAST_BAR = 0.3f, MOST_BAR = 0.55f; /* of a seven's height */
static const float BAR_TILT_DEG = 15.0f;
static const float HIGHEST_BAR = 0.45f, LOWEST_BAR = 0.65f;
static const float WIDEST_STEM_PX = 6.5f;

static const float INK = 0.5f; /* light of what is within a stroke */

/* A one's stroke. */
struct stem {
    struct pen_point top, bottom;
    float length_px;
    float tilt; /* radians from upright, its foot to the left of its head being positive */
    struct pen pen;
};

static void to_light(float out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS])
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = (float)image[i] / 255.0f;
}

/* Centre of mass and direction of the longest extent, downwards; false without ink. */
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

/* How far the ink goes along an axis, and the greatest distance from it. */
struct reach {
    float first_px, last_px, beside_px;
};

static struct reach reach_of(const float image[DIGIT_PIXELS], struct pen_point middle,
                             struct pen_point along)
{
    struct reach reach = {SIDE, -SIDE, 0.0f};
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float dx = (float)(i % SIDE) - middle.x, dy = (float)(i / SIDE) - middle.y;
        if (image[i] < INK)
            continue;
        float at = dx * along.x + dy * along.y;
        reach.first_px = fminf(reach.first_px, at);
        reach.last_px = fmaxf(reach.last_px, at);
        reach.beside_px = fmaxf(reach.beside_px, fabsf(dx * along.y - dy * along.x));
    }
    return reach;
}

/* The middle of the ink around a place on the axis: strokes are a little bent. */
static struct pen_point middle_near(const float image[DIGIT_PIXELS], struct pen_point place,
                                    float radius_px)
{
    float mass = 0.0f, x = 0.0f, y = 0.0f;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        float dx = (float)(i % SIDE) - place.x, dy = (float)(i / SIDE) - place.y;
        float light = dx * dx + dy * dy < radius_px * radius_px ? image[i] : 0.0f;
        mass += light;
        x += light * (float)(i % SIDE);
        y += light * (float)(i / SIDE);
    }
    return mass > 0.0f ? (struct pen_point){x / mass, y / mass} : place;
}

/* False if the image is not one straight stroke. */
static bool find_stem(struct stem *out, const float image[DIGIT_PIXELS])
{
    struct pen_point middle, along;
    float mass;
    if (!find_axis(&middle, &along, &mass, image))
        return false;
    struct reach reach = reach_of(image, middle, along);
    out->length_px = reach.last_px - reach.first_px + 1.0f;
    if (2.0f * reach.beside_px + 1.0f > MOST_WIDTH * out->length_px || out->length_px < 10.0f)
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
    float half_px = 0.5f * stem->length_px * rng_range(rng, LEAST_BASE, MOST_BASE);
    float tilt = RADIANS_PER_DEGREE * rng_range(rng, -BASE_TILT_DEG, BASE_TILT_DEG);
    struct pen_point half = {half_px * cosf(tilt), half_px * sinf(tilt)};
    pen_line(image, (struct pen_point){stem->bottom.x - half.x, stem->bottom.y - half.y},
             (struct pen_point){stem->bottom.x + half.x, stem->bottom.y + half.y}, &stem->pen);
}

/* A stroke down to the left that slopes: a level one would make a seven. */
static bool add_flag(float image[DIGIT_PIXELS], struct rng *rng)
{
    struct stem stem;
    if (!find_stem(&stem, image))
        return false;
    float least = stem.tilt + RADIANS_PER_DEGREE * LEAST_FLAG_DEG;
    float most =
        fminf(stem.tilt + RADIANS_PER_DEGREE * MOST_FLAG_DEG, RADIANS_PER_DEGREE * MOST_TILT_DEG);
    if (least >= most || stem.tilt < RADIANS_PER_DEGREE * -BACKWARD_DEG)
        return false;
    float angle = rng_range(rng, fmaxf(least, RADIANS_PER_DEGREE * LEAST_FLAG_DEG), most);
    float length = rng_range(rng, LEAST_FLAG, MOST_FLAG), length_px = length * stem.length_px;
    struct pen_point end = {stem.top.x - length_px * sinf(angle),
                            stem.top.y + length_px * cosf(angle)};
    if (length < SHORT_FLAG && rng_uniform(rng) < BASE_SHARE)
        add_base(image, &stem, rng);
    pen_line(image, stem.top, end, &stem.pen);
    return true;
}

/* Ink of a row: its columns, and what their light comes to. */
struct run {
    size_t runs; /* of ink, apart from each other */
    float middle_px;
    float width_px;
};

static struct run find_run(const float image[DIGIT_PIXELS], size_t y)
{
    struct run run = {0, 0.0f, 0.0f};
    const float *row = image + y * SIDE;
    float moment = 0.0f;
    for (size_t x = 0; x < SIDE; x++) {
        run.runs += row[x] >= INK && (x == 0 || row[x - 1] < INK);
        run.width_px += row[x];
        moment += row[x] * (float)x;
    }
    run.middle_px = run.width_px > 0.0f ? moment / run.width_px : 0.0f;
    return run;
}

/* Rows between the first and the one behind the last that have ink. */
static void find_rows(size_t *first, size_t *end, const float image[DIGIT_PIXELS])
{
    *first = SIDE;
    *end = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        if (image[i] < INK)
            continue;
        *first = i / SIDE < *first ? i / SIDE : *first;
        *end = i / SIDE + 1;
    }
}

/* Whether the lower part is one narrow stem, without a bar. */
static bool has_plain_stem(const float image[DIGIT_PIXELS], size_t first, size_t end)
{
    for (size_t y = first; y < end; y++) {
        struct run run = find_run(image, y);
        if (run.runs != 1 || run.width_px > WIDEST_STEM_PX)
            return false;
    }
    return true;
}

/* Across the middle of the stem, about level. */
static bool add_bar(float image[DIGIT_PIXELS], struct rng *rng)
{
    size_t top, end;
    find_rows(&top, &end, image);
    if (end < top + 12)
        return false;
    float height_px = (float)(end - top);
    size_t highest = top + (size_t)(HIGHEST_BAR * height_px);
    size_t lowest = top + (size_t)(LOWEST_BAR * height_px);
    if (!has_plain_stem(image, highest - 1, lowest + 2))
        return false;
    size_t y = highest + rng_below(rng, (uint32_t)(lowest - highest + 1));
    struct run run = find_run(image, y);
    float lean = find_run(image, y - 1).middle_px - find_run(image, y + 1).middle_px;
    float across = 1.0f / sqrtf(1.0f + 0.25f * lean * lean);
    const struct pen pen = {fmaxf(0.5f * run.width_px * across, 0.6f), 1.0f};
    float length_px = height_px * rng_range(rng, LEAST_BAR, MOST_BAR);
    float tilt = RADIANS_PER_DEGREE * rng_range(rng, -BAR_TILT_DEG, 0.5f * BAR_TILT_DEG);
    float left = length_px * rng_range(rng, 0.35f, 0.65f), right = length_px - left;
    struct pen_point from = {run.middle_px - left * cosf(tilt), (float)y - left * sinf(tilt)};
    struct pen_point to = {run.middle_px + right * cosf(tilt), (float)y + right * sinf(tilt)};
    pen_line(image, from, to, &pen);
    return true;
}

/* What may be done to a digit. */
static const struct way {
    uint8_t label;
    size_t probability; /* where it stands in struct variant_settings */
    bool (*draw)(float image[DIGIT_PIXELS], struct rng *rng);
} WAYS[] = {
    {1, offsetof(struct variant_settings, flag_probability), add_flag},
    {7, offsetof(struct variant_settings, bar_probability), add_bar},
};

static const struct way *find_way(uint8_t label)
{
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++)
        if (WAYS[i].label == label)
            return &WAYS[i];
    return NULL;
}

bool variant_image(uint8_t out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS], uint8_t label,
                   const struct variant_settings *ranges, float strength, struct rng *rng)
{
    const struct way *way = find_way(label);
    if (way == NULL)
        return false;
    const void *thread = (const char *)ranges + way->probability;
    float probability = strength * *(const float *)thread;
    if (probability <= 0.0f || rng_uniform(rng) >= probability)
        return false;
    float light[DIGIT_PIXELS], form[DIGIT_PIXELS];
    to_light(light, image);
    if (!way->draw(light, rng))
        return false;
    mnist_normalise(form, light, SIDE, SIDE);
    mnist_normalise_bytes(out, form);
    return true;
}
