#include "core/layers/batchnorm2d.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/layers/conv2d.h"
#include "core/layers/lanes.h"
#include "tests/support/golden.h"

#define CHANNELS  3
#define IMAGES    5
#define EPSILON   1e-5
#define TOLERANCE 1e-5 /* float against PyTorch's float, forty values a channel */

/* Mean, inverse deviation and the gradient sums of one block that holds the whole batch. */
struct statistics {
    float mean[CHANNELS];
    float inverse[CHANNELS];
    float grad_scale[CHANNELS];
    float grad_shift[CHANNELS];
    float mean_grad[CHANNELS];
    float mean_grad_normalised[CHANNELS];
};

static void gather(struct statistics *out, const float *in, const float *grad_out,
                   const struct batchnorm2d *norm)
{
    double sum[CHANNELS], squares[CHANNELS], grad_scale[CHANNELS], grad_shift[CHANNELS];
    double count = (double)(norm->pixels * IMAGES);
    batchnorm2d_sums(sum, squares, in, norm, LANES, IMAGES);
    for (size_t c = 0; c < CHANNELS; c++) {
        double mean = sum[c] / count;
        out->mean[c] = (float)mean;
        out->inverse[c] = (float)(1.0 / sqrt(squares[c] / count - mean * mean + EPSILON));
    }
    batchnorm2d_backward_sums(grad_scale, grad_shift, grad_out, in, out->mean, out->inverse, norm,
                              LANES, IMAGES);
    for (size_t c = 0; c < CHANNELS; c++) {
        out->grad_scale[c] = (float)grad_scale[c];
        out->grad_shift[c] = (float)grad_shift[c];
        out->mean_grad[c] = (float)(grad_shift[c] / count);
        out->mean_grad_normalised[c] = (float)(grad_scale[c] / count);
    }
}

static void assert_block_close(const float *block, const struct safetensor *expected)
{
    size_t elements = expected->count / expected->shape[0];
    float *images = images_from_block(block, elements, expected->shape[0], LANES);
    assert_close(images, expected->data, expected->count, TOLERANCE);
    free(images);
}

static void both_passes_match_pytorch(void **state)
{
    (void)state;
    struct safetensors *golden = golden_open("layers.safetensors");
    const struct safetensor *in = golden_get(golden, "batchnorm2d", "in");
    const float *scale = golden_get(golden, "batchnorm2d", "scale")->data;
    const float *shift = golden_get(golden, "batchnorm2d", "shift")->data;
    struct batchnorm2d norm = {in->shape[1], in->shape[2] * in->shape[3]};
    float *in_block = block_from_images(in, 0, LANES);
    float *grad_block = block_from_images(golden_get(golden, "batchnorm2d", "grad_out"), 0, LANES);
    float *block = calloc(norm.channels * norm.pixels * LANES, sizeof *block);
    /* What lies in unused lanes must not matter. */
    for (size_t i = 0; i < norm.channels * norm.pixels; i++)
        for (size_t lane = IMAGES; lane < LANES; lane++)
            in_block[i * LANES + lane] = grad_block[i * LANES + lane] = 1e3f;

    struct statistics s;
    gather(&s, in_block, grad_block, &norm);
    batchnorm2d_forward(block, in_block, s.mean, s.inverse, scale, shift, &norm, LANES);
    assert_block_close(block, golden_get(golden, "batchnorm2d", "out"));
    batchnorm2d_backward_input(block, grad_block, in_block, s.mean, s.inverse, scale, s.mean_grad,
                               s.mean_grad_normalised, &norm, LANES, IMAGES);
    assert_block_close(block, golden_get(golden, "batchnorm2d", "grad_in"));
    for (size_t lane = IMAGES; lane < LANES; lane++)
        assert_true(block[lane] == 0.0f);
    assert_close(s.grad_scale, golden_get(golden, "batchnorm2d", "grad_scale")->data, CHANNELS,
                 TOLERANCE);
    assert_close(s.grad_shift, golden_get(golden, "batchnorm2d", "grad_shift")->data, CHANNELS,
                 TOLERANCE);
    free(in_block);
    free(grad_block);
    free(block);
    safetensors_destroy(golden);
}

