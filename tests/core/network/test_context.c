#include <digit/context.h>
#include <digit/preprocess.h>

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/network/context_logits.h"
#include "core/network/model_data.h"
#include "core/network/prediction.h"
#include "tests/support/failure.h"
#include "tests/support/golden.h"
#include "tests/support/model.h"
#include "tests/support/reference.h"

#include "tests/test.h"

#define IMAGES 40

static struct digit_error error;

/*
 * The linker's --wrap redirects every allocation of this program and the library to here. The
 * counter is atomic for the threads, and because gcc assumes that malloc changes no variable of
 * ours.
 */
static atomic_size_t allocations;

#define WRAP(type, name, parameters, arguments)                                                    \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        allocations++;                                                                             \
        return __real_##name arguments;                                                            \
    }

WRAP(void *, malloc, (size_t size), (size))
WRAP(void *, calloc, (size_t count, size_t size), (count, size))
WRAP(void *, realloc, (void *memory, size_t size), (memory, size))
WRAP(void *, aligned_alloc, (size_t alignment, size_t size), (alignment, size))
WRAP(int, posix_memalign, (void **out, size_t alignment, size_t size), (out, alignment, size))

struct fixture {
    struct digit_model *model;
    struct digit_context *context;
    float pixels[IMAGES * DIGIT_PIXELS]; /* from 0 to 1 */
    uint8_t octets[IMAGES * DIGIT_PIXELS];
};

static int make_fixture_of(void **state, const char *path)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture->model = make_model(path);
    assert_int_equal(digit_context_create(&fixture->context, fixture->model, &error), DIGIT_OK);
    fill_numbers(fixture->pixels, IMAGES * DIGIT_PIXELS, 5);
    for (size_t i = 0; i < IMAGES * DIGIT_PIXELS; i++)
        fixture->pixels[i] = fabsf(fixture->pixels[i]);
    for (size_t i = 0; i < IMAGES * DIGIT_PIXELS; i++)
        fixture->octets[i] = (uint8_t)lrintf(255.0f * fixture->pixels[i]);
    *state = fixture;
    return 0;
}

static int make_tiny(void **state)
{
    return make_fixture_of(state, TINY_JSON);
}

static int make_digits(void **state)
{
    return make_fixture_of(state, DIGITS_JSON);
}

static int make_seed(void **state)
{
    return make_fixture_of(state, BASELINE_JSON);
}

static int remove_fixture(void **state)
{
    struct fixture *fixture = *state;
    digit_context_destroy(fixture->context);
    digit_model_destroy(fixture->model);
    free(fixture);
    return 0;
}

