#include "trainer/augment/variants.h"

#include <math.h>
#include <stddef.h>

#include "trainer/augment/mnist_normalisation.h"
#include "trainer/augment/pen.h"
#include "trainer/base/pixels.h"

#define SIDE DIGIT_SIDE_PX

static const float RADIANS_PER_DEGREE = 0.017453292519943295f;

/* A one's flag: its angle to the stem, and the largest one to the vertical. */
static const float MIN_FLAG_DEG = 20.0f, MAX_FLAG_DEG = 60.0f, MAX_TILT_DEG = 62.0f;
static const float MIN_FLAG = 0.25f, MAX_FLAG = 0.8f; /* length, as a share of the stem's */
static const float MAX_BACKWARD_DEG = 12.0f;          /* a stem that leans further left gets none */
static const float MAX_WIDTH =
    0.35f; /* a one that is wider is not a single stem; share of its length */

/* A one's base line. */
static const float BASE_SHARE = 0.3f;                /* of the ones with a short flag */
static const float SHORT_FLAG = 0.45f;               /* a longer flag would touch the base line */
static const float MIN_BASE = 0.3f, MAX_BASE = 0.7f; /* length, as a share of the stem's */
static const float BASE_TILT_DEG = 8.0f;

/* A seven's bar. */
static const float MIN_BAR = 0.3f, MAX_BAR = 0.55f; /* length, as a share of the seven's height */
static const float BAR_TILT_DEG = 15.0f;
static const float HIGHEST_BAR = 0.45f, LOWEST_BAR = 0.65f; /* from the top, of the height */
static const float MAX_STEM_PX = 6.5f;

static const float MIN_STROKE = 0.5f; /* pixels from here on belong to a stroke */

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
        if (image[i] < MIN_STROKE)
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

/* Draws a stroke that slopes down to the left; a level one would make the one a seven. */
static bool add_flag(float image[DIGIT_PIXELS], struct rng *rng)
{
    struct stem stem;
    if (!find_stem(&stem, image))
        return false;
    float min = stem.tilt + RADIANS_PER_DEGREE * MIN_FLAG_DEG;
    float max =
        fminf(stem.tilt + RADIANS_PER_DEGREE * MAX_FLAG_DEG, RADIANS_PER_DEGREE * MAX_TILT_DEG);
    if (min >= max || stem.tilt < RADIANS_PER_DEGREE * -MAX_BACKWARD_DEG)
        return false;
    float angle = rng_range(rng, fmaxf(min, RADIANS_PER_DEGREE * MIN_FLAG_DEG), max);
    float length = rng_range(rng, MIN_FLAG, MAX_FLAG), length_px = length * stem.length_px;
    struct pen_point end = {stem.top.x - length_px * sinf(angle),
                            stem.top.y + length_px * cosf(angle)};
    if (length < SHORT_FLAG && rng_uniform(rng) < BASE_SHARE)
        add_base(image, &stem, rng);
    pen_line(image, stem.top, end, &stem.pen);
    return true;
}

/* What is drawn in one row. */
struct row {
    size_t runs;     /* separate runs of foreground pixels */
    float middle_px; /* mean column, weighted by brightness */
    float width_px;  /* sum of the pixels */
};

static struct row measure_row(const float image[DIGIT_PIXELS], size_t y)
{
    struct row measured = {0, 0.0f, 0.0f};
    const float *row = image + y * SIDE;
    float moment = 0.0f;
    for (size_t x = 0; x < SIDE; x++) {
        measured.runs += row[x] >= MIN_STROKE && (x == 0 || row[x - 1] < MIN_STROKE);
        measured.width_px += row[x];
        moment += row[x] * (float)x;
    }
    measured.middle_px = measured.width_px > 0.0f ? moment / measured.width_px : 0.0f;
    return measured;
}

/* Rows with foreground pixels, `end` excluded. */
static void find_rows(size_t *first, size_t *end, const float image[DIGIT_PIXELS])
{
    *first = SIDE;
    *end = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        if (image[i] < MIN_STROKE)
            continue;
        *first = i / SIDE < *first ? i / SIDE : *first;
        *end = i / SIDE + 1;
    }
}

/* Whether rows `first` to `end` (excluded) show one narrow stem without a bar. */
static bool has_plain_stem(const float image[DIGIT_PIXELS], size_t first, size_t end)
{
    for (size_t y = first; y < end; y++) {
        struct row row = measure_row(image, y);
        if (row.runs != 1 || row.width_px > MAX_STEM_PX)
            return false;
    }
    return true;
}

/* Draws a nearly level bar across the middle of the stem. */
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
    struct row row = measure_row(image, y);
    float lean = measure_row(image, y - 1).middle_px - measure_row(image, y + 1).middle_px;
    float across = 1.0f / sqrtf(1.0f + 0.25f * lean * lean);
    const struct pen pen = {fmaxf(0.5f * row.width_px * across, 0.6f), 1.0f};
    float length_px = height_px * rng_range(rng, MIN_BAR, MAX_BAR);
    float tilt = RADIANS_PER_DEGREE * rng_range(rng, -BAR_TILT_DEG, 0.5f * BAR_TILT_DEG);
    float left = length_px * rng_range(rng, 0.35f, 0.65f), right = length_px - left;
    struct pen_point from = {row.middle_px - left * cosf(tilt), (float)y - left * sinf(tilt)};
    struct pen_point to = {row.middle_px + right * cosf(tilt), (float)y + right * sinf(tilt)};
    pen_line(image, from, to, &pen);
    return true;
}

/* The variant of each label that has one. */
static const struct variant {
    uint8_t label;
    size_t probability; /* its offset in struct variant_settings */
    bool (*draw)(float image[DIGIT_PIXELS], struct rng *rng);
} VARIANTS[] = {
    {1, offsetof(struct variant_settings, flag_probability), add_flag},
    {7, offsetof(struct variant_settings, bar_probability), add_bar},
};

static const struct variant *find_variant(uint8_t label)
{
    for (size_t i = 0; i < sizeof VARIANTS / sizeof VARIANTS[0]; i++)
        if (VARIANTS[i].label == label)
            return &VARIANTS[i];
    return NULL;
}

bool variant_image(uint8_t out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS], uint8_t label,
                   const struct variant_settings *ranges, float strength, struct rng *rng)
{
    const struct variant *variant = find_variant(label);
    if (variant == NULL)
        return false;
    const void *member = (const char *)ranges + variant->probability;
    float probability = strength * *(const float *)member;
    if (probability <= 0.0f || rng_uniform(rng) >= probability)
        return false;
    float drawn[DIGIT_PIXELS], normalised[DIGIT_PIXELS];
    pixels_from_octets(drawn, image, DIGIT_PIXELS);
    if (!variant->draw(drawn, rng))
        return false;
    mnist_normalise(normalised, drawn, SIDE, SIDE);
    mnist_normalise_bytes(out, normalised);
    return true;
}
