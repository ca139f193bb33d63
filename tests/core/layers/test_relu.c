#include "core/layers/relu.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void negative_values_become_zero_and_pass_no_gradient(void **state)
{
    (void)state;
    const float in[5] = {-1.0f, 0.0f, -0.0f, 2.0f, 1e-30f};
    const float grad_out[5] = {1.0f, 2.0f, 3.0f, 4.0f, 5.0f};
    const float expected[5] = {0.0f, 0.0f, 0.0f, 2.0f, 1e-30f};
    const float expected_grad[5] = {0.0f, 0.0f, 0.0f, 4.0f, 5.0f};
    float out[5], grad_in[5];
    relu_forward(out, in, 5);
    relu_backward(grad_in, grad_out, out, 5);
    assert_memory_equal(out, expected, sizeof out);
    assert_memory_equal(grad_in, expected_grad, sizeof grad_in);
}

static void works_in_place(void **state)
{
    (void)state;
    float values[3] = {-1.0f, 2.0f, 3.0f}, gradients[3] = {5.0f, 6.0f, 7.0f};
    relu_forward(values, values, 3);
    relu_backward(gradients, gradients, values, 3);
    assert_true(values[0] == 0.0f && values[1] == 2.0f && values[2] == 3.0f);
    assert_true(gradients[0] == 0.0f && gradients[1] == 6.0f && gradients[2] == 7.0f);
}

static void nan_stays_nan(void **state)
{
    (void)state;
    const float in[2] = {NAN, -NAN};
    float out[2];
    relu_forward(out, in, 2);
    assert_true(isnan(out[0]) && isnan(out[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(negative_values_become_zero_and_pass_no_gradient),
        cmocka_unit_test(works_in_place),
        cmocka_unit_test(nan_stays_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
