#include <stdint.h>
#include <string.h>

#include <digit/model.h>

#include "core/layers/batchnorm2d.h"
#include "core/layers/conv2d.h"
#include "core/layers/dense.h"
#include "core/layers/dropout.h"
#include "core/layers/maxpool2d.h"
#include "core/layers/relu.h"
#include "core/layers/softmax.h"
#include "core/network/plan.h"
#include "trainer/network_data.h"

/* A block's gradients at the layer at hand: of its output, and of its input, which is written. */
struct gradients {
    const float *out;
    float *in;
    float *parameters; /* the block's own flat array */
};

/* The buffers change roles from layer to layer; flatten is no step of its own and changes nothing.
 */
static struct gradients gradients_at(const struct train_step *step, size_t block, size_t turn)
{
    struct train_network *network = step->network;
    size_t at = block * network->max_elements * LANES;
    return (struct gradients){
        .out = network->grad_buffers[turn % 2] + at,
        .in = network->grad_buffers[(turn + 1) % 2] + at,
        .parameters = network->block_gradients + block * network->table.total,
    };
}

static float *parameter_gradient(const struct train_step *step, const struct gradients *gradients,
                                 size_t index, enum parameter_role role)
{
    size_t offset = step->network->layers[index].offsets[role];
    return offset == SIZE_MAX ? NULL : gradients->parameters + offset;
}

static void start_block(const struct train_step *step, size_t block)
{
    struct train_network *network = step->network;
    const struct train_batch *batch = step->batch;
    size_t last = network->architecture->layer_count - 1;
    const float *logits = network->layers[last].out + block * DIGIT_CLASSES * LANES;
    float *grad = network->grad_buffers[0] + block * network->max_elements * LANES;
    memset(network->block_gradients + block * network->table.total, 0,
           network->table.total * sizeof *network->block_gradients);
    memset(grad, 0, DIGIT_CLASSES * LANES * sizeof *grad);
    for (size_t lane = 0; lane < step_used_lanes(step, block); lane++)
        softmax_cross_entropy_backward(grad + lane, logits + lane, DIGIT_CLASSES, LANES,
                                       batch->labels[block * LANES + lane], batch->label_smoothing,
                                       1.0f / (float)batch->count);
}

static void backward_conv2d(const struct train_step *step, size_t index, size_t block,
                            const struct gradients *gradients)
{
    const struct train_layer *state = &step->network->layers[index];
    struct conv2d conv = layer_conv2d(state->layer);
    conv2d_backward_weight(parameter_gradient(step, gradients, index, PARAMETER_WEIGHT),
                           parameter_gradient(step, gradients, index, PARAMETER_BIAS),
                           gradients->out, step_layer_input(step, index, block), &conv, LANES);
    if (index > 0) /* nobody asks for the gradient of the pixels */
        conv2d_backward_input(gradients->in, gradients->out,
                              step->network->parameters + state->offsets[PARAMETER_WEIGHT], &conv,
                              LANES);
}

static void backward_dense(const struct train_step *step, size_t index, size_t block,
                           const struct gradients *gradients)
{
    const struct train_layer *state = &step->network->layers[index];
    struct dense dense = layer_dense(state->layer);
    dense_backward_weight(parameter_gradient(step, gradients, index, PARAMETER_WEIGHT),
                          parameter_gradient(step, gradients, index, PARAMETER_BIAS),
                          gradients->out, step_layer_input(step, index, block), &dense, LANES);
    dense_backward_input(gradients->in, gradients->out,
                         step->network->parameters + state->offsets[PARAMETER_WEIGHT], &dense,
                         LANES);
}

static void backward_batchnorm2d(const struct train_step *step, size_t index, size_t block,
                                 const struct gradients *gradients)
{
    const struct train_layer *state = &step->network->layers[index];
    struct batchnorm2d size = layer_batchnorm2d(state->layer);
    batchnorm2d_backward_input(gradients->in, gradients->out, step_layer_input(step, index, block),
                               state->norm.mean, state->norm.inverse,
                               step->network->parameters + state->offsets[PARAMETER_SCALE],
                               state->norm.mean_grad, state->norm.mean_grad_normalised, &size,
                               LANES, step_used_lanes(step, block));
}

