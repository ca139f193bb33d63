#include "trainer/augment/distort/resample.h"

#include <assert.h>
#include <math.h>

#define SIDE DIGIT_SIDE_PX

static struct axis_filter *begin(struct axis_filter *out, size_t to, size_t from)
{
    assert(to <= AXIS_MAX && from <= AXIS_MAX);
    *out = (struct axis_filter){.to = to, .from = from, .cell_px = 1.0f};
    return out;
}

/* The length that a cell and a pixel have in common. */
static float overlap_px(const struct axis_filter *cells, size_t cell, size_t pixel)
{
    float first = cells->first_px + cells->cell_px * (float)cell;
    float end = fminf(first + cells->cell_px, (float)pixel + 1.0f);
    return fmaxf(end - fmaxf(first, (float)pixel), 0.0f);
}

void axis_filter_reduce(struct axis_filter *out, float cell_px, float phase)
{
    size_t count = (size_t)ceilf(SIDE / cell_px + phase);
    begin(out, count, SIDE);
    out->cell_px = cell_px;
    out->first_px = -phase * cell_px;
    for (size_t cell = 0; cell < count; cell++)
        for (size_t pixel = 0; pixel < SIDE; pixel++)
            out->weights[cell][pixel] = overlap_px(out, cell, pixel) / cell_px;
}

/* Weights of linear interpolation at `place`, in places of the source; 0 beyond its ends. */
static void interpolate(float weights[AXIS_MAX], size_t count, float place)
{
    float before = floorf(place), share = place - before;
    for (size_t k = 0; k < count; k++) {
        weights[k] += (float)k == before ? 1.0f - share : 0.0f;
        weights[k] += (float)k == before + 1.0f ? share : 0.0f;
    }
}

void axis_filter_enlarge(struct axis_filter *out, const struct axis_filter *reduced, bool linear)
{
    begin(out, SIDE, reduced->to);
    out->cell_px = reduced->cell_px;
    out->first_px = reduced->first_px;
    for (size_t pixel = 0; pixel < SIDE; pixel++) {
        float cell = ((float)pixel + 0.5f - out->first_px) / out->cell_px;
        if (linear)
            interpolate(out->weights[pixel], out->from, cell - 0.5f);
        for (size_t k = 0; !linear && k < out->from; k++)
            out->weights[pixel][k] = overlap_px(out, k, pixel);
    }
}

void axis_filter_shrink(struct axis_filter *out, float scale)
{
    begin(out, SIDE, SIDE);
    for (size_t pixel = 0; pixel < SIDE; pixel++) {
        float from_middle = (float)pixel + 0.5f - 0.5f * SIDE;
        interpolate(out->weights[pixel], SIDE, scale * from_middle + 0.5f * SIDE - 0.5f);
    }
}

/* row += weight * in. */
static void add_scaled(float *row, const float *in, float weight, size_t count)
{
    for (size_t x = 0; x < count; x++)
        row[x] += weight * in[x];
}

void resample(float *out, const float *in, const struct axis_filter *rows,
              const struct axis_filter *columns)
{
    for (size_t y = 0; y < rows->to; y++) {
        float row[AXIS_MAX] = {0};
        for (size_t k = 0; k < rows->from; k++)
            if (rows->weights[y][k] != 0.0f)
                add_scaled(row, in + k * columns->from, rows->weights[y][k], columns->from);
        for (size_t x = 0; x < columns->to; x++) {
            float sum = 0.0f;
            for (size_t k = 0; k < columns->from; k++)
                sum += columns->weights[x][k] * row[k];
            out[y * columns->to + x] = sum;
        }
    }
}
