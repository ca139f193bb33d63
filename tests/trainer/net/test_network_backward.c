/* Also tests network_forward.c and network_memory.c, with architectures that begin and end with
 * different layers and divide into different spans. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <digit/image.h>

#include "core/network/model.h"
#include "tests/support/arrays.h"
#include "tests/support/model.h"
#include "tests/support/reference.h"
#include "trainer/net/network.h"

#include "tests/test.h"

#define IMAGES    21 /* one full block and a part of one */
#define SMOOTHING 0.1f
#define FOLDER    "tests/fixtures/architectures/"

/* Number of values of each tensor whose gradients are checked. */
#define SAMPLES 12

static const char *const files[] = {
    FOLDER "tiny.json",      FOLDER "conv_last.json",  FOLDER "norm_first.json",
    FOLDER "relu_flat.json", FOLDER "pool_first.json", FOLDER "flat_first.json",
    FOLDER "norm_last.json", FOLDER "wide.json",       FOLDER "norm_pooled.json",
};

#define FILES (sizeof files / sizeof *files)

struct fixture {
    struct architecture architecture;
    struct thread_pool *thread_pool;
    struct train_network *network;
    const struct parameter_table *table;
    float *parameters; /* the network's */
    float pixels[IMAGES * DIGIT_PIXELS];
    uint8_t labels[IMAGES];
    struct train_batch batch;
    struct train_result result;
};

static void make_parameters_plain(struct fixture *fixture)
{
    float *made = make_parameters(&fixture->architecture, 1);
    memcpy(fixture->parameters, made, fixture->table->total * sizeof *made);
    free(made);
}

static struct fixture *open_fixture(const char *path, size_t threads, const struct kernels *kernels)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    load_architecture(&fixture->architecture, path);
    assert_int_equal(thread_pool_create(&fixture->thread_pool, threads, NULL), DIGIT_OK);
    assert_int_equal(train_network_create_with(&fixture->network, &fixture->architecture, IMAGES, 1,
                                               fixture->thread_pool, kernels, NULL),
                     DIGIT_OK);
    fixture->table = train_network_table(fixture->network);
    fixture->parameters = train_network_parameters(fixture->network);
    make_parameters_plain(fixture);
    fill_numbers(fixture->pixels, IMAGES * DIGIT_PIXELS, 5);
    for (size_t i = 0; i < IMAGES * DIGIT_PIXELS; i++)
        fixture->pixels[i] = fabsf(fixture->pixels[i]);
    for (size_t i = 0; i < IMAGES; i++)
        fixture->labels[i] = (uint8_t)(i * 7 % 10);
    fixture->batch = (struct train_batch){.pixels = fixture->pixels,
                                          .labels = fixture->labels,
                                          .count = IMAGES,
                                          .seed = 3,
                                          .step = 2,
                                          .label_smoothing = SMOOTHING};
    return fixture;
}

static void close_fixture(struct fixture *fixture)
{
    train_network_destroy(fixture->network);
    thread_pool_destroy(fixture->thread_pool);
    free(fixture);
}

static void step(struct fixture *fixture)
{
    train_network_step(fixture->network, &fixture->result, &fixture->batch);
}

/* The network's pixels and parameters in double, for reference_forward. */
struct reference {
    double pixels[IMAGES * DIGIT_PIXELS];
    double *parameters;
};

static void copy_numbers(struct reference *out, const struct fixture *fixture)
{
    out->parameters = calloc(fixture->table->total, sizeof *out->parameters);
    assert_non_null(out->parameters);
    for (size_t i = 0; i < fixture->table->total; i++)
        out->parameters[i] = (double)fixture->parameters[i];
    for (size_t i = 0; i < IMAGES * DIGIT_PIXELS; i++)
        out->pixels[i] = (double)((fixture->pixels[i] - MODEL_MNIST_MEAN) / MODEL_MNIST_DEVIATION);
}

static double reference_loss_of(const struct fixture *fixture, const struct reference *reference,
                                double smoothing)
{
    double logits[IMAGES * DIGIT_CLASSES];
    reference_forward(logits, &fixture->architecture, reference->parameters, reference->pixels,
                      IMAGES, true);
    return reference_loss(logits, fixture->labels, IMAGES, smoothing);
}

/* The derivative of the reference's loss with respect to one parameter. */
static double slope_at(const struct fixture *fixture, struct reference *reference, size_t parameter)
{
    const double distance = 1e-6;
    double kept = reference->parameters[parameter];
    reference->parameters[parameter] = kept + distance;
    double up = reference_loss_of(fixture, reference, (double)SMOOTHING);
    reference->parameters[parameter] = kept - distance;
    double down = reference_loss_of(fixture, reference, (double)SMOOTHING);
    reference->parameters[parameter] = kept;
    return (up - down) / (2.0 * distance);
}

