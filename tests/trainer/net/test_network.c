#include "trainer/net/network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <digit/context.h>
#include <digit/image.h>
#include <digit/preprocess.h>

#include "core/layers/softmax.h"
#include "core/network/architecture_read.h"
#include "core/network/model.h"
#include "tests/support/golden.h"
#include "tests/support/model.h"
#include "tests/test.h"

/* Gradients pass through nine layers, whose floats are added in another order than in PyTorch. */
#define TOLERANCE 2e-4
#define SEED      7

struct fixture {
    struct architecture architecture;
    struct safetensors *golden;
    struct thread_pool *thread_pool;
    struct train_network *network;
    uint8_t *labels;
    struct train_batch batch;
};

static void set_parameters(struct fixture *fixture)
{
    const struct parameter_table *table = train_network_table(fixture->network);
    for (size_t i = 0; i < table->count; i++)
        memcpy(train_network_parameters(fixture->network) + table->items[i].offset,
               golden_get(fixture->golden, "before", table->items[i].name)->data,
               table->items[i].count * sizeof(float));
}

static void open_fixture(struct fixture *fixture, size_t threads)
{
    struct digit_error error;
    const char *path = SOURCE_DIR "/tests/fixtures/architectures/tiny.json";
    fixture->golden = golden_open("network.safetensors");
    const struct safetensor *labels = safetensors_find(fixture->golden, "labels");
    assert_int_equal(architecture_load(&fixture->architecture, path, &error), DIGIT_OK);
    assert_int_equal(thread_pool_create(&fixture->thread_pool, threads, &error), DIGIT_OK);
    assert_int_equal(train_network_create(&fixture->network, &fixture->architecture, labels->count,
                                          SEED, fixture->thread_pool, &error),
                     DIGIT_OK);
    fixture->labels = malloc(labels->count);
    for (size_t i = 0; i < labels->count; i++)
        fixture->labels[i] = (uint8_t)labels->data[i];
    fixture->batch = (struct train_batch){
        .pixels = safetensors_find(fixture->golden, "pixels")->data,
        .labels = fixture->labels,
        .count = labels->count,
    };
    set_parameters(fixture);
}

static void close_fixture(struct fixture *fixture)
{
    train_network_destroy(fixture->network);
    thread_pool_destroy(fixture->thread_pool);
    safetensors_destroy(fixture->golden);
    free(fixture->labels);
}

TEST(step_matches_pytorch)
{
    struct fixture fixture;
    struct train_result result;
    open_fixture(&fixture, 2);
    train_network_step(fixture.network, &result, &fixture.batch);
    float loss = (float)(result.loss_sum / (double)fixture.batch.count);
    assert_close(&loss, safetensors_find(fixture.golden, "loss")->data, 1, 1e-5);

    const struct parameter_table *table = train_network_table(fixture.network);
    for (size_t i = 0; i < table->count; i++) {
        const struct parameter *item = &table->items[i];
        const float *values = parameter_is_trained(item)
                                  ? train_network_gradients(fixture.network)
                                  : train_network_parameters(fixture.network);
        const struct safetensor *expected =
            golden_get(fixture.golden, parameter_is_trained(item) ? "grad" : "after", item->name);
        assert_close(values + item->offset, expected->data, item->count, TOLERANCE);
    }
    close_fixture(&fixture);
}

TEST(inference_matches_pytorch)
{
    struct fixture fixture;
    struct digit_error error;
    struct digit_model *model;
    struct digit_context *context;
    open_fixture(&fixture, 1);
    const struct model_preprocessing preprocessing = {DIGIT_PREPROCESSING_VERSION, MODEL_MNIST_MEAN,
                                                      MODEL_MNIST_DEVIATION};
    assert_int_equal(model_create(&model, &fixture.architecture,
                                  train_network_parameters(fixture.network), &preprocessing, NULL,
                                  NULL, &error),
                     DIGIT_OK);
    assert_int_equal(digit_context_create(&context, model, &error), DIGIT_OK);
    const struct safetensor *logits = safetensors_find(fixture.golden, "logits");
    struct digit_prediction *answers = calloc(fixture.batch.count, sizeof *answers);
    assert_int_equal(
        digit_context_predict(context, answers, fixture.batch.pixels, fixture.batch.count, &error),
        DIGIT_OK);
    for (size_t i = 0; i < fixture.batch.count; i++) {
        float expected[DIGIT_CLASSES];
        softmax_forward(expected, logits->data + i * DIGIT_CLASSES, DIGIT_CLASSES);
        assert_close(answers[i].probabilities, expected, DIGIT_CLASSES, 1e-5);
    }
    free(answers);
    digit_context_destroy(context);
    digit_model_destroy(model);
    close_fixture(&fixture);
}

static double loss_at(struct fixture *fixture, float *value, float moved)
{
    struct train_result result;
    float kept = *value;
    *value = moved;
    train_network_step(fixture->network, &result, &fixture->batch);
    *value = kept;
    return result.loss_sum / (double)fixture->batch.count;
}

/*
 * Central differences of the loss for some values of every tensor. The loss is smooth except for
 * ReLU and pooling, whose kinks a step of 1e-3 sometimes crosses: nine tenths of the values must
 * agree.
 */
