#include "core/layers/softmax.h"

#include <math.h>
#include <stdlib.h>

#include "tests/support/golden.h"
#include "tests/test.h"

#define CLASSES    10
#define MAX_IMAGES 16

TEST(probabilities_and_losses_match_pytorch)
{
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
        float loss = (float)softmax_cross_entropy(row, CLASSES, (size_t)labels[n]);
        assert_close(&loss, golden_get(golden, "softmax", "losses")->data + n, 1, 1e-6);
    }
    safetensors_destroy(golden);
}

TEST(smoothed_gradient_matches_pytorch)
{
    struct safetensors *golden = golden_open("layers.safetensors");
    const struct safetensor *logits = golden_get(golden, "softmax", "logits");
    const float *labels = golden_get(golden, "softmax", "labels")->data;
    size_t images = logits->shape[0];
    float grads[CLASSES * MAX_IMAGES];
    assert_true(images <= MAX_IMAGES);
    for (size_t n = 0; n < images; n++)
        softmax_cross_entropy_backward(grads + n * CLASSES, logits->data + n * CLASSES, CLASSES,
                                       (size_t)labels[n], 0.1f, 1.0f / (float)images);
    assert_close(grads, golden_get(golden, "softmax", "grad_smoothed")->data, images * CLASSES,
                 1e-6);
    safetensors_destroy(golden);
}

TEST(gradient_matches_finite_differences)
{
    float logits[CLASSES], grad[CLASSES];
    for (size_t i = 0; i < CLASSES; i++)
        logits[i] = (float)(i * 7 % 10) / 4.0f;
    softmax_cross_entropy_backward(grad, logits, CLASSES, 3, 0.0f, 1.0f);
    for (size_t i = 0; i < CLASSES; i++) {
        const float step = 0x1p-10f, value = logits[i]; /* exact in float */
        logits[i] = value + step;
        double up = softmax_cross_entropy(logits, CLASSES, 3);
        logits[i] = value - step;
        double down = softmax_cross_entropy(logits, CLASSES, 3);
        logits[i] = value;
        assert_true(fabs((up - down) / (2.0 * step) - grad[i]) < 1e-6);
    }
}

/* Temperature squared times the divergence of the softened predictions, by definition. */
static double divergence(const float *logits, const float *teacher, float temperature)
{
    float student[CLASSES], target[CLASSES];
    double sum = 0.0;
    for (size_t i = 0; i < CLASSES; i++) {
        student[i] = logits[i] / temperature;
        target[i] = teacher[i] / temperature;
    }
    for (size_t i = 0; i < CLASSES; i++) {
        double log_target = -softmax_cross_entropy(target, CLASSES, i);
        double log_student = -softmax_cross_entropy(student, CLASSES, i);
        sum += exp(log_target) * (log_target - log_student);
    }
    return (double)(temperature * temperature) * sum;
}

TEST(distillation_matches_finite_differences)
{
    float logits[CLASSES], teacher[CLASSES], grad[CLASSES];
    for (size_t i = 0; i < CLASSES; i++) {
        logits[i] = (float)(i * 7 % 10) / 4.0f;
        teacher[i] = (float)(i * 3 % 10) / 2.0f - 3.0f;
    }
    for (size_t round = 0; round < 3; round++) {
        const float temperature = 1.0f + 1.5f * (float)round;
        for (size_t i = 0; i < CLASSES; i++)
            grad[i] = 1.0f; /* the gradient is added */
        softmax_distillation_backward(grad, logits, teacher, CLASSES, temperature, 0.5f);
        for (size_t i = 0; i < CLASSES; i++) {
            const float step = 0x1p-7f, value = logits[i]; /* exact in float */
            logits[i] = value + step;
            double up = divergence(logits, teacher, temperature);
            logits[i] = value - step;
            double down = divergence(logits, teacher, temperature);
            logits[i] = value;
            assert_true(fabs(0.5 * (up - down) / (2.0 * step) + 1.0 - grad[i]) < 1e-4);
        }
    }
}

TEST(a_student_that_agrees_learns_nothing)
{
    const float logits[3] = {1.0f, -2.0f, 5.0f}, teacher[3] = {2.0f, -1.0f, 6.0f};
    float grad[3] = {0.0f};
    softmax_distillation_backward(grad, logits, teacher, 3, 2.0f, 1.0f);
    for (size_t i = 0; i < 3; i++)
        assert_float_equal(grad[i], 0.0f, 1e-6f);
}

TEST(huge_logits_stay_finite)
{
    const float logits[3] = {3e38f, -3e38f, 3e38f};
    float probabilities[3];
    softmax_forward(probabilities, logits, 3);
    assert_true(probabilities[0] == 0.5f && probabilities[1] == 0.0f && probabilities[2] == 0.5f);
    assert_true(isfinite(softmax_cross_entropy(logits, 3, 1)));
}

TEST_MAIN(cmocka_unit_test(probabilities_and_losses_match_pytorch),
          cmocka_unit_test(smoothed_gradient_matches_pytorch),
          cmocka_unit_test(gradient_matches_finite_differences),
          cmocka_unit_test(distillation_matches_finite_differences),
          cmocka_unit_test(a_student_that_agrees_learns_nothing),
          cmocka_unit_test(huge_logits_stay_finite))
