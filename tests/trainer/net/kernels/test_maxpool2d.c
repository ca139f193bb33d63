/* Tests trainer/net/kernels/maxpool2d.inc. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/arrays.h"
#include "tests/support/golden.h"
#include "tests/support/golden_maxpool2d.h"
#include "tests/trainer/net/kernels/train_tables.h"

#include "tests/test.h"

static void check_pool(const struct safetensors *golden, const struct golden_maxpool2d *which,
                       const struct train_kernels *kernels)
{
    const struct safetensor *in = golden_get(golden, which->name, "in");
    const struct maxpool2d pool = golden_maxpool2d_sizes(golden, which);
    float *from = golden_nhwc(in), *out = golden_nhwc(golden_get(golden, which->name, "out"));
    float *grad = golden_nhwc(golden_get(golden, which->name, "grad_out"));
    float *grad_in = array_guarded(in->count);
    kernels->maxpool2d_backward(grad_in, grad, from, out, &pool, in->shape[0]);
    /* Only gradients of overlapping windows are summed, at most six of them. */
    assert_nhwc_close(grad_in, golden_get(golden, which->name, "grad_in"), 1e-6);
    assert_guards(grad_in, in->count);
    free(from);
    free(out);
    free(grad);
    array_free(grad_in);
}

TEST(maxpool2d_backward_matches_pytorch)
{
    struct safetensors *golden = golden_open("layers.safetensors");
    for (size_t k = 0; table_at(k) != NULL; k++)
        for (size_t i = 0; i < GOLDEN_MAXPOOL2DS; i++)
            check_pool(golden, &golden_maxpool2ds[i], table_at(k));
    safetensors_destroy(golden);
}

#define POOL_IMAGES 2

/* Offset of the first element of window (oy, ox) that has its largest value. */
static size_t first_largest(const struct maxpool2d *pool, const float *in, size_t image, size_t oy,
                            size_t ox, size_t channel)
{
    size_t best = 0, taps = pool->kernel_height * pool->kernel_width;
    for (size_t tap = 0; tap < taps; tap++) {
        size_t y = oy * pool->stride_height + tap / pool->kernel_width;
        size_t x = ox * pool->stride_width + tap % pool->kernel_width;
        size_t at = ((image * pool->in_height + y) * pool->in_width + x) * pool->channels + channel;
        best = tap == 0 || in[at] > in[best] ? at : best;
    }
    return best;
}

/* Both passes as plain loops. */
static void pool_plainly(float *out, float *grad_in, const float *grad, const float *in,
                         const struct maxpool2d *pool)
{
    for (size_t image = 0; image < POOL_IMAGES; image++)
        for (size_t oy = 0; oy < pool->out_height; oy++)
            for (size_t ox = 0; ox < pool->out_width; ox++)
                for (size_t c = 0; c < pool->channels; c++) {
                    size_t at = first_largest(pool, in, image, oy, ox, c);
                    *out++ = in[at];
                    grad_in[at] += *grad++;
                }
}

static void check_pool_plainly(const struct train_kernels *kernels, const struct maxpool2d *pool)
{
    size_t ins = POOL_IMAGES * pool->in_height * pool->in_width * pool->channels;
    size_t outs = POOL_IMAGES * pool->out_height * pool->out_width * pool->channels;
    float *in = array_of_numbers(ins, 1), *grad = array_of_numbers(outs, 2);
    float *out = array_guarded(outs), *grad_in = array_guarded(ins);
    float *expected = calloc(ins, sizeof *expected);
    assert_non_null(expected);
    for (size_t i = 0; i < ins; i++)
        in[i] = rintf(2.0f * in[i]); /* ties in most windows */
    pool_plainly(out, expected, grad, in, pool);
    kernels->maxpool2d_backward(grad_in, grad, in, out, pool, POOL_IMAGES);
    for (size_t i = 0; i < ins; i++) /* at most four windows share an element */
        assert_within((double)grad_in[i], (double)expected[i], 4 * 4 * ROUNDING, "element", i);
    assert_guards(grad_in, ins);
    array_free(in);
    array_free(grad);
    array_free(out);
    array_free(grad_in);
    free(expected);
}

TEST(maxpool2d_backward_gives_ties_to_the_first_in_any_channel)
{
    /* Adjacent windows; with a remaining row and column; overlapping windows; with gaps between
     * them. */
    static const struct maxpool2d pools[] = {
        {0, 4, 4, 2, 2, 2, 2, 2, 2},
        {0, 5, 5, 2, 2, 2, 2, 2, 2},
        {0, 5, 5, 3, 3, 3, 3, 1, 1},
        {0, 5, 7, 2, 2, 2, 2, 3, 4},
    };
    for (size_t k = 0; table_at(k) != NULL; k++)
        for (size_t i = 0; i < LENGTH(pools); i++)
            for (size_t channels = 1; channels <= 35; channels++) {
                struct maxpool2d pool = pools[i];
                pool.channels = channels;
                check_pool_plainly(table_at(k), &pool);
            }
}

TEST_MAIN(cmocka_unit_test(maxpool2d_backward_matches_pytorch),
          cmocka_unit_test(maxpool2d_backward_gives_ties_to_the_first_in_any_channel))