TEST(gradients_match_finite_differences)
{
    struct fixture fixture;
    struct train_result result;
    size_t checked = 0, agreed = 0;
    open_fixture(&fixture, 1);
    const struct parameter_table *table = train_network_table(fixture.network);
    float *parameters = train_network_parameters(fixture.network);
    float *gradients = malloc(table->total * sizeof *gradients);
    train_network_step(fixture.network, &result, &fixture.batch);
    memcpy(gradients, train_network_gradients(fixture.network), table->total * sizeof *gradients);
    for (size_t i = 0; i < table->count; i++)
        for (size_t j = 0; parameter_is_trained(&table->items[i]) && j < table->items[i].count;
             j += 1 + table->items[i].count / 24) {
            const float step = 1e-3f;
            float *value = parameters + table->items[i].offset + j;
            double up = loss_at(&fixture, value, *value + step);
            double down = loss_at(&fixture, value, *value - step);
            double expected = gradients[table->items[i].offset + j];
            agreed += fabs((up - down) / (2.0 * step) - expected) < 2e-3 + 0.02 * fabs(expected);
            checked++;
        }
    assert_true(checked > 100);
    assert_true(agreed * 10 >= checked * 9);
    free(gradients);
    close_fixture(&fixture);
}

TEST(results_do_not_depend_on_the_number_of_threads)
{
    struct fixture one, three;
    struct train_result result;
    open_fixture(&one, 1);
    open_fixture(&three, 3);
    size_t bytes = train_network_table(one.network)->total * sizeof(float);
    train_network_step(one.network, &result, &one.batch);
    train_network_step(three.network, &result, &three.batch);
    assert_memory_equal(train_network_gradients(one.network),
                        train_network_gradients(three.network), bytes);
    assert_memory_equal(train_network_parameters(one.network),
                        train_network_parameters(three.network), bytes);
    close_fixture(&one);
    close_fixture(&three);
}

#define STEPS  12
#define IMAGES 128

/* Runs some steps of the shipped network, which also has boundaries of spans without a barrier.
 * Stores the gradients of each step. */
static void run_steps(float *gradients, size_t threads)
{
    struct architecture architecture;
    struct thread_pool *thread_pool;
    struct train_network *network;
    struct digit_error error;
    static float pixels[IMAGES * DIGIT_PIXELS];
    uint8_t labels[IMAGES];
    fill_numbers(pixels, IMAGES * DIGIT_PIXELS, 3);
    for (size_t i = 0; i < IMAGES; i++)
        labels[i] = (uint8_t)(i % DIGIT_CLASSES);
    load_architecture(&architecture, DIGITS_JSON);
    assert_int_equal(thread_pool_create(&thread_pool, threads, &error), DIGIT_OK);
    assert_int_equal(
        train_network_create(&network, &architecture, IMAGES, SEED, thread_pool, &error), DIGIT_OK);
    size_t total = train_network_table(network)->total;
    for (size_t step = 0; step < STEPS; step++) {
        struct train_result result;
        const struct train_batch batch = {
            .pixels = pixels, .labels = labels, .count = IMAGES, .seed = SEED, .step = step};
        train_network_step(network, &result, &batch);
        memcpy(gradients + step * total, train_network_gradients(network),
               total * sizeof *gradients);
    }
    train_network_destroy(network);
    thread_pool_destroy(thread_pool);
}

TEST(gradients_of_the_shipped_network_do_not_depend_on_the_number_of_threads)
{
    struct architecture architecture;
    struct parameter_table table;
    load_architecture(&architecture, DIGITS_JSON);
    parameter_table_init(&table, &architecture);
    float *one = calloc(STEPS * table.total, sizeof *one);
    float *more = calloc(STEPS * table.total, sizeof *more);
    assert_non_null(one);
    assert_non_null(more);
    run_steps(one, 1);
    for (size_t threads = 2; threads <= 4; threads++) {
        run_steps(more, threads);
        assert_memory_equal(one, more, STEPS * table.total * sizeof *one);
    }
    free(more);
    free(one);
}

TEST(the_seed_decides_the_initial_weights)
{
    struct fixture fixture;
    struct digit_error error;
    struct train_network *same, *other;
    open_fixture(&fixture, 1);
    size_t bytes = train_network_table(fixture.network)->total * sizeof(float);
    assert_int_equal(train_network_create(&same, &fixture.architecture, 1, SEED + 1,
                                          fixture.thread_pool, &error),
                     DIGIT_OK);
    assert_int_equal(train_network_create(&other, &fixture.architecture, 40, SEED + 1,
                                          fixture.thread_pool, &error),
                     DIGIT_OK);
    assert_memory_equal(train_network_parameters(same), train_network_parameters(other), bytes);
    assert_memory_not_equal(train_network_parameters(same),
                            train_network_parameters(fixture.network), bytes);
    train_network_destroy(same);
    train_network_destroy(other);
    close_fixture(&fixture);
}

TEST_MAIN(cmocka_unit_test(step_matches_pytorch), cmocka_unit_test(inference_matches_pytorch),
          cmocka_unit_test(gradients_match_finite_differences),
          cmocka_unit_test(results_do_not_depend_on_the_number_of_threads),
          cmocka_unit_test(gradients_of_the_shipped_network_do_not_depend_on_the_number_of_threads),
          cmocka_unit_test(the_seed_decides_the_initial_weights))
