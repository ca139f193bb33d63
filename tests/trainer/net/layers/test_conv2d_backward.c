#include "trainer/net/layers/conv2d_backward.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/golden.h"
#include "tests/support/golden_conv2d.h"
#include "tests/test.h"

/* Sums of at most 300 float terms of magnitude 1, added in another order than in PyTorch. */
#define TOLERANCE 1e-5

static float *allocate(size_t count)
{
    float *values = malloc((count + GRADIENT_SLACK) * sizeof *values);
    assert_non_null(values);
    /* A value that no test expects. */
    memset(values, 0x7f, (count + GRADIENT_SLACK) * sizeof *values);
    return values;
}

static void backward_input(float *grad_in, const float *grad_out, size_t images,
                           const float *weight, const struct conv2d_fixture *fixture)
{
    const struct conv2d *conv = &fixture->conv;
    struct conv2d_taps taps;
    float *packed = allocate(conv2d_backward_packed_floats(conv, fixture->kernels));
    assert_true(conv2d_taps_init(&taps, conv, &fixture->tables));
    for (size_t tap = 0; tap < conv->kernel_height * conv->kernel_width; tap++)
        conv2d_backward_pack(packed, weight, tap, conv, fixture->kernels);
    conv2d_backward_input(grad_in, grad_out, images, packed, conv, &taps, fixture->kernels);
    conv2d_taps_release(&taps);
    conv2d_taps_release(&taps);
    free(packed);
}

/* The gradient of the weights in the order of PyTorch, OIHW. */
static void backward_weight(float *grad_weight, const float *grad_out, const float *in,
                            size_t images, const struct conv2d_fixture *fixture)
{
    const struct conv2d *conv = &fixture->conv;
    size_t taps = conv->kernel_height * conv->kernel_width;
    float *rows = allocate(conv2d_depth(conv) * conv->out_channels);
    conv2d_backward_weight(rows, grad_out, in, images, false, conv, &fixture->tables,
                           fixture->scratch, train_kernels_for(fixture->kernels));
    for (size_t k = 0; k < conv->out_channels; k++)
        for (size_t c = 0; c < conv->in_channels; c++)
            for (size_t tap = 0; tap < taps; tap++)
                grad_weight[(k * conv->in_channels + c) * taps + tap] =
                    rows[(tap * conv->in_channels + c) * conv->out_channels + k];
    free(rows);
}

static void check_against_pytorch(const struct safetensors *golden,
                                  const struct golden_conv2d *which, const struct kernels *kernels)
{
    const struct safetensor *in = golden_get(golden, which->name, "in");
    const struct safetensor *weight = golden_get(golden, which->name, "weight");
    const struct conv2d conv = golden_conv2d_sizes(golden, which);
    struct conv2d_fixture fixture = conv2d_fixture_make(&conv, weight->data, kernels);
    float *from = golden_nhwc(in);
    float *grad_out = golden_nhwc(golden_get(golden, which->name, "grad_out"));
    float *grad_in = allocate(in->count), *grad_weight = allocate(weight->count);
    backward_input(grad_in, grad_out, in->shape[0], weight->data, &fixture);
    assert_nhwc_close(grad_in, golden_get(golden, which->name, "grad_in"), TOLERANCE);
    backward_weight(grad_weight, grad_out, from, in->shape[0], &fixture);
    assert_close(grad_weight, golden_get(golden, which->name, "grad_weight")->data, weight->count,
                 TOLERANCE);
    free(from);
    free(grad_out);
    free(grad_in);
    free(grad_weight);
    conv2d_fixture_release(&fixture);
}

TEST(both_gradients_match_pytorch_on_all_kernels)
{
    struct safetensors *golden = golden_open("layers.safetensors");
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t i = 0; i < GOLDEN_CONV2DS; i++)
            check_against_pytorch(golden, &golden_conv2ds[i], kernels_at(k));
    safetensors_destroy(golden);
}

/* Small integers, so that every sum is exact and gradients can be compared for equality. */
static void fill(float *values, size_t count, unsigned seed)
{
    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525u + 1013904223u;
        values[i] = (float)((int)(seed >> 28) - 8);
    }
}

