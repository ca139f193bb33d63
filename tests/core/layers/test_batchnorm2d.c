#include "core/layers/batchnorm2d.h"

#include <math.h>

#include "tests/test.h"

static const float scale[] = {1.5f, -0.5f, 0.0f};
static const float shift[] = {0.25f, -2.0f, 3.0f};
static const float mean[] = {0.5f, -1.0f, 7.0f};
static const float variance[] = {4.0f, 0.25f, 0.0f};
static const struct batchnorm2d norm = {scale, shift, mean, variance, 1e-3f};

static double normalised(double x, size_t c)
{
    return scale[c] * (x - mean[c]) / sqrt((double)variance[c] + (double)1e-3f) + shift[c];
}

TEST(factor_and_term_are_the_normalisation)
{
    float factor[3], term[3];
    batchnorm2d_factors(factor, term, &norm, 3);
    for (size_t c = 0; c < 3; c++)
        for (int i = -4; i <= 4; i++) {
            double x = 0.75 * i;
            assert_float_equal(x * factor[c] + term[c], normalised(x, c), 1e-5);
        }
}

/* A layer of three outputs that are sums of two inputs and a bias. */
TEST(a_folded_layer_gives_what_the_two_give)
{
    const float original[] = {0.5f, -1.0f, 2.0f, 0.25f, -0.75f, 1.0f};
    const float start[] = {0.1f, -0.2f, 0.3f}, in[] = {0.7f, -1.3f};
    float weight[6], bias[3];
    for (size_t i = 0; i < 6; i++)
        weight[i] = original[i];
    for (size_t c = 0; c < 3; c++)
        bias[c] = start[c];
    batchnorm2d_fold(weight, bias, &norm, 3, 2);
    for (size_t c = 0; c < 3; c++) {
        double plain = original[2 * c] * in[0] + original[2 * c + 1] * in[1] + start[c];
        double folded = weight[2 * c] * in[0] + weight[2 * c + 1] * in[1] + bias[c];
        assert_float_equal(folded, normalised(plain, c), 1e-5);
    }
}

TEST_MAIN(cmocka_unit_test(factor_and_term_are_the_normalisation),
          cmocka_unit_test(a_folded_layer_gives_what_the_two_give))
