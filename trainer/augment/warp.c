#include "trainer/augment/warp.h"

#include <math.h>
#include <string.h>

#include "trainer/base/pixels.h"

/*
 * The elastic displacement is a uniform cubic B-spline surface over a grid of control points 7 px
 * apart, whose values are drawn from a normal distribution: four intervals along each side need
 * seven points. The deviation of the surface is about half that of the points; its largest value in
 * an image is about 1.1 times the deviation of the points.
 */
#define CONTROL_POINTS 7
#define INTERVAL_PX    7 /* DIGIT_SIDE_PX / (CONTROL_POINTS - 3) */
#define TAPS           4

/* The original is framed with background, one pixel before it and enough after it, so that a sample
 * at any coordinate from -1 to 28 reads its four neighbours without a bounds check. */
#define FRAME_STRIDE (DIGIT_SIDE_PX + 4)
#define FRAME_ROWS   (DIGIT_SIDE_PX + 3)

#define CENTRE_PX ((DIGIT_SIDE_PX - 1) / 2.0f)

static const float RADIANS_PER_DEGREE = 0.017453292519943295f;

struct control_grid {
    float at[CONTROL_POINTS][CONTROL_POINTS];
};

/* The displacement of each pixel along one axis. */
struct field {
    float at[DIGIT_SIDE_PX][DIGIT_SIDE_PX];
};

struct framed_image {
    float at[FRAME_ROWS][FRAME_STRIDE];
};

/* Interpolation along one axis: at pixel p, weight[p][t] is that of control point
 * p / INTERVAL_PX + t. */
struct spline {
    float weight[DIGIT_SIDE_PX][TAPS];
};

/* Maps a pixel of the result, relative to the centre, to its place in the original. */
struct warp {
    float xx, xy, x0;
    float yx, yy, y0;
    const struct field *elastic; /* [2]: x, then y, in pixels; or NULL */
};

static float draw_rotation(const struct warp_ranges *ranges, struct rng *rng)
{
    float degrees = ranges->rotation_deviation_deg * rng_normal(rng);
    float limit = ranges->rotation_limit_deg;
    return fminf(fmaxf(degrees, -limit), limit);
}

static float draw_symmetric(float range, float strength, struct rng *rng)
{
    return strength * rng_range(rng, -range, range);
}

/* The digit is mapped by rotate(shear(scale(p))) + shift; resampling needs the inverse,
 * scale^-1(shear^-1(rotate^-1(p - shift))). */
static struct warp draw_affine(const struct warp_ranges *ranges, float strength, struct rng *rng)
{
    float angle = strength * draw_rotation(ranges, rng) * RADIANS_PER_DEGREE;
    float wide = 1.0f / (1.0f + draw_symmetric(ranges->scale, strength, rng));
    float high = 1.0f / (1.0f + draw_symmetric(ranges->scale, strength, rng));
    float shear = draw_symmetric(ranges->shear, strength, rng);
    float shift_x = draw_symmetric(ranges->shift_px, strength, rng);
    float shift_y = draw_symmetric(ranges->shift_px, strength, rng);

    float cosine = cosf(angle), sine = sinf(angle);
    struct warp warp = {
        .xx = wide * (cosine + shear * sine),
        .xy = wide * (sine - shear * cosine),
        .yx = high * -sine,
        .yy = high * cosine,
    };
    warp.x0 = CENTRE_PX - warp.xx * shift_x - warp.xy * shift_y;
    warp.y0 = CENTRE_PX - warp.yx * shift_x - warp.yy * shift_y;
    return warp;
}

static struct spline make_spline(void)
{
    struct spline spline;
    for (size_t i = 0; i < DIGIT_SIDE_PX; i++) {
        float u = ((float)(i % INTERVAL_PX) + 0.5f) / INTERVAL_PX;
        float v = 1.0f - u;
        spline.weight[i][0] = v * v * v / 6.0f;
        spline.weight[i][1] = (3.0f * u * u * u - 6.0f * u * u + 4.0f) / 6.0f;
        spline.weight[i][2] = (3.0f * v * v * v - 6.0f * v * v + 4.0f) / 6.0f;
        spline.weight[i][3] = u * u * u / 6.0f;
    }
    return spline;
}

static void draw_controls(struct control_grid *out, float deviation, struct rng *rng)
{
    for (size_t y = 0; y < CONTROL_POINTS; y++)
        for (size_t x = 0; x < CONTROL_POINTS; x++)
            out->at[y][x] = deviation * rng_normal(rng);
}

