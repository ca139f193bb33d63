#include "trainer/augment/outliers/strokes.h"

#include <assert.h>
#include <math.h>

#include "trainer/augment/mnist_normalisation.h"

#define STEPS 8 /* of a curve between two controls */

static const float THIN_SHARE = 0.85f; /* of the pens, with up to THIN_HALF_PX */
static const float MIN_HALF_PX = 0.8f, THIN_HALF_PX = 1.7f, THICK_HALF_PX = 2.8f;
static const float MIN_BRIGHTNESS = 0.85f;
static const float MIN_EXTENT = 1e-3f;

struct extent {
    float left, top, right, bottom;
};

void strokes_begin(struct strokes *strokes)
{
    strokes->lifted = true;
}

void strokes_add(struct strokes *strokes, struct pen_point point)
{
    assert(strokes->count < STROKES_MAX_POINTS);
    strokes->begins[strokes->count] = strokes->lifted || strokes->count == 0;
    strokes->points[strokes->count++] = point;
    strokes->lifted = false;
}

/* Catmull-Rom spline between b (t = 0) and c (t = 1). */
static float spline_at(float a, float b, float c, float d, float t)
{
    return 0.5f * (2.0f * b + (c - a) * t + (2.0f * a - 5.0f * b + 4.0f * c - d) * t * t +
                   (3.0f * b - a - 3.0f * c + d) * t * t * t);
}

void strokes_add_curve(struct strokes *strokes, const struct pen_point *controls, size_t count)
{
    assert(count >= 2 && count <= STROKES_MAX_CONTROLS);
    strokes_begin(strokes);
    strokes_add(strokes, controls[0]);
    for (size_t i = 0; i + 1 < count; i++) {
        const struct pen_point *b = &controls[i], *c = b + 1;
        const struct pen_point *a = i > 0 ? b - 1 : b, *d = i + 2 < count ? c + 1 : c;
        for (size_t k = 1; k <= STEPS; k++) {
            float t = (float)k / STEPS;
            strokes_add(strokes, (struct pen_point){spline_at(a->x, b->x, c->x, d->x, t),
                                                    spline_at(a->y, b->y, c->y, d->y, t)});
        }
    }
}

/* rng NULL: without jitter. */
static struct pen_point point_of(const char *at, float jitter, struct rng *rng)
{
    float x = (float)(at[0] - '0'), y = (float)(at[1] - '0');
    x += rng != NULL ? jitter * rng_normal(rng) : 0.0f;
    y += rng != NULL ? jitter * rng_normal(rng) : 0.0f;
    return (struct pen_point){x, y};
}

/* Adds the stroke whose text begins at `at`; returns where its text ends. */
static const char *add_stroke(struct strokes *strokes, const char *at, float jitter,
                              struct rng *rng)
{
    struct pen_point points[STROKES_MAX_CONTROLS];
    size_t count = 0;
    bool is_curve = *at == '~';
    for (at += is_curve; *at != '\0' && *at != ' '; at += 2) {
        assert(count < STROKES_MAX_CONTROLS && at[1] != '\0');
        points[count++] = point_of(at, jitter, rng);
    }
    if (is_curve) {
        strokes_add_curve(strokes, points, count);
        return at;
    }
    strokes_begin(strokes);
    for (size_t i = 0; i < count; i++)
        strokes_add(strokes, points[i]);
    return at;
}

void strokes_add_text(struct strokes *strokes, const char *text, float jitter, struct rng *rng)
{
    while (*text != '\0')
        if (*text == ' ')
            text++;
        else
            text = add_stroke(strokes, text, jitter, rng);
}

static struct extent extent_of(const struct strokes *strokes)
{
    struct extent extent = {strokes->points[0].x, strokes->points[0].y, strokes->points[0].x,
                            strokes->points[0].y};
    for (size_t i = 1; i < strokes->count; i++) {
        extent.left = fminf(extent.left, strokes->points[i].x);
        extent.right = fmaxf(extent.right, strokes->points[i].x);
        extent.top = fminf(extent.top, strokes->points[i].y);
        extent.bottom = fmaxf(extent.bottom, strokes->points[i].y);
    }
    return extent;
}

static struct pen draw_pen(struct rng *rng)
{
    bool is_thin = rng_uniform(rng) < THIN_SHARE;
    struct pen pen = {.half_width_px = is_thin ? rng_range(rng, MIN_HALF_PX, THIN_HALF_PX)
                                               : rng_range(rng, THIN_HALF_PX, THICK_HALF_PX)};
    pen.brightness = rng_range(rng, MIN_BRIGHTNESS, 1.0f);
    return pen;
}

void strokes_draw(float out[DIGIT_PIXELS], const struct strokes *strokes, float width,
                  const struct pen *pen)
{
    if (strokes->count == 0)
        return;
    struct extent extent = extent_of(strokes);
    float longest = fmaxf(width * (extent.right - extent.left), extent.bottom - extent.top);
    float free_px = MNIST_NORMALISED_BOX_PX - 1.0f - 2.0f * pen->half_width_px;
    float scale = free_px / fmaxf(longest, MIN_EXTENT);
    float middle_x = 0.5f * (extent.left + extent.right);
    float middle_y = 0.5f * (extent.top + extent.bottom), centre_px = 0.5f * (DIGIT_SIDE_PX - 1);
    struct pen_point last = {0.0f, 0.0f};
    for (size_t i = 0; i < strokes->count; i++) {
        struct pen_point point = {centre_px + scale * width * (strokes->points[i].x - middle_x),
                                  centre_px + scale * (strokes->points[i].y - middle_y)};
        pen_line(out, strokes->begins[i] ? point : last, point, pen);
        last = point;
    }
    mnist_normalise_centre(out);
}

void strokes_write(float out[DIGIT_PIXELS], const struct strokes *strokes, float width,
                   struct rng *rng)
{
    const struct pen pen = draw_pen(rng);
    strokes_draw(out, strokes, width, &pen);
}
