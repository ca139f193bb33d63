#include "core/layers/dropout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void the_mask_scales_values_and_gradients_alike(void **state)
{
    (void)state;
    const float mask[4] = {0.0f, 2.0f, 2.0f, 0.0f};
    float values[4] = {1.0f, -3.0f, 0.5f, 7.0f};
    dropout_apply(values, values, mask, 4);
    assert_true(values[0] == 0.0f && values[1] == -6.0f && values[2] == 1.0f && values[3] == 0.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mask_scales_values_and_gradients_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