/* <out, r> of a batch of two images of two pixels in one channel, all in double. */
static double loss_of(const double in[4], double scale, double shift, const double r[4])
{
    double mean = (in[0] + in[1] + in[2] + in[3]) / 4.0, variance = 0.0, loss = 0.0;
    for (size_t i = 0; i < 4; i++)
        variance += (in[i] - mean) * (in[i] - mean) / 4.0;
    for (size_t i = 0; i < 4; i++)
        loss += r[i] * (scale * (in[i] - mean) / sqrt(variance + EPSILON) + shift);
    return loss;
}

static void backward_matches_finite_differences(void **state)
{
    (void)state;
    /* Pixel p of image n is element p * LANES + n of a block, and element 2n + p below. */
    const double values[4] = {0.5, -1.25, 2.0, 0.75}, r[4] = {1.0, -0.5, 0.25, 2.0};
    struct batchnorm2d norm = {1, 2};
    float in[2 * LANES] = {0}, grad_out[2 * LANES] = {0}, grad_in[2 * LANES];
    for (size_t i = 0; i < 4; i++) {
        in[i % 2 * LANES + i / 2] = (float)values[i];
        grad_out[i % 2 * LANES + i / 2] = (float)r[i];
    }
    double sum, squares, grad_scale, grad_shift;
    batchnorm2d_sums(&sum, &squares, in, &norm, LANES, 2);
    float mean = (float)(sum / 4.0), scale = 1.5f;
    float inverse = (float)(1.0 / sqrt(squares / 4.0 - (double)mean * mean + EPSILON));
    batchnorm2d_backward_sums(&grad_scale, &grad_shift, grad_out, in, &mean, &inverse, &norm, LANES,
                              2);
    float mean_grad = (float)(grad_shift / 4.0), mean_normalised = (float)(grad_scale / 4.0);
    batchnorm2d_backward_input(grad_in, grad_out, in, &mean, &inverse, &scale, &mean_grad,
                               &mean_normalised, &norm, LANES, 2);
    for (size_t i = 0; i < 4; i++) {
        double step = 1e-5, up[4], down[4];
        for (size_t j = 0; j < 4; j++) {
            up[j] = values[j] + (i == j ? step : 0.0);
            down[j] = values[j] - (i == j ? step : 0.0);
        }
        double slope = (loss_of(up, 1.5, 0.25, r) - loss_of(down, 1.5, 0.25, r)) / (2.0 * step);
        assert_true(fabs(grad_in[i % 2 * LANES + i / 2] - slope) < 1e-5);
    }
}

static void folding_gives_what_the_two_layers_give(void **state)
{
    (void)state;
    struct conv2d conv = {1, 1, 3, 2, 1, 2, 1, 2, 1, 1, 0, 0};
    struct batchnorm2d norm = {2, 2};
    const float in[3] = {1.0f, -2.0f, 0.5f};
    float weight[4] = {1.0f, 2.0f, -1.0f, 0.5f}, bias[2] = {0.5f, -1.0f};
    const float mean[2] = {0.25f, -0.5f}, variance[2] = {4.0f, 0.5f};
    const float scale[2] = {2.0f, -1.0f}, shift[2] = {0.125f, 3.0f};
    float inverse[2], plain[4], expected[4], folded[4];
    for (size_t c = 0; c < 2; c++)
        inverse[c] = (float)(1.0 / sqrt(variance[c] + EPSILON));
    conv2d_forward(plain, in, weight, bias, &conv, 1);
    batchnorm2d_forward(expected, plain, mean, inverse, scale, shift, &norm, 1);
    batchnorm2d_fold(weight, bias, scale, shift, mean, variance, (float)EPSILON, 2, 2);
    conv2d_forward(folded, in, weight, bias, &conv, 1);
    assert_close(folded, expected, 4, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_passes_match_pytorch),
        cmocka_unit_test(backward_matches_finite_differences),
        cmocka_unit_test(folding_gives_what_the_two_layers_give),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