/* Offset of sample `index`: the first value of the tensor, the last and some between. */
static size_t sample_of(const struct parameter *item, size_t index)
{
    size_t samples = item->count < SAMPLES ? item->count : SAMPLES;
    return item->offset + (samples == 1 ? 0 : index * (item->count - 1) / (samples - 1));
}

/*
 * Checks some gradients of one tensor. Float arithmetic over a few hundred terms in each layer has
 * an error of about 1e-6 of the tensor's largest gradient, or of the activations' gradients where
 * these cancel, as they do for a bias before a batch normalisation.
 */
static void check_tensor(const struct fixture *fixture, struct reference *reference,
                         const struct parameter *item)
{
    size_t samples = item->count < SAMPLES ? item->count : SAMPLES;
    double expected[SAMPLES], largest = 0.0;
    for (size_t i = 0; i < samples; i++) {
        expected[i] = slope_at(fixture, reference, sample_of(item, i));
        largest = fmax(largest, fabs(expected[i]));
    }
    for (size_t i = 0; i < samples; i++)
        assert_within((double)train_network_gradients(fixture->network)[sample_of(item, i)],
                      expected[i], 1e-6 + 1e-4 * largest, item->name, i);
}

static void check_architecture(const char *path, const struct kernels *kernels)
{
    struct fixture *fixture = open_fixture(path, 2, kernels);
    struct reference reference;
    copy_numbers(&reference, fixture);
    step(fixture);
    double loss = fixture->result.loss_sum / IMAGES;
    assert_true(fabs(loss - reference_loss_of(fixture, &reference, 0.0)) < 1e-5 * loss);
    for (size_t i = 0; i < fixture->table->count; i++)
        if (parameter_is_trained(&fixture->table->items[i]))
            check_tensor(fixture, &reference, &fixture->table->items[i]);
    free(reference.parameters);
    close_fixture(fixture);
}

TEST(gradients_match_plain_loops_in_double)
{
    for (size_t i = 0; i < FILES; i++)
        check_architecture(files[i], kernels_select());
}

/* The other tables differ in vectors and remainders only, so two architectures are enough. */
TEST(gradients_match_on_all_kernels)
{
    for (size_t k = 1; kernels_at(k) != NULL; k++) {
        check_architecture(FOLDER "tiny.json", kernels_at(k));
        check_architecture(FOLDER "relu_flat.json", kernels_at(k));
    }
}

static double loss_at(struct fixture *fixture, float *value, float moved)
{
    float kept = *value;
    *value = moved;
    step(fixture);
    *value = kept;
    return fixture->result.loss_sum / IMAGES;
}

/* The masks depend on seed and step only, so the loss is a differentiable function. */
TEST(gradients_with_dropout_match_finite_differences)
{
    struct fixture *fixture = open_fixture(FOLDER "dropout_first.json", 2, kernels_select());
    fixture->batch.label_smoothing = 0.0f; /* the reported loss has no smoothing */
    float *gradients = malloc(fixture->table->total * sizeof *gradients);
    assert_non_null(gradients);
    step(fixture);
    memcpy(gradients, train_network_gradients(fixture->network),
           fixture->table->total * sizeof *gradients);
    for (size_t i = 0; i < fixture->table->total; i += 1 + fixture->table->total / 60) {
        float *value = &fixture->parameters[i];
        const float distance = 1e-2f; /* the loss is nearly linear; a float has 1e-7 */
        double up = loss_at(fixture, value, *value + distance);
        double down = loss_at(fixture, value, *value - distance);
        double slope = (up - down) / (2.0 * (double)distance);
        assert_true(fabs(slope - (double)gradients[i]) < 1e-4 + 1e-2 * fabs(slope));
    }
    free(gradients);
    close_fixture(fixture);
}

TEST(results_do_not_depend_on_the_number_of_threads)
{
    for (size_t i = 0; i < FILES; i++) {
        struct fixture *one = open_fixture(files[i], 1, kernels_select());
        struct fixture *three = open_fixture(files[i], 3, kernels_select());
        size_t bytes = one->table->total * sizeof(float);
        step(one);
        step(three);
        assert_memory_equal(train_network_gradients(one->network),
                            train_network_gradients(three->network), bytes);
        assert_memory_equal(one->parameters, three->parameters, bytes);
        assert_true(one->result.loss_sum == three->result.loss_sum);
        close_fixture(one);
        close_fixture(three);
    }
}

/* With smoothing 1 the target is uniform and the label does not matter. */
TEST(the_target_of_an_outlier_is_uniform)
{
    struct fixture *fixture = open_fixture(FOLDER "tiny.json", 2, kernels_select());
    size_t bytes = fixture->table->total * sizeof(float);
    float teacher[IMAGES * DIGIT_CLASSES], *expected = malloc(bytes);
    assert_non_null(expected);
    fixture->batch.label_smoothing = 1.0f;
    step(fixture);
    memcpy(expected, train_network_gradients(fixture->network), bytes);
    make_parameters_plain(fixture);
    memset(fixture->labels, TRAIN_NO_CLASS, sizeof fixture->labels);
    fill_numbers(teacher, IMAGES * DIGIT_CLASSES, 6);
    fixture->batch.label_smoothing = SMOOTHING;
    fixture->batch.teacher = teacher;
    fixture->batch.teacher_share = 0.75f;
    fixture->batch.temperature = 2.0f;
    step(fixture);
    assert_memory_equal(train_network_gradients(fixture->network), expected, bytes);
    free(expected);
    close_fixture(fixture);
}

