#include "trainer/fit_statistics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/network/model.h"
#include "trainer/rng.h"

#define COUNT 91

/* Sums of 91 x 784 floats in another order. */
#define TOLERANCE 1e-4

static struct architecture architecture;
static struct parameter_table table;
static struct dataset data;
static size_t mean_at, var_at; /* of the normalisation of the pixels */

static void make_architecture(void)
{
    static const char text[] =
        "{\"name\": \"test\", \"layers\": ["
        "{\"type\": \"batchnorm2d\", \"name\": \"pixels\"},"
        "{\"type\": \"conv2d\", \"name\": \"conv\", \"out_channels\": 3, \"kernel_size\": 7,"
        " \"stride\": 7, \"bias\": false},"
        "{\"type\": \"batchnorm2d\", \"name\": \"norm\"}, {\"type\": \"relu\"},"
        "{\"type\": \"flatten\"}, {\"type\": \"dropout\", \"p\": 0.2},"
        "{\"type\": \"dense\", \"name\": \"logits\", \"out_features\": 10}]}";
    assert_int_equal(architecture_parse(&architecture, text, sizeof text - 1, "test", NULL),
                     DIGIT_OK);
    parameter_table_init(&table, &architecture);
    mean_at = parameter_offset(&table, 0, PARAMETER_RUNNING_MEAN);
    var_at = parameter_offset(&table, 0, PARAMETER_RUNNING_VAR);
}

static int set_up(void **state)
{
    (void)state;
    make_architecture();
    data = (struct dataset){
        .images = calloc(COUNT, DIGIT_PIXELS), .labels = calloc(COUNT, 1), .count = COUNT};
    if (data.images == NULL || data.labels == NULL)
        return -1;
    for (size_t i = 0; i < COUNT; i++) {
        struct rng rng = rng_make(1, RNG_INITIALISE, i);
        data.labels[i] = (uint8_t)(i % 10);
        for (size_t j = 0; j < DIGIT_PIXELS; j++)
            data.images[i * DIGIT_PIXELS + j] = (uint8_t)rng_below(&rng, 50 + 20 * (i % 10));
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dataset_release(&data);
    return 0;
}

static struct fit_settings make_settings(void)
{
    return (struct fit_settings){
        .epochs = 2,
        .batch_size = 32,
        .schedule = SCHEDULE_CONSTANT,
        .learning_rate = 0.01,
        .optimiser = adamw_settings_make(0.0),
        .average_decay = 0.5,
        .seed = 5,
    };
}

static bool go_on(void *user, const struct fit_step *step)
{
    (void)user;
    (void)step;
    return true;
}

static void pass_by(void *user, const struct fit_epoch *epoch)
{
    (void)user;
    (void)epoch;
}

static enum digit_status train(struct fit_result *out, const struct fit_settings *settings,
                               size_t threads, struct digit_error *error)
{
    const struct fit_observer observer = {NULL, go_on, pass_by, NULL};
    struct team *team;
    assert_int_equal(team_create(&team, threads, NULL), DIGIT_OK);
    enum digit_status status =
        fit(out, &architecture, &data, settings, NULL, &observer, team, error);
    team_destroy(team);
    return status;
}

/* Mean and unbiased variance of all pixels as the network sees them. */
static void measure_pixels(double *mean, double *variance)
{
    const size_t count = (size_t)COUNT * DIGIT_PIXELS;
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < count; i++) {
        double value =
            (data.images[i] / 255.0 - (double)MODEL_MNIST_MEAN) / (double)MODEL_MNIST_DEVIATION;
        sum += value;
        squares += value * value;
    }
    *mean = sum / (double)count;
    *variance = (squares - sum * *mean) / (double)(count - 1);
}

static void assert_near(float value, double expected)
{
    if (fabs((double)value - expected) > TOLERANCE)
        fail_msg("%.9g, expected %.9g", (double)value, expected);
}

