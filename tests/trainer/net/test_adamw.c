#include "trainer/net/adamw.h"

#include <string.h>

#include "tests/support/golden.h"
#include "tests/test.h"
#include "tests/trainer/net/three_threads.h"

/* The sizes in make_optimizer_golden.py. */
#define WEIGHTS      24
#define BIASES       6
#define STATISTICS   3
#define TRAINED      (WEIGHTS + BIASES)
#define TOTAL        (TRAINED + STATISTICS)
#define WEIGHT_DECAY 0.1

/* Floats are added in another order than in PyTorch: a few roundings in each of twelve steps. */
#define TOLERANCE 1e-6

static struct parameter_table make_table(void)
{
    struct parameter_table table = {.count = 3, .total = TOTAL};
    table.items[0] = (struct parameter){
        .role = PARAMETER_WEIGHT, .rank = 2, .shape = {4, 6}, .offset = 0, .count = WEIGHTS};
    table.items[1] = (struct parameter){
        .role = PARAMETER_BIAS, .rank = 1, .shape = {6}, .offset = WEIGHTS, .count = BIASES};
    table.items[2] = (struct parameter){.role = PARAMETER_RUNNING_MEAN,
                                        .rank = 1,
                                        .shape = {3},
                                        .offset = TRAINED,
                                        .count = STATISTICS};
    return table;
}

static struct adamw *make_adamw(const struct parameter_table *table, double weight_decay)
{
    const struct adamw_settings settings = adamw_settings_make(weight_decay);
    struct adamw *adamw;
    assert_int_equal(adamw_create(&adamw, table, &settings, NULL), DIGIT_OK);
    return adamw;
}

TEST(twelve_steps_match_pytorch)
{
    struct safetensors *golden = golden_open("optimizer.safetensors");
    const struct parameter_table table = make_table();
    struct adamw *adamw = make_adamw(&table, WEIGHT_DECAY);
    float parameters[TOTAL] = {0}, gradients[TOTAL] = {0};
    memcpy(parameters, golden_get(golden, "adamw", "before.weight")->data, WEIGHTS * sizeof(float));
    memcpy(parameters + WEIGHTS, golden_get(golden, "adamw", "before.bias")->data,
           BIASES * sizeof(float));
    const struct safetensor *rates = golden_get(golden, "adamw", "rates");
    const float *from = golden_get(golden, "adamw", "gradients")->data;
    for (size_t i = 0; i < rates->count; i++) {
        memcpy(gradients, from + i * TRAINED, TRAINED * sizeof(float));
        adamw_update(adamw, parameters, gradients, (double)rates->data[i], three_threads);
    }
    assert_close(parameters, golden_get(golden, "adamw", "after.weight")->data, WEIGHTS, TOLERANCE);
    assert_close(parameters + WEIGHTS, golden_get(golden, "adamw", "after.bias")->data, BIASES,
                 TOLERANCE);
    adamw_destroy(adamw);
    safetensors_destroy(golden);
}

TEST(running_statistics_are_not_changed)
{
    const struct parameter_table table = make_table();
    struct adamw *adamw = make_adamw(&table, WEIGHT_DECAY);
    float parameters[TOTAL], gradients[TOTAL];
    for (size_t i = 0; i < TOTAL; i++)
        parameters[i] = gradients[i] = 1.0f;
    adamw_update(adamw, parameters, gradients, 0.1, three_threads);
    for (size_t i = 0; i < TOTAL; i++)
        assert_true(i < TRAINED ? parameters[i] < 1.0f : parameters[i] == 1.0f);
    adamw_destroy(adamw);
}

/* With a zero gradient only the decay changes a parameter. */
TEST(decay_shrinks_weights_and_not_biases)
{
    const struct parameter_table table = make_table();
    struct adamw *adamw = make_adamw(&table, 0.5);
    float parameters[TOTAL], gradients[TOTAL] = {0};
    for (size_t i = 0; i < TOTAL; i++)
        parameters[i] = 2.0f;
    adamw_update(adamw, parameters, gradients, 0.5, three_threads);
    for (size_t i = 0; i < TOTAL; i++)
        assert_true(parameters[i] == (i < WEIGHTS ? 1.5f : 2.0f));
    adamw_destroy(adamw);
}

TEST(a_restored_optimiser_continues_to_the_same_bits)
{
    const struct parameter_table table = make_table();
    struct adamw *first = make_adamw(&table, WEIGHT_DECAY);
    struct adamw *second = make_adamw(&table, WEIGHT_DECAY);
    float parameters[TOTAL], copy[TOTAL], gradients[TOTAL];
    for (size_t i = 0; i < TOTAL; i++) {
        parameters[i] = (float)i;
        gradients[i] = 0.1f * (float)i - 1.0f;
    }
    adamw_update(first, parameters, gradients, 0.1, three_threads);
    const struct adamw_state middle = adamw_state(first);
    assert_int_equal(middle.step, 1);
    adamw_restore(second, &middle);
    memcpy(copy, parameters, sizeof copy);
    adamw_update(first, parameters, gradients, 0.1, three_threads);
    adamw_update(second, copy, gradients, 0.1, three_threads);
    assert_memory_equal(parameters, copy, sizeof copy);
    adamw_destroy(second);
    adamw_destroy(first);
}

TEST(destroy_accepts_null)
{
    adamw_destroy(NULL);
}

TEST_MAIN_WITH(three_threads_create, three_threads_destroy,
               cmocka_unit_test(twelve_steps_match_pytorch),
               cmocka_unit_test(running_statistics_are_not_changed),
               cmocka_unit_test(decay_shrinks_weights_and_not_biases),
               cmocka_unit_test(a_restored_optimiser_continues_to_the_same_bits),
               cmocka_unit_test(destroy_accepts_null))
