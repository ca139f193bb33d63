#include "trainer/net/network_backward.h"

#include <stdint.h>
#include <string.h>

#include <digit/model.h>

#include "core/layers/softmax.h"

/* The gradient of a chunk while the backward pass goes down through a span. */
struct descent {
    const float *grad; /* the current gradient */
    size_t free;       /* which of the thread's two gradient buffers is free */
    float *end;        /* where the gradient of the span's first layer is to be written, or NULL */
};

/* Where the gradient at the beginning of a span is kept. Neighbouring spans use different arrays. A
 * block has the same place in all spans, because a thread may be several spans ahead of another one
 * where no batch normalisation makes it wait. */
static float *boundary_place(const struct train_step *step, size_t span_index,
                             const struct chunk *chunk)
{
    const struct train_network *network = step->network;
    size_t elements = span_boundary_elements(network, &network->spans[span_index]);
    return network->boundary_gradients[span_index % 2] +
           chunk->block * boundary_block_floats(network->boundary_elements) +
           chunk->first % GRADIENT_BLOCK_IMAGES * elements;
}

static size_t span_index_of(const struct train_step *step, const struct span *span)
{
    return (size_t)(span - step->network->spans);
}

/* Whether layer `index` has a backward computation in its span. The batch normalisation that begins
 * a span, with its ReLU and pooling, is computed by the span below. */
static bool has_backward(const struct train_step *step, const struct span *span, size_t index)
{
    const struct train_network *network = step->network;
    const struct train_layer *state = &network->layers[index];
    if (state->layer->type == LAYER_FLATTEN || state->is_fused)
        return false;
    return !span->has_norm || (index > span->first && index != network->layers[span->first].pool);
}

/* Where the next gradient is to be written: to the boundary if it is the last one of the span. */
static float *next_place(struct descent *descent, const struct chunk *chunk, bool is_last)
{
    if (is_last && descent->end != NULL)
        return descent->end;
    return chunk->memory->grads[descent->free];
}

static void set_gradient(struct descent *descent, const struct chunk *chunk, const float *place)
{
    descent->grad = place;
    if (place == chunk->memory->grads[descent->free])
        descent->free = 1 - descent->free;
}

/* The gradient of `weight` times the cross-entropy with the image's label and its mixup label. */
static void label_gradient(const struct train_batch *batch, size_t image, float *grads,
                           const float *logits, float weight)
{
    float smoothing = batch->label_smoothing;
    const struct train_mixup none = {0, 0.0f};
    const struct train_mixup *mixup = batch->mixups != NULL ? &batch->mixups[image] : &none;
    softmax_cross_entropy_backward(grads, logits, DIGIT_CLASSES, batch->labels[image], smoothing,
                                   weight * (1.0f - mixup->share));
    if (mixup->share == 0.0f)
        return;
    float others[DIGIT_CLASSES];
    softmax_cross_entropy_backward(others, logits, DIGIT_CLASSES, mixup->label, smoothing,
                                   weight * mixup->share);
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        grads[i] += others[i];
}

/* The gradient of the batch's loss with respect to one image's logits. */
static void image_gradient(const struct train_batch *batch, size_t image, float *grads,
                           const float *logits)
{
    float teacher_share = batch->teacher != NULL ? batch->teacher_share : 0.0f;
    float weight = 1.0f / (float)batch->count;
    if (batch->labels[image] == TRAIN_NO_CLASS) { /* smoothing 1: the uniform target */
        softmax_cross_entropy_backward(grads, logits, DIGIT_CLASSES, 0, 1.0f, weight);
        return;
    }
    label_gradient(batch, image, grads, logits, weight * (1.0f - teacher_share));
    if (teacher_share > 0.0f)
        softmax_distillation_backward(grads, logits, batch->teacher + image * DIGIT_CLASSES,
                                      DIGIT_CLASSES, batch->temperature, weight * teacher_share);
}

static void loss_gradient(const struct train_step *step, const struct chunk *chunk, float *grad)
{
    struct train_network *network = step->network;
    const struct train_batch *batch = step->batch;
    const float *out = step_out(step, network->architecture->layer_count - 1, chunk);
    for (size_t image = 0; image < chunk->count; image++) {
        float logits[DIGIT_CLASSES], grads[DIGIT_CLASSES];
        for (size_t i = 0; i < DIGIT_CLASSES; i++)
            logits[i] = out[image * DIGIT_CLASSES + step_logit(network, i)];
        image_gradient(batch, chunk->first + image, grads, logits);
        for (size_t i = 0; i < DIGIT_CLASSES; i++)
            grad[image * DIGIT_CLASSES + step_logit(network, i)] = grads[i];
    }
}