/* The cross-entropy is linear in its target, and so are its gradients. */
TEST(the_target_of_a_mixup_has_its_share_of_both_labels)
{
    struct fixture *fixture = open_fixture(FOLDER "tiny.json", 2, kernels_select());
    size_t total = fixture->table->total;
    struct train_mixup mixups[IMAGES];
    float *gradients[2] = {malloc(total * sizeof(float)), malloc(total * sizeof(float))};
    for (size_t kind = 0; kind < 2; kind++) {
        assert_non_null(gradients[kind]);
        for (size_t i = 0; i < IMAGES; i++)
            fixture->labels[i] = (uint8_t)(kind == 0 ? i * 7 % 10 : i % 4);
        step(fixture);
        memcpy(gradients[kind], train_network_gradients(fixture->network), total * sizeof(float));
        make_parameters_plain(fixture);
    }
    for (size_t i = 0; i < IMAGES; i++)
        mixups[i] = (struct train_mixup){(uint8_t)(i * 7 % 10), 0.25f};
    fixture->batch.mixups = mixups;
    step(fixture);
    const float *mixed = train_network_gradients(fixture->network);
    for (size_t i = 0; i < total; i++)
        assert_true(fabsf(mixed[i] - 0.25f * gradients[0][i] - 0.75f * gradients[1][i]) < 1e-5f);
    free(gradients[0]);
    free(gradients[1]);
    close_fixture(fixture);
}

/* Labels do not change the activations, so the losses of two parts add up to the loss of all
 * images. */
TEST(only_images_with_a_class_are_measured)
{
    struct fixture *fixture = open_fixture(FOLDER "tiny.json", 2, kernels_select());
    struct train_result sum = {0.0, 0, 0};
    step(fixture);
    const struct train_result all = fixture->result;
    assert_int_equal(all.measured, IMAGES);
    for (size_t part = 0; part < 2; part++) {
        for (size_t i = 0; i < IMAGES; i++)
            fixture->labels[i] =
                (i % 3 == 0) == (part == 0) ? (uint8_t)(i * 7 % 10) : TRAIN_NO_CLASS;
        step(fixture);
        assert_int_equal(fixture->result.measured, part == 0 ? IMAGES / 3 : IMAGES - IMAGES / 3);
        sum.loss_sum += fixture->result.loss_sum;
        sum.correct += fixture->result.correct;
    }
    assert_int_equal(sum.correct, all.correct);
    assert_true(fabs(sum.loss_sum - all.loss_sum) <
                1e-9 * all.loss_sum); /* doubles added in another order */
    close_fixture(fixture);
}

/* A few steps of gradient descent on one batch; losses: of the first step and of the last. */
static void descend(struct fixture *fixture, double losses[2], size_t steps)
{
    for (size_t i = 0; i < steps; i++) {
        step(fixture);
        losses[i > 0] = fixture->result.loss_sum / IMAGES;
        for (size_t j = 0; j < fixture->table->total; j++) {
            fixture->parameters[j] -= 0.05f * train_network_gradients(fixture->network)[j];
            assert_true(isfinite(fixture->parameters[j]));
        }
    }
}

TEST(training_gives_the_same_losses_on_all_kernels)
{
    double expected[2];
    for (size_t k = 0; kernels_at(k) != NULL; k++) {
        struct fixture *fixture = open_fixture(FOLDER "tiny.json", 2, kernels_at(k));
        double losses[2];
        descend(fixture, losses, 15);
        assert_true(losses[1] < 0.9 * losses[0]);
        if (k == 0)
            memcpy(expected, losses, sizeof losses);
        /* Rounding differences grow a little with each step. */
        assert_true(fabs(losses[0] - expected[0]) < 1e-5 && fabs(losses[1] - expected[1]) < 1e-3);
        close_fixture(fixture);
    }
}

TEST_MAIN(cmocka_unit_test(gradients_match_plain_loops_in_double),
          cmocka_unit_test(gradients_match_on_all_kernels),
          cmocka_unit_test(gradients_with_dropout_match_finite_differences),
          cmocka_unit_test(the_target_of_an_outlier_is_uniform),
          cmocka_unit_test(the_target_of_a_mixup_has_its_share_of_both_labels),
          cmocka_unit_test(only_images_with_a_class_are_measured),
          cmocka_unit_test(results_do_not_depend_on_the_number_of_threads),
          cmocka_unit_test(training_gives_the_same_losses_on_all_kernels))