static void predict(struct digit_prediction *out, struct digit_context *context,
                    const float *pixels, size_t count)
{
    memset(out, 0, count * sizeof *out); /* padding too, so that bytes can be compared */
    if (digit_context_predict(context, out, pixels, count, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
}

static void predict_octets(struct digit_prediction *out, struct digit_context *context,
                           const uint8_t *octets, size_t count)
{
    memset(out, 0, count * sizeof *out);
    if (digit_context_predict_octets(context, out, octets, count, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
}

static void predict_alone(struct digit_prediction out[IMAGES], const struct fixture *fixture)
{
    for (size_t i = 0; i < IMAGES; i++)
        predict(&out[i], fixture->context, fixture->pixels + i * DIGIT_PIXELS, 1);
    assert_memory_not_equal(out[0].probabilities, out[1].probabilities, sizeof out->probabilities);
}

static void check_batch(const struct fixture *fixture, const struct digit_prediction *alone,
                        size_t count)
{
    struct digit_prediction batch[IMAGES];
    predict(batch, fixture->context, fixture->pixels, count);
    for (size_t i = 0; i < count; i++)
        if (memcmp(&batch[i], &alone[i], sizeof *batch) != 0)
            fail_msg("image %zu in a batch of %zu differs", i, count);
}

static void images_get_the_same_answer_to_the_bit_alone_and_in_any_batch(void **state)
{
    struct digit_prediction alone[IMAGES];
    predict_alone(alone, *state);
    for (size_t count = 1; count <= IMAGES; count++)
        check_batch(*state, alone, count);
}

/* Kinds of blocks: single images, one whole block, a whole block and a part of another. */
static const size_t counts[] = {1, 4, 5, 16, 17, IMAGES};

#define COUNTS (sizeof counts / sizeof *counts)

static void images_get_the_same_answer_to_the_bit_alone_and_in_a_batch(void **state)
{
    struct digit_prediction alone[IMAGES];
    predict_alone(alone, *state);
    for (size_t i = 0; i < COUNTS; i++)
        check_batch(*state, alone, counts[i]);
}

/* A model of `path` that runs on those kernels, with parameters [*parameters], which the caller
 * frees. */
static struct digit_model *make_model_on(float **parameters, const char *path,
                                         const struct kernels *kernels)
{
    struct digit_model *model = make_model(path);
    *parameters = make_parameters(&model->architecture, 1);
    plan_release(&model->plan);
    if (plan_init(&model->plan, &model->architecture, &model->table, *parameters, NULL, kernels,
                  "here", &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    return model;
}

/* The probabilities of `images`, from plain loops in double. */
static void predict_plainly(float *out, const struct digit_model *model, const float *parameters,
                            const float *pixels, size_t images)
{
    double *numbers = calloc(model->table.total, sizeof *numbers);
    double *in = calloc(images * DIGIT_PIXELS, sizeof *in), logits[IMAGES * DIGIT_CLASSES];
    assert_true(numbers != NULL && in != NULL);
    for (size_t i = 0; i < model->table.total; i++)
        numbers[i] = (double)parameters[i];
    for (size_t i = 0; i < images * DIGIT_PIXELS; i++)
        in[i] = (double)((pixels[i] - MODEL_MNIST_MEAN) / MODEL_MNIST_DEVIATION);
    reference_forward(logits, &model->architecture, numbers, in, images, false);
    for (size_t n = 0; n < images; n++) {
        double sum = 0.0;
        for (size_t i = 0; i < DIGIT_CLASSES; i++)
            sum += exp(logits[n * DIGIT_CLASSES + i]);
        for (size_t i = 0; i < DIGIT_CLASSES; i++)
            out[n * DIGIT_CLASSES + i] = (float)(exp(logits[n * DIGIT_CLASSES + i]) / sum);
    }
    free(numbers);
    free(in);
}

static void check_plainly(const char *path, const struct kernels *kernels,
                          const struct fixture *fixture)
{
    enum { SOME = 3 };
    float *parameters, expected[SOME * DIGIT_CLASSES];
    struct digit_model *model = make_model_on(&parameters, path, kernels);
    struct digit_context *context;
    struct digit_prediction out[SOME];
    assert_int_equal(digit_context_create(&context, model, &error), DIGIT_OK);
    predict(out, context, fixture->pixels, SOME);
    predict_plainly(expected, model, parameters, fixture->pixels, SOME);
    for (size_t i = 0; i < SOME; i++) /* some hundred float terms in each layer */
        assert_close(out[i].probabilities, expected + i * DIGIT_CLASSES, DIGIT_CLASSES, 1e-4);
    digit_context_destroy(context);
    digit_model_destroy(model);
    free(parameters);
}

#define FOLDER "tests/fixtures/architectures/"

static void answers_are_those_of_plain_loops_on_all_kernels(void **state)
{
    static const char *const files[] = {
        TINY_JSON,
        DIGITS_JSON,
        BASELINE_JSON,
        FOLDER "conv_last.json", /* logits that were a picture: PyTorch's order */
        FOLDER "norm_last.json",
        FOLDER "norm_first.json",
        FOLDER "relu_flat.json",
        FOLDER "pool_first.json",
        FOLDER "flat_first.json",
        FOLDER "dropout_first.json",
        FOLDER "wide.json",
    };
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t i = 0; i < sizeof files / sizeof *files; i++)
            check_plainly(files[i], kernels_at(k), *state);
}

/* Predicts images in which every octet from 0 to 255 occurs, as octets and as pixels. */
static void check_octets(const struct digit_model *model)
{
    struct digit_context *context;
    struct digit_prediction from_octets[IMAGES], from_pixels[IMAGES];
    static uint8_t octets[IMAGES * DIGIT_PIXELS];
    static float pixels[IMAGES * DIGIT_PIXELS];
    for (size_t i = 0; i < IMAGES * DIGIT_PIXELS; i++) {
        octets[i] = (uint8_t)(i < 256 ? i : i * 2654435761u >> 13);
        pixels[i] = (float)octets[i] / 255.0f;
    }
    assert_int_equal(digit_context_create(&context, model, &error), DIGIT_OK);
    for (size_t count = 1; count <= IMAGES; count += 13) {
        predict_octets(from_octets, context, octets, count);
        predict(from_pixels, context, pixels, count);
        assert_memory_equal(from_octets, from_pixels, count * sizeof *from_octets);
    }
    digit_context_destroy(context);
}

TEST(octets_get_the_answers_of_their_pixels_to_the_bit)
{
    for (size_t k = 0; digit_kernels_name(k) != NULL; k++)
        for (size_t int8 = 0; int8 < 2; int8++) {
            const struct digit_model_options options = {
                int8 ? DIGIT_PRECISION_INT8 : DIGIT_PRECISION_F32, digit_kernels_name(k)};
            struct digit_model *model = NULL;
            if (digit_model_load(&model, SOURCE_DIR "/models/digits.safetensors", &options,
                                 &error) != DIGIT_OK)
                fail_msg("%s", error.message);
            check_octets(model);
            digit_model_destroy(model);
        }
}

static void no_images_are_taken(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(digit_context_predict(fixture->context, NULL, NULL, 0, &error), DIGIT_OK);
    assert_int_equal(digit_context_predict_octets(fixture->context, NULL, NULL, 0, &error),
                     DIGIT_OK);
}

static void probabilities_sum_to_one_and_confidence_is_the_largest(void **state)
{
    struct fixture *fixture = *state;
    struct digit_prediction out[IMAGES];
    predict(out, fixture->context, fixture->pixels, IMAGES);
    for (size_t i = 0; i < IMAGES; i++) {
        double sum = 0.0;
        for (size_t digit = 0; digit < DIGIT_CLASSES; digit++) {
            float probability = out[i].probabilities[digit];
            assert_true(probability >= 0.0f && probability <= out[i].confidence);
            sum += (double)probability;
        }
        assert_true(fabs(sum - 1.0) <= 1e-5); /* the header's promise */
        assert_in_range(out[i].digit, 0, DIGIT_CLASSES - 1);
        assert_true(out[i].probabilities[out[i].digit] == out[i].confidence);
        assert_true(fabsf(out[i].uncertainty - (1.0f - out[i].confidence)) < 1e-6f);
        assert_int_equal(out[i].uncertain, out[i].uncertainty > 0.5f);
    }
}

/* conv_last.json's logits are a picture, whose order in memory is not PyTorch's. */
static void logits_are_what_the_probabilities_are_made_of(void **state)
{
    struct fixture *fixture = *state;
    struct digit_model *model = make_model("tests/fixtures/architectures/conv_last.json");
    struct digit_context *context;
    struct digit_prediction out[IMAGES], made;
    float logits[IMAGES * DIGIT_CLASSES];
    assert_int_equal(digit_context_create(&context, model, &error), DIGIT_OK);
    predict_octets(out, context, fixture->octets, IMAGES);
    context_logits(context, logits, fixture->octets, IMAGES);
    for (size_t i = 0; i < IMAGES; i++) {
        assert_true(prediction_make(&made, logits + i * DIGIT_CLASSES, &model->calibration));
        assert_memory_equal(made.probabilities, out[i].probabilities, sizeof made.probabilities);
    }
    digit_context_destroy(context);
    digit_model_destroy(model);
}

/* Sets a pixel of image `image` of `count` to a value that is not finite and expects an error. */
static void assert_pixel_refused(struct fixture *fixture, size_t image, size_t count, float value)
{
    struct digit_prediction out[IMAGES];
    float *pixel = fixture->pixels + image * DIGIT_PIXELS + 14 * DIGIT_SIDE_PX + 14;
    float before = *pixel;
    char words[64];
    snprintf(words, sizeof words, "image %zu: ", image);
    *pixel = value;
    assert_failure(digit_context_predict(fixture->context, out, fixture->pixels, count, &error),
                   &error, DIGIT_INVALID, words);
    *pixel = before;
}

static void a_pixel_that_is_not_finite_is_an_error_that_names_its_image(void **state)
{
    struct fixture *fixture = *state;
    static const float values[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        assert_pixel_refused(fixture, 0, 1, values[i]);
        assert_pixel_refused(fixture, 2, 3, values[i]);
        assert_pixel_refused(fixture, 9, 16, values[i]);
        assert_pixel_refused(fixture, 17, 18, values[i]);
    }
    /* The failure does not affect later images. */
    struct digit_prediction out[IMAGES];
    predict(out, fixture->context, fixture->pixels, IMAGES);
}

TEST(weights_that_overflow_are_an_error)
{
    static const struct model_preprocessing preprocessing = {DIGIT_PREPROCESSING_VERSION, 0.0f,
                                                             1.0f};
    struct architecture architecture;
    load_architecture(&architecture, DIGITS_JSON);
    struct parameter_table table;
    parameter_table_init(&table, &architecture);
    float *parameters = make_parameters(&architecture, 1);
    float *weights = parameters + parameter_offset(&table, 4, PARAMETER_WEIGHT);
    for (size_t i = 0; i < 4608; i++)
        weights[i] *= 1e38f;
    struct digit_model *model = NULL;
    struct digit_context *context = NULL;
    assert_int_equal(
        model_create(&model, &architecture, parameters, &preprocessing, NULL, NULL, &error),
        DIGIT_OK);
    assert_int_equal(digit_context_create(&context, model, &error), DIGIT_OK);
    float pixels[DIGIT_PIXELS];
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        pixels[i] = 1.0f;
    struct digit_prediction out;
    assert_failure(digit_context_predict(context, &out, pixels, 1, &error), &error, DIGIT_INVALID,
                   "image 0: the logits are not finite");
    digit_context_destroy(context);
    digit_model_destroy(model);
    free(parameters);
}

static void predicting_allocates_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct digit_prediction out[IMAGES];
    for (size_t i = 0; i < COUNTS; i++) {
        allocations = 0;
        enum digit_status status =
            digit_context_predict(fixture->context, out, fixture->pixels, counts[i], &error);
        size_t counted = allocations;
        assert_int_equal(status, DIGIT_OK);
        assert_int_equal(counted, 0);
        status =
            digit_context_predict_octets(fixture->context, out, fixture->octets, counts[i], &error);
        counted = allocations;
        assert_int_equal(status, DIGIT_OK);
        assert_int_equal(counted, 0);
    }
}

static void the_counter_of_allocations_counts(void **state)
{
    struct fixture *fixture = *state;
    struct digit_context *context = NULL;
    allocations = 0;
    enum digit_status status = digit_context_create(&context, fixture->model, &error);
    size_t counted = allocations;
    assert_int_equal(status, DIGIT_OK);
    assert_int_equal(counted, 2); /* the context and its memory */
    digit_context_destroy(context);
    digit_context_destroy(NULL);
    allocations = 0;
    void *volatile memory = malloc(1);
    memory = realloc(memory, 2);
    free(memory);
    memory = aligned_alloc(64, 64);
    free(memory);
    assert_int_equal(allocations, 3);
}

static void context_bytes_are_those_of_two_activations_and_the_transformed_tiles(void **state)
{
    struct fixture *fixture = *state;
    /* The activations of the second convolution, 12x12 pixels of 32 channels, for the 16 images
     * of a block; and for the fourth convolution, 36 tiles of 16 positions in 32 input and 64
     * output channels, with the four padded pictures from which the tiles are taken. */
    size_t activations = 2 * (size_t)16 * 12 * 12 * 32 * sizeof(float);
    size_t tiles = (size_t)36 * 16 * (32 + 64) * sizeof(float);
    size_t padded = (size_t)4 * 8 * 8 * 32 * sizeof(float);
    assert_in_range(digit_context_bytes(fixture->model), activations + tiles + padded,
                    activations + tiles + padded + 1024);
}

/* One of several threads, each with its own context for the shared model. */
struct reader {
    const struct fixture *fixture;
    struct digit_prediction out[IMAGES];
    enum digit_status status;
};

static void *read_in_thread(void *argument)
{
    struct reader *reader = argument;
    struct digit_context *context = NULL;
    reader->status = digit_context_create(&context, reader->fixture->model, NULL);
    for (int round = 0; round < 3 && reader->status == DIGIT_OK; round++)
        reader->status =
            digit_context_predict(context, reader->out, reader->fixture->pixels, IMAGES, NULL);
    digit_context_destroy(context);
    return NULL;
}

static void threads_with_contexts_of_their_own_share_a_model(void **state)
{
    struct fixture *fixture = *state;
    struct digit_prediction expected[IMAGES];
    predict(expected, fixture->context, fixture->pixels, IMAGES);
    struct reader readers[2] = {{.fixture = fixture}, {.fixture = fixture}};
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_in_thread, &readers[i]), 0);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(readers[i].status, DIGIT_OK);
        assert_memory_equal(readers[i].out, expected, sizeof expected);
    }
}

#define TINY(test)   cmocka_unit_test_setup_teardown(test, make_tiny, remove_fixture)
#define DIGITS(test) cmocka_unit_test_setup_teardown(test, make_digits, remove_fixture)
#define SEED(test)   cmocka_unit_test_setup_teardown(test, make_seed, remove_fixture)

TEST_MAIN(TINY(images_get_the_same_answer_to_the_bit_alone_and_in_any_batch),
          DIGITS(images_get_the_same_answer_to_the_bit_alone_and_in_a_batch),
          TINY(answers_are_those_of_plain_loops_on_all_kernels),
          cmocka_unit_test(octets_get_the_answers_of_their_pixels_to_the_bit),
          TINY(no_images_are_taken), TINY(probabilities_sum_to_one_and_confidence_is_the_largest),
          DIGITS(probabilities_sum_to_one_and_confidence_is_the_largest),
          TINY(logits_are_what_the_probabilities_are_made_of),
          TINY(a_pixel_that_is_not_finite_is_an_error_that_names_its_image),
          DIGITS(a_pixel_that_is_not_finite_is_an_error_that_names_its_image),
          SEED(a_pixel_that_is_not_finite_is_an_error_that_names_its_image),
          cmocka_unit_test(weights_that_overflow_are_an_error), TINY(predicting_allocates_nothing),
          DIGITS(predicting_allocates_nothing), TINY(the_counter_of_allocations_counts),
          DIGITS(context_bytes_are_those_of_two_activations_and_the_transformed_tiles),
          TINY(threads_with_contexts_of_their_own_share_a_model))