/* The gradient with respect to the output of the span's batch normalisation. It is kept at the
 * boundary; if a pooling follows, it is computed from the pooling's gradient into `room`, and the
 * output of the batch normalisation is computed again for that. */
static const float *norm_gradient(const struct train_step *step, size_t span_index,
                                  const struct chunk *chunk, float *room)
{
    const struct train_network *network = step->network;
    size_t index = network->spans[span_index].first, pool = network->layers[index].pool;
    const float *kept = boundary_place(step, span_index, chunk);
    if (pool == 0)
        return kept;
    step_normalise(step, index, chunk);
    network->train_kernels->maxpool2d_backward(room, kept, step_in(step, pool, chunk),
                                               step_out(step, pool, chunk),
                                               &network->layers[pool].maxpool2d, chunk->count);
    return room;
}

/* Computes the gradient with respect to a batch normalisation's input. */
static void backward_norm(const struct train_step *step, size_t span_index,
                          const struct chunk *chunk, float *grad_in)
{
    size_t index = step->network->spans[span_index].first;
    const struct train_layer *state = &step->network->layers[index];
    const struct norm_state *norm = &state->norm;
    const float *grad = norm_gradient(step, span_index, chunk, grad_in);
    step->network->train_kernels->normalise_backward(
        grad_in, grad, state->has_relu ? step_out(step, index, chunk) : NULL,
        step_in(step, index, chunk), norm->factor, norm->slope, norm->backward_term,
        chunk->count * norm->pixels, norm->channels);
}

/* Adds the gradient's sum over the pixels to the block's gradient of the bias. */
static void backward_bias(float *grad_bias, const float *grad, size_t pixels, size_t channels,
                          const struct chunk *chunk, const struct train_kernels *kernels)
{
    double *totals = chunk->memory->totals;
    for (size_t c = 0; c < channels; c++)
        totals[c] = chunk->begins_block ? 0.0 : grad_bias[c];
    kernels->totals(totals, grad, pixels, channels);
    for (size_t c = 0; c < channels; c++)
        grad_bias[c] = (float)totals[c];
}

static void backward_conv2d(const struct train_step *step, size_t index, const struct chunk *chunk,
                            const float *grad, float *grad_in)
{
    struct train_network *network = step->network;
    const struct train_layer *state = &network->layers[index];
    const struct conv2d *conv = &state->conv2d;
    float *grad_weight = network->block_gradients + chunk->block * network->block_gradient_total +
                         state->gradient_offset;
    if (state->offsets[PARAMETER_BIAS] != SIZE_MAX)
        backward_bias(grad_weight + conv2d_depth(conv) * conv->out_channels, grad,
                      chunk->count * conv->out_height * conv->out_width, conv->out_channels, chunk,
                      network->train_kernels);
    conv2d_backward_weight(grad_weight, grad, step_in(step, index, chunk), chunk->count,
                           !chunk->begins_block, conv, &state->tables, chunk->memory->scratch,
                           network->train_kernels);
    if (index > 0) /* the gradient with respect to the pixels is not needed */
        conv2d_backward_input(grad_in, grad, chunk->count, state->packed_backward, conv,
                              &state->taps, network->kernels);
}

static void backward_dropout(float *grad_in, const float *grad, const float *mask, size_t count)
{
    for (size_t i = 0; i < count; i++)
        grad_in[i] = grad[i] * mask[i];
}

static void backward_layer(const struct train_step *step, size_t index, const struct chunk *chunk,
                           const float *grad, float *grad_in)
{
    const struct train_layer *state = &step->network->layers[index];
    const struct train_kernels *kernels = step->network->train_kernels;
    size_t count = chunk->count * state->out_elements;
    switch (state->layer->type) {
    case LAYER_CONV2D:
    case LAYER_DENSE:
        backward_conv2d(step, index, chunk, grad, grad_in);
        break;
    case LAYER_MAXPOOL2D:
        kernels->maxpool2d_backward(grad_in, grad, step_in(step, index, chunk),
                                    step_out(step, index, chunk), &state->maxpool2d, chunk->count);
        break;
    case LAYER_RELU:
        kernels->relu_backward(grad_in, grad, step_out(step, index, chunk), count);
        break;
    case LAYER_DROPOUT:
        backward_dropout(grad_in, grad, state->mask + chunk->first * state->out_elements, count);
        break;
    case LAYER_BATCHNORM2D:
    case LAYER_FLATTEN:
        break;
    }
}

