#include "tests/support/reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <digit/image.h>

#include "core/network/parameters.h"

/* A layer and its images. */
struct pass {
    const struct layer *layer;
    size_t index, images;
    const struct parameter_table *table;
    const double *parameters;
    bool training;
};

static const double *find(const struct pass *pass, enum parameter_role role)
{
    size_t offset = parameter_offset(pass->table, pass->index, role);
    return offset == SIZE_MAX ? NULL : pass->parameters + offset;
}

/* in[c][y][x] of one image, zero outside of it. */
static double pixel(const double *in, const struct shape *shape, size_t c, size_t y, size_t x)
{
    if (y >= shape->height || x >= shape->width) /* negative numbers have wrapped to large ones */
        return 0.0;
    return in[(c * shape->height + y) * shape->width + x];
}

static double convolve_at(const double *in, const struct layer *layer, const double *weight,
                          size_t oy, size_t ox)
{
    double sum = 0.0;
    for (size_t c = 0; c < layer->in.channels; c++)
        for (size_t ky = 0; ky < layer->kernel.height; ky++)
            for (size_t kx = 0; kx < layer->kernel.width; kx++)
                sum += *weight++ * pixel(in, &layer->in, c,
                                         oy * layer->stride.height + ky - layer->padding.height,
                                         ox * layer->stride.width + kx - layer->padding.width);
    return sum;
}

static void convolve(double *out, const double *in, const struct pass *pass)
{
    const struct layer *layer = pass->layer;
    const double *weight = find(pass, PARAMETER_WEIGHT), *bias = find(pass, PARAMETER_BIAS);
    size_t fan_in = layer->in.channels * layer->kernel.height * layer->kernel.width;
    for (size_t n = 0; n < pass->images; n++)
        for (size_t k = 0; k < layer->out.channels; k++)
            for (size_t oy = 0; oy < layer->out.height; oy++)
                for (size_t ox = 0; ox < layer->out.width; ox++)
                    *out++ = (bias == NULL ? 0.0 : bias[k]) +
                             convolve_at(in + n * shape_elements(&layer->in), layer,
                                         weight + k * fan_in, oy, ox);
}

static void connect(double *out, const double *in, const struct pass *pass)
{
    const double *weight = find(pass, PARAMETER_WEIGHT), *bias = find(pass, PARAMETER_BIAS);
    size_t ins = pass->layer->in.channels, outs = pass->layer->out.channels;
    for (size_t n = 0; n < pass->images; n++)
        for (size_t k = 0; k < outs; k++) {
            double sum = bias == NULL ? 0.0 : bias[k];
            for (size_t i = 0; i < ins; i++)
                sum += weight[k * ins + i] * in[n * ins + i];
            *out++ = sum;
        }
}

static void pool(double *out, const double *in, const struct pass *pass)
{
    const struct layer *layer = pass->layer;
    for (size_t plane = 0; plane < pass->images * layer->in.channels; plane++) {
        const double *from = in + plane * layer->in.height * layer->in.width;
        for (size_t oy = 0; oy < layer->out.height; oy++)
            for (size_t ox = 0; ox < layer->out.width; ox++) {
                double best = -INFINITY;
                for (size_t ky = 0; ky < layer->kernel.height; ky++)
                    for (size_t kx = 0; kx < layer->kernel.width; kx++)
                        best = fmax(best, pixel(from, &layer->in, 0, oy * layer->stride.height + ky,
                                                ox * layer->stride.width + kx));
                *out++ = best;
            }
    }
}

/* Mean and variance of a channel over the batch. */
static void measure(double *mean, double *variance, const double *in, const struct pass *pass,
                    size_t channel)
{
    size_t channels = pass->layer->in.channels;
    size_t pixels = pass->layer->in.height * pass->layer->in.width;
    double count = (double)(pass->images * pixels);
    *mean = *variance = 0.0;
    for (size_t n = 0; n < pass->images; n++)
        for (size_t p = 0; p < pixels; p++)
            *mean += in[(n * channels + channel) * pixels + p] / count;
    for (size_t n = 0; n < pass->images; n++)
        for (size_t p = 0; p < pixels; p++) {
            double distance = in[(n * channels + channel) * pixels + p] - *mean;
            *variance += distance * distance / count;
        }
}

static void normalise(double *out, const double *in, const struct pass *pass)
{
    size_t channels = pass->layer->in.channels;
    size_t pixels = pass->layer->in.height * pass->layer->in.width;
    for (size_t c = 0; c < channels; c++) {
        double mean = find(pass, PARAMETER_RUNNING_MEAN)[c];
        double variance = find(pass, PARAMETER_RUNNING_VAR)[c];
        if (pass->training)
            measure(&mean, &variance, in, pass, c);
        double scale = find(pass, PARAMETER_SCALE)[c], shift = find(pass, PARAMETER_SHIFT)[c];
        for (size_t n = 0; n < pass->images; n++)
            for (size_t p = 0; p < pixels; p++) {
                size_t i = (n * channels + c) * pixels + p;
                out[i] =
                    scale * (in[i] - mean) / sqrt(variance + (double)pass->layer->epsilon) + shift;
            }
    }
}

static void run_layer(double *out, const double *in, const struct pass *pass)
{
    size_t count = pass->images * shape_elements(&pass->layer->out);
    switch (pass->layer->type) {
    case LAYER_CONV2D:
        convolve(out, in, pass);
        break;
    case LAYER_DENSE:
        connect(out, in, pass);
        break;
    case LAYER_MAXPOOL2D:
        pool(out, in, pass);
        break;
    case LAYER_BATCHNORM2D:
        normalise(out, in, pass);
        break;
    case LAYER_RELU:
        for (size_t i = 0; i < count; i++)
            out[i] = fmax(in[i], 0.0);
        break;
    case LAYER_DROPOUT:
        assert_true(!pass->training || pass->layer->probability == 0.0f);
        memcpy(out, in, count * sizeof *out);
        break;
    case LAYER_FLATTEN:
        memcpy(out, in, count * sizeof *out);
        break;
    }
}

void reference_forward(double *logits, const struct architecture *architecture,
                       const double *parameters, const double *in, size_t images, bool training)
{
    struct parameter_table table;
    parameter_table_init(&table, architecture);
    size_t size_bytes = images * DIGIT_PIXELS * sizeof(double);
    double *from = malloc(size_bytes);
    assert_non_null(from);
    memcpy(from, in, size_bytes);
    for (size_t i = 0; i < architecture->layer_count; i++) {
        const struct pass pass = {
            &architecture->layers[i], i, images, &table, parameters, training};
        double *out = calloc(images * shape_elements(&pass.layer->out), sizeof *out);
        assert_non_null(out);
        run_layer(out, from, &pass);
        free(from);
        from = out;
    }
    memcpy(logits, from, images * DIGIT_CLASSES * sizeof *logits);
    free(from);
}

static double image_loss(const double *logits, size_t label, double smoothing)
{
    double sum = 0.0, loss = 0.0;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        sum += exp(logits[i]);
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        loss -= (smoothing / DIGIT_CLASSES + (i == label ? 1.0 - smoothing : 0.0)) *
                (logits[i] - log(sum));
    return loss;
}

double reference_loss(const double *logits, const uint8_t *labels, size_t images, double smoothing)
{
    double loss = 0.0;
    for (size_t n = 0; n < images; n++)
        loss += image_loss(logits + n * DIGIT_CLASSES, labels[n], smoothing) / (double)images;
    return loss;
}
