#include "core/layers/softmax.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/layers/lanes.h"
#include "tests/support/golden.h"

#define CLASSES 10

static void probabilities_and_losses_match_pytorch(void **state)
{
    (void)state;
    struct safetensors *golden = golden_open("layers.safetensors");
    const struct safetensor *logits = golden_get(golden, "softmax", "logits");
    const float *labels = golden_get(golden, "softmax", "labels")->data;
    for (size_t n = 0; n < logits->shape[0]; n++) {
        const float *row = logits->data + n * CLASSES;
        float probabilities[CLASSES];
        softmax_forward(probabilities, row, CLASSES);
        assert_close(probabilities,
                     golden_get(golden, "softmax", "probabilities")->data + n * CLASSES, CLASSES,
                     1e-6);
        float loss = (float)softmax_cross_entropy(row, CLASSES, 1, (size_t)labels[n]);
        assert_close(&loss, golden_get(golden, "softmax", "losses")->data + n, 1, 1e-6);
    }
    safetensors_destroy(golden);
}

static void smoothed_gradient_matches_pytorch(void **state)
{
    (void)state;
    struct safetensors *golden = golden_open("layers.safetensors");
    const struct safetensor *logits = golden_get(golden, "softmax", "logits");
    const float *labels = golden_get(golden, "softmax", "labels")->data;
    size_t images = logits->shape[0];
    float *block = block_from_images(logits, 0, LANES);
    float grad[CLASSES * LANES];
    for (size_t lane = 0; lane < images; lane++)
        softmax_cross_entropy_backward(grad + lane, block + lane, CLASSES, LANES,
                                       (size_t)labels[lane], 0.1f, 1.0f / (float)images);
    float *grads = images_from_block(grad, CLASSES, images, LANES);
    assert_close(grads, golden_get(golden, "softmax", "grad_smoothed")->data, images * CLASSES,
                 1e-6);
    free(grads);
    free(block);
    safetensors_destroy(golden);
}

static void gradient_matches_finite_differences(void **state)
{
    (void)state;
    float logits[CLASSES], grad[CLASSES];
    for (size_t i = 0; i < CLASSES; i++)
        logits[i] = (float)(i * 7 % 10) / 4.0f;
    softmax_cross_entropy_backward(grad, logits, CLASSES, 1, 3, 0.0f, 1.0f);
    for (size_t i = 0; i < CLASSES; i++) {
        const float step = 0x1p-10f, value = logits[i]; /* exact in float */
        logits[i] = value + step;
        double up = softmax_cross_entropy(logits, CLASSES, 1, 3);
        logits[i] = value - step;
        double down = softmax_cross_entropy(logits, CLASSES, 1, 3);
        logits[i] = value;
        assert_true(fabs((up - down) / (2.0 * step) - grad[i]) < 1e-6);
    }
}

static void huge_logits_stay_finite(void **state)
{
    (void)state;
    const float logits[3] = {3e38f, -3e38f, 3e38f};
    float probabilities[3];
    softmax_forward(probabilities, logits, 3);
    assert_true(probabilities[0] == 0.5f && probabilities[1] == 0.0f && probabilities[2] == 0.5f);
    assert_true(isfinite(softmax_cross_entropy(logits, 3, 1, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probabilities_and_losses_match_pytorch),
        cmocka_unit_test(smoothed_gradient_matches_pytorch),
        cmocka_unit_test(gradient_matches_finite_differences),
        cmocka_unit_test(huge_logits_stay_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