/* loss = <out, r>, which is linear: its derivative with respect to one value is the difference over
 * a step of 1. */
struct difference {
    struct conv2d conv;
    float in[2 * 7 * 6 + GRADIENT_SLACK], weight[3 * 2 * 3 * 2];
    float r[3 * 8 * 7 + GRADIENT_SLACK], out[3 * 8 * 7];
};

static double loss_of(struct difference *d)
{
    struct conv2d_fixture fixture = conv2d_fixture_make(&d->conv, d->weight, kernels_select());
    double loss = 0.0;
    conv2d_fixture_forward(d->out, d->in, 1, NULL, &fixture);
    for (size_t i = 0; i < conv2d_out_elements(&d->conv); i++)
        loss += (double)d->out[i] * d->r[i];
    conv2d_fixture_release(&fixture);
    return loss;
}

static void assert_matches_differences(struct difference *d, float *values, const float *gradient,
                                       size_t count)
{
    double before = loss_of(d);
    for (size_t i = 0; i < count; i++) {
        values[i] += 1.0f;
        assert_true(loss_of(d) - before == gradient[i]);
        values[i] -= 1.0f;
    }
}

TEST(gradients_match_finite_differences)
{
    static const size_t variants[][4] = {{1, 1, 0, 0}, {1, 1, 1, 1}, {2, 1, 1, 0}, {3, 2, 2, 1}};
    for (size_t v = 0; v < 4; v++) {
        struct difference d = {.conv = {.in_channels = 2,
                                        .in_height = 7,
                                        .in_width = 6,
                                        .out_channels = 3,
                                        .kernel_height = 3,
                                        .kernel_width = 2,
                                        .stride_height = variants[v][0],
                                        .stride_width = variants[v][1],
                                        .padding_height = variants[v][2],
                                        .padding_width = variants[v][3]}};
        d.conv.out_height = (7 + 2 * variants[v][2] - 3) / variants[v][0] + 1;
        d.conv.out_width = (6 + 2 * variants[v][3] - 2) / variants[v][1] + 1;
        fill(d.in, 2 * 7 * 6, 1);
        fill(d.weight, 3 * 2 * 3 * 2, 2);
        fill(d.r, 3 * 8 * 7, 4);
        float grad_in[2 * 7 * 6], grad_weight[3 * 2 * 3 * 2];
        struct conv2d_fixture fixture = conv2d_fixture_make(&d.conv, d.weight, kernels_select());
        backward_input(grad_in, d.r, 1, d.weight, &fixture);
        backward_weight(grad_weight, d.r, d.in, 1, &fixture);
        conv2d_fixture_release(&fixture);
        assert_matches_differences(&d, d.in, grad_in, 2 * 7 * 6);
        assert_matches_differences(&d, d.weight, grad_weight, 3 * 2 * 3 * 2);
    }
}

TEST(gradients_of_weights_are_added_on_request)
{
    const struct conv2d conv = {1, 2, 2, 3, 1, 1, 2, 2, 1, 1, 0, 0};
    const float weight[12] = {0}, in[4] = {1, 2, 3, 4};
    const float grad_out[3 + GRADIENT_SLACK] = {1, 10, 100};
    float grad_weight[12 + GRADIENT_SLACK];
    struct conv2d_fixture fixture = conv2d_fixture_make(&conv, weight, kernels_select());
    const struct train_kernels *kernels = train_kernels_for(kernels_select());
    for (size_t round = 1; round <= 2; round++) {
        conv2d_backward_weight(grad_weight, grad_out, in, 1, round > 1, &conv, &fixture.tables,
                               fixture.scratch, kernels);
        for (size_t i = 0; i < 12; i++)
            assert_true(grad_weight[i] == (float)round * in[i / 3] * grad_out[i % 3]);
    }
    conv2d_fixture_release(&fixture);
}

TEST_MAIN(cmocka_unit_test(both_gradients_match_pytorch_on_all_kernels),
          cmocka_unit_test(gradients_match_finite_differences),
          cmocka_unit_test(gradients_of_weights_are_added_on_request))