/* Adds the chunk's images to the sums for the backward pass of the span's batch normalisation. */
static void sum_chunk(const struct train_step *step, const struct span *span,
                      const struct chunk *chunk)
{
    const struct train_layer *state = &step->network->layers[span->first];
    const struct norm_state *norm = &state->norm;
    double *sums = norm->sums + chunk->block * 2 * norm->channels;
    for (size_t i = 0; chunk->begins_block && i < 2 * norm->channels; i++)
        sums[i] = 0.0;
    const float *grad =
        norm_gradient(step, span_index_of(step, span), chunk, chunk->memory->grads[0]);
    step->network->train_kernels->gradient_sums(
        sums, sums + norm->channels, grad,
        state->has_relu ? step_out(step, span->first, chunk) : NULL,
        step_in(step, span->first, chunk), norm->mean, chunk->count * norm->pixels, norm->channels);
}

/* Sets descent->grad to the gradient with respect to the span's output. */
static void begin_descent(struct descent *descent, const struct train_step *step, size_t span_index,
                          const struct chunk *chunk, bool is_last)
{
    size_t above = span_index + 1;
    float *place = next_place(descent, chunk, is_last);
    if (above < step->network->span_count && !step->network->spans[above].has_norm) {
        descent->grad = boundary_place(step, above, chunk);
        return;
    }
    if (above == step->network->span_count)
        loss_gradient(step, chunk, place);
    else
        backward_norm(step, above, chunk, place);
    set_gradient(descent, chunk, place);
}

static void backward_chunk(const struct train_step *step, const struct span *span,
                           const struct chunk *chunk)
{
    size_t span_index = span_index_of(step, span), lowest = span->end;
    for (size_t i = span->first; i < span->end && lowest == span->end; i++)
        if (has_backward(step, span, i))
            lowest = i;
    struct descent descent = {NULL, 0, NULL};
    if (span_index > 0 || span->has_norm)
        descent.end = boundary_place(step, span_index, chunk);
    begin_descent(&descent, step, span_index, chunk, lowest == span->end);
    for (size_t i = span->end; i-- > span->first;) {
        if (!has_backward(step, span, i))
            continue;
        float *place = next_place(&descent, chunk, i == lowest);
        backward_layer(step, i, chunk, descent.grad, place);
        set_gradient(&descent, chunk, place);
    }
    if (descent.end != NULL &&
        descent.grad != descent.end) /* no layer of the span had a backward computation */
        memcpy(descent.end, descent.grad,
               chunk->count * span_boundary_elements(step->network, span) * sizeof *descent.end);
    if (span->has_norm)
        sum_chunk(step, span, chunk);
}

/* Computes the gradients of scale and shift, and the factors of normalise_backward, for one
 * channel. */
static void finish_channel(const struct train_step *step, size_t index, size_t channel)
{
    struct train_network *network = step->network;
    const struct train_layer *state = &network->layers[index];
    const struct norm_state *norm = &state->norm;
    double count = (double)step->batch->count * (double)norm->pixels;
    double shift = 0.0, product = 0.0;
    for (size_t block = 0; block < step->blocks; block++) {
        shift += norm->sums[block * 2 * norm->channels + channel];
        product += norm->sums[(block * 2 + 1) * norm->channels + channel];
    }
    double inverse = norm->inverse[channel], factor = norm->factor[channel];
    double scale = product * inverse;
    double slope = -factor * inverse * scale / count;
    network->gradients[state->offsets[PARAMETER_SCALE] + channel] = (float)scale;
    network->gradients[state->offsets[PARAMETER_SHIFT] + channel] = (float)shift;
    norm->slope[channel] = (float)slope;
    norm->backward_term[channel] = (float)(-factor * shift / count - slope * norm->mean[channel]);
}

void step_backward(const struct train_step *step, size_t thread, size_t thread_count)
{
    const struct train_network *network = step->network;
    for (size_t i = network->span_count; i-- > 0;) {
        const struct span *span = &network->spans[i];
        step_each_chunk(step, span, thread, thread_count, backward_chunk);
        if (span->has_norm)
            step_each_channel(step, span->first, thread, thread_count, finish_channel);
    }
}