/* In one batch, the statistics are those of the data; without, still far on the way from 0 and 1. */
static void all_images_in_one_batch_give_the_statistics_of_the_data(void **state)
{
    (void)state;
    double mean, variance;
    measure_pixels(&mean, &variance);
    struct fit_result result;
    struct fit_settings settings = make_settings();
    settings.batch_size = COUNT;
    assert_int_equal(train(&result, &settings, 1, NULL), DIGIT_OK);
    assert_true(fabs((double)result.parameters[mean_at] - mean) > 0.1);
    fit_result_release(&result);
    settings.recompute_statistics = COUNT;
    assert_int_equal(train(&result, &settings, 1, NULL), DIGIT_OK);
    assert_near(result.parameters[mean_at], mean);
    assert_near(result.parameters[var_at], variance);
    fit_result_release(&result);
}

/* Two of 30 and one of 31. */
static void batches_count_by_their_images(void **state)
{
    (void)state;
    double mean, variance;
    measure_pixels(&mean, &variance);
    struct fit_result result;
    struct fit_settings settings = make_settings();
    settings.batch_size = 40;
    settings.recompute_statistics = COUNT;
    assert_int_equal(train(&result, &settings, 1, NULL), DIGIT_OK);
    assert_near(result.parameters[mean_at], mean);
    fit_result_release(&result);
}

static void nothing_but_running_statistics_changes(void **state)
{
    (void)state;
    struct fit_result before, after;
    struct fit_settings settings = make_settings();
    assert_int_equal(train(&before, &settings, 1, NULL), DIGIT_OK);
    settings.recompute_statistics = 50;
    assert_int_equal(train(&after, &settings, 1, NULL), DIGIT_OK);
    for (size_t i = 0; i < table.count; i++) {
        size_t at = table.items[i].offset, size_bytes = table.items[i].count * sizeof(float);
        bool same = memcmp(before.parameters + at, after.parameters + at, size_bytes) == 0;
        assert_true(same == parameter_is_trained(&table.items[i]));
    }
    fit_result_release(&after);
    fit_result_release(&before);
}

static void one_and_two_threads_recompute_the_same(void **state)
{
    (void)state;
    struct fit_result one, two;
    struct fit_settings settings = make_settings();
    settings.recompute_statistics = 70;
    settings.augment.shift_px = 2.0f;
    assert_int_equal(train(&one, &settings, 1, NULL), DIGIT_OK);
    assert_int_equal(train(&two, &settings, 2, NULL), DIGIT_OK);
    assert_memory_equal(one.parameters, two.parameters, table.total * sizeof(float));
    fit_result_release(&two);
    fit_result_release(&one);
}

static void the_kept_epoch_is_validated_anew(void **state)
{
    (void)state;
    struct fit_result result;
    struct fit_settings settings = make_settings();
    settings.validation_count = 30;
    settings.recompute_statistics = 60;
    assert_int_equal(train(&result, &settings, 1, NULL), DIGIT_OK);
    assert_int_equal(result.kept.last.epoch, 2);
    assert_true(result.kept.validation_loss != result.history[1].validation_loss);
    fit_result_release(&result);
}

static void more_images_than_are_trained_on_are_refused(void **state)
{
    (void)state;
    struct fit_result result;
    struct digit_error error;
    struct fit_settings settings = make_settings();
    settings.validation_count = 30;
    settings.recompute_statistics = 62;
    assert_int_equal(train(&result, &settings, 1, &error), DIGIT_INVALID);
    assert_string_equal(error.message,
                        "recompute_statistics of 62 images, there are 61 to train on");
}

#define WITH_DATA(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DATA(all_images_in_one_batch_give_the_statistics_of_the_data),
        WITH_DATA(batches_count_by_their_images),
        WITH_DATA(nothing_but_running_statistics_changes),
        WITH_DATA(one_and_two_threads_recompute_the_same),
        WITH_DATA(the_kept_epoch_is_validated_anew),
        WITH_DATA(more_images_than_are_trained_on_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