static void backward_block(const struct train_step *step, size_t index, size_t block, size_t turn)
{
    const struct train_layer *state = &step->network->layers[index];
    struct gradients gradients = gradients_at(step, block, turn);
    size_t count = shape_elements(&state->layer->out) * LANES;
    struct maxpool2d maxpool2d = layer_maxpool2d(state->layer);
    switch (state->layer->type) {
    case LAYER_CONV2D:
        backward_conv2d(step, index, block, &gradients);
        break;
    case LAYER_DENSE:
        backward_dense(step, index, block, &gradients);
        break;
    case LAYER_BATCHNORM2D:
        backward_batchnorm2d(step, index, block, &gradients);
        break;
    case LAYER_MAXPOOL2D:
        maxpool2d_backward(gradients.in, gradients.out, step_layer_input(step, index, block),
                           state->out + block * count, &maxpool2d, LANES);
        break;
    case LAYER_RELU:
        relu_backward(gradients.in, gradients.out, state->out + block * count, count);
        break;
    case LAYER_DROPOUT:
        dropout_apply(gradients.in, gradients.out, state->mask + block * count, count);
        break;
    case LAYER_FLATTEN:
        break;
    }
}

static void sum_block(const struct train_step *step, size_t index, size_t block, size_t turn)
{
    const struct train_layer *state = &step->network->layers[index];
    struct batchnorm2d size = layer_batchnorm2d(state->layer);
    struct gradients gradients = gradients_at(step, block, turn);
    double *sums = state->norm.sums + block * 2 * size.channels;
    batchnorm2d_backward_sums(sums, sums + size.channels, gradients.out,
                              step_layer_input(step, index, block), state->norm.mean,
                              state->norm.inverse, &size, LANES, step_used_lanes(step, block));
}

/* Totals over the batch; as gradients of scale and shift they are kept with block 0. */
static void finish_sums(const struct train_step *step, size_t index)
{
    const struct train_layer *state = &step->network->layers[index];
    struct batchnorm2d size = layer_batchnorm2d(state->layer);
    double count = (double)step->batch->count * (double)size.pixels;
    float *grad_scale = step->network->block_gradients + state->offsets[PARAMETER_SCALE];
    float *grad_shift = step->network->block_gradients + state->offsets[PARAMETER_SHIFT];
    for (size_t c = 0; c < size.channels; c++) {
        double scale = 0.0, shift = 0.0;
        for (size_t block = 0; block < step->blocks; block++) {
            scale += state->norm.sums[block * 2 * size.channels + c];
            shift += state->norm.sums[(block * 2 + 1) * size.channels + c];
        }
        grad_scale[c] = (float)scale;
        grad_shift[c] = (float)shift;
        state->norm.mean_grad[c] = (float)(shift / count);
        state->norm.mean_grad_normalised[c] = (float)(scale / count);
    }
}

/* All members: what batch normalisation's gradient needs to know of the whole batch. */
static void gather_sums(const struct train_step *step, size_t index, size_t turn, size_t member,
                        size_t members)
{
    for (size_t block = member; block < step->blocks; block += members)
        sum_block(step, index, block, turn);
    team_barrier(step->network->team);
    if (member == 0)
        finish_sums(step, index);
    team_barrier(step->network->team);
}

void step_backward(const struct train_step *step, size_t member, size_t members)
{
    const struct architecture *architecture = step->network->architecture;
    for (size_t block = member; block < step->blocks; block += members)
        start_block(step, block);
    size_t turn = 0;
    for (size_t i = architecture->layer_count; i-- > 0;) {
        if (architecture->layers[i].type == LAYER_FLATTEN)
            continue;
        if (architecture->layers[i].type == LAYER_BATCHNORM2D)
            gather_sums(step, i, turn, member, members);
        for (size_t block = member; block < step->blocks; block += members)
            backward_block(step, i, block, turn);
        turn++;
    }
}
