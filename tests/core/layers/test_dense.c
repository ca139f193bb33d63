#include "core/layers/dense.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/layers/lanes.h"
#include "tests/support/golden.h"

/* Sums of at most eleven float terms, in another order than PyTorch's. */
#define TOLERANCE 1e-6

static void check_against_pytorch(const struct safetensors *golden, size_t image, size_t lanes,
                                  float *grad_weight, float *grad_bias)
{
    const struct safetensor *in = golden_get(golden, "dense", "in");
    const struct safetensor *out = golden_get(golden, "dense", "out");
    const struct safetensor *weight = golden_get(golden, "dense", "weight");
    struct dense dense = {in->shape[1], out->shape[1]};
    size_t left = in->shape[0] - image;
    size_t used = left < lanes ? left : lanes;
    float *in_block = block_from_images(in, image, lanes);
    float *grad_block = block_from_images(golden_get(golden, "dense", "grad_out"), image, lanes);
    float *block = calloc((dense.in_features + dense.out_features) * lanes, sizeof *block);

    dense_forward(block, in_block, weight->data, golden_get(golden, "dense", "bias")->data, &dense,
                  lanes);
    float *images = images_from_block(block, dense.out_features, used, lanes);
    assert_close(images, out->data + image * dense.out_features, used * dense.out_features,
                 TOLERANCE);
    free(images);
    dense_backward_input(block, grad_block, weight->data, &dense, lanes);
    images = images_from_block(block, dense.in_features, used, lanes);
    assert_close(images, golden_get(golden, "dense", "grad_in")->data + image * dense.in_features,
                 used * dense.in_features, TOLERANCE);
    free(images);
    dense_backward_weight(grad_weight, grad_bias, grad_block, in_block, &dense, lanes);
    free(in_block);
    free(grad_block);
    free(block);
}

static void all_passes_match_pytorch(void **state)
{
    (void)state;
    struct safetensors *golden = golden_open("layers.safetensors");
    const struct safetensor *weight = golden_get(golden, "dense", "grad_weight");
    const struct safetensor *bias = golden_get(golden, "dense", "grad_bias");
    size_t images = golden_get(golden, "dense", "in")->shape[0];
    static const size_t lane_counts[] = {1, LANES};
    for (size_t i = 0; i < 2; i++) {
        float *grad_weight = calloc(weight->count, sizeof *grad_weight);
        float *grad_bias = calloc(bias->count, sizeof *grad_bias);
        for (size_t image = 0; image < images; image += lane_counts[i])
            check_against_pytorch(golden, image, lane_counts[i], grad_weight, grad_bias);
        assert_close(grad_weight, weight->data, weight->count, TOLERANCE);
        assert_close(grad_bias, bias->data, bias->count, TOLERANCE);
        free(grad_weight);
        free(grad_bias);
    }
    safetensors_destroy(golden);
}

static void backward_matches_finite_differences(void **state)
{
    (void)state;
    /* The layer is linear and the numbers are whole: the derivative is an exact difference. */
    struct dense dense = {3, 2};
    float in[3] = {1, -2, 3}, weight[6] = {2, 0, -1, 4, 1, 5}, bias[2] = {1, -1}, r[2] = {3, -2};
    float grad_in[3], grad_weight[6] = {0}, grad_bias[2] = {0}, out[2];
    dense_backward_input(grad_in, r, weight, &dense, 1);
    dense_backward_weight(grad_weight, grad_bias, r, in, &dense, 1);
    float *const values[3] = {in, weight, bias};
    const float *const gradients[3] = {grad_in, grad_weight, grad_bias};
    static const size_t counts[3] = {3, 6, 2};
    dense_forward(out, in, weight, bias, &dense, 1);
    float before = out[0] * r[0] + out[1] * r[1];
    for (size_t which = 0; which < 3; which++)
        for (size_t i = 0; i < counts[which]; i++) {
            values[which][i] += 1.0f;
            dense_forward(out, in, weight, bias, &dense, 1);
            assert_true(out[0] * r[0] + out[1] * r[1] - before == gradients[which][i]);
            values[which][i] -= 1.0f;
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_passes_match_pytorch),
        cmocka_unit_test(backward_matches_finite_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