/* Interpolates along x, then along y. */
static void interpolate_controls(struct field *out, const struct control_grid *controls,
                                 const struct spline *spline)
{
    float rows[CONTROL_POINTS][DIGIT_SIDE_PX];
    for (size_t y = 0; y < CONTROL_POINTS; y++)
        for (size_t x = 0; x < DIGIT_SIDE_PX; x++) {
            const float *from = &controls->at[y][x / INTERVAL_PX];
            const float *weight = spline->weight[x];
            rows[y][x] = weight[0] * from[0] + weight[1] * from[1] + weight[2] * from[2] +
                         weight[3] * from[3];
        }
    for (size_t y = 0; y < DIGIT_SIDE_PX; y++) {
        size_t first = y / INTERVAL_PX;
        const float *weight = spline->weight[y];
        for (size_t x = 0; x < DIGIT_SIDE_PX; x++)
            out->at[y][x] = weight[0] * rows[first][x] + weight[1] * rows[first + 1][x] +
                            weight[2] * rows[first + 2][x] + weight[3] * rows[first + 3][x];
    }
}

static void draw_elastic(struct field out[2], float deviation, struct rng *rng)
{
    const struct spline spline = make_spline();
    for (size_t axis = 0; axis < 2; axis++) {
        struct control_grid controls;
        draw_controls(&controls, deviation, rng);
        interpolate_controls(&out[axis], &controls, &spline);
    }
}

static void frame_image(struct framed_image *frame, const uint8_t image[DIGIT_PIXELS])
{
    memset(frame, 0, sizeof *frame);
    for (size_t y = 0; y < DIGIT_SIDE_PX; y++)
        pixels_from_octets(frame->at[y + 1] + 1, image + y * DIGIT_SIDE_PX, DIGIT_SIDE_PX);
}

/* Coordinate in the framed image; everything more than one pixel outside is background, too. */
static float frame_coordinate(float coordinate)
{
    float inside = coordinate < -1.0f ? -1.0f : coordinate;
    return (inside > DIGIT_SIDE_PX ? DIGIT_SIDE_PX : inside) + 1.0f;
}

/* Where to sample the framed image for each pixel of the result's row y. */
static void warp_row(float xs[DIGIT_SIDE_PX], float ys[DIGIT_SIDE_PX], const struct warp *warp,
                     size_t y)
{
    float from_centre_y = (float)y - CENTRE_PX;
    for (size_t x = 0; x < DIGIT_SIDE_PX; x++) {
        float from_centre_x = (float)x - CENTRE_PX;
        xs[x] = warp->xx * from_centre_x + warp->xy * from_centre_y + warp->x0;
        ys[x] = warp->yx * from_centre_x + warp->yy * from_centre_y + warp->y0;
    }
    for (size_t x = 0; warp->elastic != NULL && x < DIGIT_SIDE_PX; x++) {
        xs[x] += warp->elastic[0].at[y][x];
        ys[x] += warp->elastic[1].at[y][x];
    }
    for (size_t x = 0; x < DIGIT_SIDE_PX; x++) {
        xs[x] = frame_coordinate(xs[x]);
        ys[x] = frame_coordinate(ys[x]);
    }
}

static float sample_frame(const struct framed_image *frame, float x, float y)
{
    int column = (int)x, row = (int)y;
    float right = x - (float)column, below = y - (float)row;
    const float *upper = &frame->at[row][column];
    const float *lower = &frame->at[row + 1][column];
    float top = upper[0] + right * (upper[1] - upper[0]);
    float bottom = lower[0] + right * (lower[1] - lower[0]);
    return top + below * (bottom - top);
}

void warp_image(float out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS],
                const struct warp_ranges *ranges, float strength, struct rng *rng)
{
    struct warp warp = draw_affine(ranges, strength, rng);
    struct field elastic[2];
    if (rng_uniform(rng) < ranges->elastic_probability) {
        draw_elastic(elastic, strength * ranges->elastic_px, rng);
        warp.elastic = elastic;
    }
    struct framed_image frame;
    frame_image(&frame, image);
    for (size_t y = 0; y < DIGIT_SIDE_PX; y++) {
        float xs[DIGIT_SIDE_PX], ys[DIGIT_SIDE_PX];
        warp_row(xs, ys, &warp, y);
        for (size_t x = 0; x < DIGIT_SIDE_PX; x++)
            out[y * DIGIT_SIDE_PX + x] = sample_frame(&frame, xs[x], ys[x]);
    }
}
