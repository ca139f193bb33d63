#include "trainer/fit/fit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/network/architecture_read.h"
#include "core/network/parameters.h"
#include "tests/support/model.h"
#include "tests/trainer/fixtures.h"
#include "trainer/base/rng.h"
#include "trainer/eval/evaluate.h"
#include "trainer/net/network.h"
#include "trainer/net/schedule.h"

#define MAX_EPOCHS 60

/* What the observer saw. */
struct record {
    size_t steps;
    size_t stop_after; /* 0: never */
    size_t largest_batch;
    size_t smallest_batch;
    size_t images_before;
    size_t epochs;
    struct fit_epoch epoch[MAX_EPOCHS];
    size_t save_after; /* epochs; 0: never */
    bool save_fails;
    struct fit_state saved;
    float *copies[5]; /* what `saved` points to */
};

static bool note_step(void *user, const struct fit_step *step)
{
    struct record *record = user;
    size_t batch = step->images - (step->step == 1 ? 0 : record->images_before);
    record->images_before = step->images;
    if (batch > record->largest_batch)
        record->largest_batch = batch;
    if (record->smallest_batch == 0 || batch < record->smallest_batch)
        record->smallest_batch = batch;
    return ++record->steps != record->stop_after;
}

static void note_epoch(void *user, const struct fit_epoch *epoch)
{
    struct record *record = user;
    record->epoch[record->epochs++] = *epoch;
}

static float *copy(const float *values, size_t count)
{
    float *out = calloc(count, sizeof *out);
    assert_non_null(out);
    return memcpy(out, values, count * sizeof *out);
}

static enum digit_status note_state(void *user, const struct fit_state *state,
                                    struct digit_error *error)
{
    struct record *record = user;
    if (record->save_fails)
        return digit_fail(error, DIGIT_IO, "the disk is full");
    if (state->epochs_run != record->save_after)
        return DIGIT_OK;
    size_t total = state->parameter_total;
    record->saved = *state;
    record->saved.history = record->epoch;
    record->saved.parameters = record->copies[0] = copy(state->parameters, total);
    record->saved.mean = record->copies[1] = copy(state->mean, total);
    record->saved.square = record->copies[2] = copy(state->square, total);
    record->saved.ema = record->copies[3] = copy(state->ema, total);
    record->saved.kept = record->copies[4] = copy(state->kept, total);
    return DIGIT_OK;
}

static void release_saved(struct record *record)
{
    for (size_t i = 0; i < sizeof record->copies / sizeof *record->copies; i++)
        free(record->copies[i]);
}

/* Noise with a brighter bar at a height that is the label's. */
static void make_bars(struct dataset *out, size_t count)
{
    blank_dataset(out, count);
    for (size_t i = 0; i < count; i++) {
        struct rng rng = rng_make(1, RNG_INITIALISE, i);
        out->labels[i] = (uint8_t)(i % 10);
        for (size_t j = 0; j < DIGIT_PIXELS; j++) {
            bool lit = j / DIGIT_SIDE_PX / 2 == 2 + i % 10;
            out->images[i * DIGIT_PIXELS + j] = (uint8_t)((lit ? 150 : 0) + rng_below(&rng, 100));
        }
    }
}

/* Images whose labels have nothing to do with them. */
static void make_noise(struct dataset *out, size_t count)
{
    make_bars(out, count);
    for (size_t i = 0; i < count; i++) {
        struct rng rng = rng_make(2, RNG_INITIALISE, i);
        out->labels[i] = (uint8_t)rng_below(&rng, 10);
    }
}

static struct fit_settings make_settings(void)
{
    return (struct fit_settings){
        .epochs = 8,
        .batch_size = 32,
        .validation_count = 60,
        .schedule = SCHEDULE_CONSTANT,
        .learning_rate = 0.003,
        .optimiser = adamw_settings_make(0.01),
        .ema_decay = 0.9,
        .seed = 3,
    };
}

/* What trainings learn from beside the labels: nothing, unless a test says otherwise. */
static struct distillation distillation;

static enum digit_status run_from(const struct fit_state *from, struct fit_result *out,
                                  struct record *record, const struct architecture *architecture,
                                  const struct dataset *data, const struct fit_settings *settings,
                                  size_t threads, struct digit_error *error)
{
    const struct fit_observer observer = {record, note_step, note_epoch, note_state};
    struct thread_pool *pool;
    assert_int_equal(thread_pool_create(&pool, threads, NULL), DIGIT_OK);
    enum digit_status status =
        fit(out, architecture, data, settings, &distillation, from, &observer, pool, error);
    thread_pool_destroy(pool);
    return status;
}

static enum digit_status run(struct fit_result *out, struct record *record,
                             const struct architecture *architecture, const struct dataset *data,
                             const struct fit_settings *settings, size_t threads,
                             struct digit_error *error)
{
    return run_from(NULL, out, record, architecture, data, settings, threads, error);
}

/* The same on a dense layer, which must not fail. */
static void run_dense(struct fit_result *out, struct record *record, const struct dataset *data,
                      const struct fit_settings *settings)
{
    struct architecture architecture;
    struct digit_error error;
    dense_architecture(&architecture);
    memset(record, 0, sizeof *record);
    if (run(out, record, &architecture, data, settings, 2, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
}

static void assert_refused(const struct fit_settings *settings, const char *reason)
{
    struct architecture architecture;
    struct dataset data;
    struct record record = {0};
    struct fit_result result;
    struct digit_error error;
    dense_architecture(&architecture);
    make_bars(&data, 100);
    assert_int_equal(run(&result, &record, &architecture, &data, settings, 1, &error),
                     DIGIT_INVALID);
    assert_non_null(strstr(error.message, reason));
    assert_null(result.parameters);
    dataset_release(&data);
}

static void a_small_data_set_is_learnt(void **state)
{
    (void)state;
    struct dataset data;
    struct record record;
    struct fit_result result;
    const struct fit_settings settings = make_settings();
    make_bars(&data, 360);
    run_dense(&result, &record, &data, &settings);
    assert_int_equal(result.end, FIT_ALL_EPOCHS);
    assert_int_equal(result.epochs_run, 8);
    assert_int_equal(result.training_count, 300);
    assert_int_equal(result.kept.last.epoch, 8);
    assert_true(result.kept.validated);
    assert_true(result.kept.validation_accuracy == 1.0);
    assert_true(result.kept.last.accuracy == 1.0);
    assert_true(result.training.accuracy == 1.0);
    assert_true(result.kept.validation_loss < record.epoch[0].validation_loss);
    fit_result_release(&result);
    dataset_release(&data);
}

/* Labels that can only be learnt by heart: the training images are read better than the others, and
 * both together are all. */
static void training_figures_are_those_of_the_images_trained_on(void **state)
{
    (void)state;
    struct dataset data;
    struct record record;
    struct fit_result result;
    struct fit_settings settings = make_settings();
    settings.epochs = 40;
    make_noise(&data, 360);
    run_dense(&result, &record, &data, &settings);
    assert_true(result.training.accuracy > result.kept.validation_accuracy + 0.2);
    assert_true(result.training.loss < result.kept.validation_loss);

    struct architecture architecture;
    struct digit_model *model;
    struct thread_pool *pool;
    struct evaluation all;
    dense_architecture(&architecture);
    assert_int_equal(model_create(&model, &architecture, result.parameters, &train_preprocessing,
                                  NULL, NULL, NULL),
                     DIGIT_OK);
    assert_int_equal(thread_pool_create(&pool, 1, NULL), DIGIT_OK);
    assert_int_equal(evaluate_model(&all, model, data.images, data.labels, 360, pool, NULL),
                     DIGIT_OK);
    assert_float_equal(300.0 * result.training.accuracy + 60.0 * result.kept.validation_accuracy,
                       (double)all.correct, 1e-9);
    assert_float_equal(300.0 * result.training.loss + 60.0 * result.kept.validation_loss,
                       360.0 * all.loss, 1e-6);
    evaluation_release(&all);
    thread_pool_destroy(pool);
    digit_model_destroy(model);
    fit_result_release(&result);
    dataset_release(&data);
}

/* 300 images in batches of at most 64 are five steps of 60. */
static void images_are_spread_evenly_over_steps(void **state)
{
    (void)state;
    struct dataset data;
    struct record record;
    struct fit_result result;
    struct fit_settings settings = make_settings();
    settings.batch_size = 64;
    settings.epochs = 2;
    make_bars(&data, 363);
    run_dense(&result, &record, &data, &settings);
    assert_int_equal(record.steps, 2 * 5);
    assert_int_equal(record.largest_batch, 61);
    assert_int_equal(record.smallest_batch, 60);
    assert_int_equal(record.epoch[1].last.images, 303);
    fit_result_release(&result);
    dataset_release(&data);
}

static void steps_are_as_many_as_full_batches_need(void **state)
{
    (void)state;
    assert_int_equal(fit_steps(1, 128), 1);
    assert_int_equal(fit_steps(128, 128), 1);
    assert_int_equal(fit_steps(129, 128), 2);
    assert_int_equal(fit_steps(60000, 128), 469);
}

/* Every kind of layer, with convolutions that share a batch. */
static void small_architecture(struct architecture *out)
{
    static const char text[] =
        "{\"name\": \"small\", \"layers\": ["
        "{\"type\": \"conv2d\", \"name\": \"conv1\", \"out_channels\": 4, \"kernel_size\": 5,"
        " \"stride\": 3, \"bias\": false},"
        "{\"type\": \"batchnorm2d\", \"name\": \"norm1\"}, {\"type\": \"relu\"},"
        "{\"type\": \"maxpool2d\", \"kernel_size\": 2}, {\"type\": \"flatten\"},"
        "{\"type\": \"dropout\", \"p\": 0.25},"
        "{\"type\": \"dense\", \"name\": \"logits\", \"out_features\": 10}]}";
    assert_int_equal(architecture_parse(out, text, sizeof text - 1, "test", NULL), DIGIT_OK);
}

/* With augmentation and dropout. */
static void one_and_two_threads_give_the_same_weights(void **state)
{
    (void)state;
    struct architecture architecture;
    small_architecture(&architecture);
    struct parameter_table table;
    parameter_table_init(&table, &architecture);
    struct dataset data;
    make_bars(&data, 150);
    struct fit_settings settings = make_settings();
    settings.epochs = 2;
    settings.final_epochs = 1;
    settings.label_smoothing = 0.02f;
    settings.warp = all_warps;
    settings.distort = (struct distort_ranges){
        .probability = 0.5f, .noise_probability = 1.0f, .noise_deviation = 0.1f};
    settings.variants =
        (struct variant_settings){.flag_probability = 0.5f, .bar_probability = 0.5f};
    settings.outliers.probability = 0.3f;
    struct fit_result results[3];
    for (size_t i = 0; i < 3; i++) {
        struct record record = {0};
        settings.seed = i < 2 ? 3 : 4;
        assert_int_equal(
            run(&results[i], &record, &architecture, &data, &settings, i == 0 ? 1 : 2, NULL),
            DIGIT_OK);
    }
    size_t size_bytes = table.total * sizeof(float);
    assert_memory_equal(results[0].parameters, results[1].parameters, size_bytes);
    assert_memory_not_equal(results[0].parameters, results[2].parameters, size_bytes);
    for (size_t i = 0; i < 3; i++)
        fit_result_release(&results[i]);
    dataset_release(&data);
}

/* Half of the images are replaced: if these counted, the accuracy would stay near a half. */
static void figures_are_of_the_digits_alone(void **state)
{
    (void)state;
    struct dataset data;
    struct fit_result result;
    struct fit_settings settings = make_settings();
    struct record record = {0};
    make_bars(&data, 300);
    settings.outliers.probability = 0.5f;
    settings.epochs = 20;
    run_dense(&result, &record, &data, &settings);
    assert_true(result.kept.last.accuracy > 0.9);
    assert_true(result.kept.last.loss < 1.0);
    fit_result_release(&result);
    dataset_release(&data);
}

/* Half the strength of a range is the whole of half the range, to the bit. */
static void final_epochs_are_warped_half_as_much(void **state)
{
    (void)state;
    struct dataset data;
    struct record record;
    struct fit_result results[3];
    struct fit_settings settings = make_settings();
    settings.epochs = 2;
    make_bars(&data, 160);
    for (size_t i = 0; i < 3; i++) {
        settings.final_epochs = i == 0 ? 2 : 0;
        settings.warp = (struct warp_ranges){.shift_px = i == 1 ? 1.0f : 2.0f};
        run_dense(&results[i], &record, &data, &settings);
    }
    size_t size_bytes = (DIGIT_CLASSES * DIGIT_PIXELS + DIGIT_CLASSES) * sizeof(float);
    assert_memory_equal(results[0].parameters, results[1].parameters, size_bytes);
    assert_memory_not_equal(results[0].parameters, results[2].parameters, size_bytes);
    for (size_t i = 0; i < 3; i++)
        fit_result_release(&results[i]);
    dataset_release(&data);
}

/*
 * On random labels the validation loss soon rises. The weights that come back must be those of a
 * training that simply ends after the best epoch, which a constant rate makes the same.
 */
static void distorted_images_are_trained_on(void **state)
{
    (void)state;
    struct dataset data;
    struct fit_result results[2];
    make_bars(&data, 100);
    for (size_t i = 0; i < 2; i++) {
        struct fit_settings settings = make_settings();
        settings.distort = (struct distort_ranges){.probability = i == 0 ? 0.0f : 1.0f,
                                                   .noise_probability = 1.0f,
                                                   .noise_deviation = 0.1f};
        struct record record = {0};
        run_dense(&results[i], &record, &data, &settings);
    }
    assert_true(results[0].parameters[0] != results[1].parameters[0]);
    for (size_t i = 0; i < 2; i++)
        fit_result_release(&results[i]);
    dataset_release(&data);
}

static void early_stopping_restores_the_best_weights(void **state)
{
    (void)state;
    struct dataset data;
    struct record record, again;
    struct fit_result stopped, ended;
    struct fit_settings settings = make_settings();
    settings.epochs = MAX_EPOCHS;
    settings.patience = 3;
    make_noise(&data, 200);
    run_dense(&stopped, &record, &data, &settings);
    assert_int_equal(stopped.end, FIT_EARLY);
    size_t best = 0;
    for (size_t i = 0; i < record.epochs; i++)
        if (record.epoch[i].validation_loss < record.epoch[best].validation_loss)
            best = i;
    assert_true(record.epoch[best].best);
    assert_int_equal(stopped.kept.last.epoch, best + 1);
    assert_int_equal(stopped.epochs_run, best + 1 + settings.patience);

    settings.epochs = best + 1;
    settings.patience = 0;
    run_dense(&ended, &again, &data, &settings);
    size_t total = DIGIT_CLASSES * DIGIT_PIXELS + DIGIT_CLASSES;
    assert_memory_equal(stopped.parameters, ended.parameters, total * sizeof(float));
    fit_result_release(&ended);
    fit_result_release(&stopped);
    dataset_release(&data);
}

static void without_patience_the_last_weights_are_kept(void **state)
{
    (void)state;
    struct dataset data;
    struct record record;
    struct fit_result result;
    struct fit_settings settings = make_settings();
    settings.epochs = 20;
    make_noise(&data, 200);
    run_dense(&result, &record, &data, &settings);
    assert_int_equal(result.end, FIT_ALL_EPOCHS);
    assert_false(result.kept.best);
    assert_int_equal(result.kept.last.epoch, 20);
    fit_result_release(&result);
    dataset_release(&data);
}

static void without_validation_every_image_is_trained_on(void **state)
{
    (void)state;
    struct dataset data;
    struct record record;
    struct fit_result result;
    struct fit_settings settings = make_settings();
    settings.validation_count = 0;
    settings.epochs = 1;
    make_bars(&data, 100);
    run_dense(&result, &record, &data, &settings);
    assert_int_equal(result.training_count, 100);
    assert_false(result.kept.validated);
    assert_non_null(result.parameters);
    fit_result_release(&result);
    dataset_release(&data);
}

static void the_observer_can_end_the_training(void **state)
{
    (void)state;
    struct architecture architecture;
    struct dataset data;
    struct record record = {.stop_after = 12};
    struct fit_result result;
    const struct fit_settings settings = make_settings();
    dense_architecture(&architecture);
    make_bars(&data, 360);
    assert_int_equal(run(&result, &record, &architecture, &data, &settings, 1, NULL), DIGIT_OK);
    assert_int_equal(result.end, FIT_INTERRUPTED);
    assert_int_equal(result.epochs_run, 1);
    assert_int_equal(record.steps, 12);
    assert_null(result.parameters);
    fit_result_release(&result);
    dataset_release(&data);
}

static void assert_same_history(const struct fit_result *a, const struct fit_result *b)
{
    assert_int_equal(a->epochs_run, b->epochs_run);
    for (size_t i = 0; i < a->epochs_run; i++) {
        struct fit_epoch of_a = a->history[i], of_b = b->history[i];
        of_a.seconds = of_b.seconds;
        assert_memory_equal(&of_a.last, &of_b.last, sizeof of_a.last);
        assert_true(of_a.validated == of_b.validated && of_a.best == of_b.best);
        assert_true(of_a.validation_loss == of_b.validation_loss);
        assert_true(of_a.validation_accuracy == of_b.validation_accuracy);
    }
}

/* Everything that has a state of its own: dropout, running statistics, a schedule, an EMA. */
static void settings_with_all(struct fit_settings *out)
{
    *out = make_settings();
    out->epochs = 4;
    out->schedule = SCHEDULE_ONE_CYCLE;
    out->final_epochs = 1;
    out->warp = all_warps;
    out->distort = (struct distort_ranges){
        .probability = 0.5f, .noise_probability = 1.0f, .noise_deviation = 0.1f};
}

/* A training by one thread, and by two from what it was after `epoch`. */
static void assert_goes_on(const struct architecture *architecture, const struct dataset *data,
                           const struct fit_settings *settings, size_t epoch)
{
    struct record record = {.save_after = epoch}, rest = {0};
    struct fit_result whole, resumed;
    assert_int_equal(run(&whole, &record, architecture, data, settings, 1, NULL), DIGIT_OK);
    assert_int_equal(
        run_from(&record.saved, &resumed, &rest, architecture, data, settings, 2, NULL), DIGIT_OK);
    assert_int_equal(rest.epochs, settings->epochs - epoch);
    assert_memory_equal(whole.parameters, resumed.parameters,
                        record.saved.parameter_total * sizeof(float));
    assert_same_history(&whole, &resumed);
    fit_result_release(&resumed);
    fit_result_release(&whole);
    release_saved(&record);
}

static void a_training_goes_on_from_any_epoch_to_the_same_weights(void **state)
{
    (void)state;
    struct architecture architecture;
    struct dataset data;
    struct fit_settings settings;
    small_architecture(&architecture);
    settings_with_all(&settings);
    make_bars(&data, 150);
    for (size_t epoch = 1; epoch <= settings.epochs; epoch++)
        assert_goes_on(&architecture, &data, &settings, epoch);
    dataset_release(&data);
}

/* Ten of 90 images three times more. */
static void an_epoch_with_hard_examples_has_samples_of_them_beside_the_others(void **state)
{
    (void)state;
    struct architecture architecture;
    struct dataset data;
    struct fit_settings settings;
    struct record record = {0};
    struct fit_result result;
    char *folder = folder_make(), *path = folder_path(folder, "teacher.safetensors");
    write_model(path, 1);
    small_architecture(&architecture);
    settings_with_all(&settings);
    assert_int_equal(teachers_open_folder(&distillation.teachers, folder, 2, NULL), DIGIT_OK);
    settings.teacher_share = 0.5f;
    settings.temperature = 2.0f;
    settings.hard_examples = (struct hard_example_settings){10, 3};
    make_bars(&data, 150);
    assert_int_equal(run(&result, &record, &architecture, &data, &settings, 1, NULL), DIGIT_OK);
    assert_int_equal(result.training_count, 90);
    assert_int_equal(result.kept.last.steps, 4);
    assert_int_equal(result.kept.last.images, 120);
    assert_int_equal(record.smallest_batch, 30);
    fit_result_release(&result);
    assert_goes_on(&architecture, &data, &settings, 2);
    distillation_close(&distillation);
    dataset_release(&data);
    free(path);
    folder_remove(folder);
}

/* Saved after its best epoch, or when patience had run out. */
static void patience_is_remembered(void **state)
{
    (void)state;
    struct architecture architecture;
    struct dataset data;
    struct fit_settings settings = make_settings();
    settings.epochs = MAX_EPOCHS;
    settings.patience = 3;
    dense_architecture(&architecture);
    make_noise(&data, 200);
    for (size_t late = 1; late <= settings.patience; late++) {
        struct record probe, record = {0}, rest = {0};
        struct fit_result whole, resumed;
        run_dense(&whole, &probe, &data, &settings);
        record.save_after = whole.kept.last.epoch + late;
        fit_result_release(&whole);
        assert_int_equal(run(&whole, &record, &architecture, &data, &settings, 2, NULL), DIGIT_OK);
        assert_int_equal(
            run_from(&record.saved, &resumed, &rest, &architecture, &data, &settings, 2, NULL),
            DIGIT_OK);
        assert_int_equal(resumed.end, FIT_EARLY);
        assert_int_equal(rest.epochs, settings.patience - late);
        assert_int_equal(resumed.kept.last.epoch, whole.kept.last.epoch);
        assert_memory_equal(whole.parameters, resumed.parameters,
                            record.saved.parameter_total * sizeof(float));
        fit_result_release(&resumed);
        fit_result_release(&whole);
        release_saved(&record);
    }
    dataset_release(&data);
}

static void a_state_that_cannot_be_saved_ends_the_training(void **state)
{
    (void)state;
    struct architecture architecture;
    struct dataset data;
    struct record record = {.save_fails = true};
    struct fit_result result;
    struct digit_error error;
    const struct fit_settings settings = make_settings();
    dense_architecture(&architecture);
    make_bars(&data, 100);
    assert_int_equal(run(&result, &record, &architecture, &data, &settings, 1, &error), DIGIT_IO);
    assert_string_equal(error.message, "the disk is full");
    assert_int_equal(record.epochs, 1);
    assert_null(result.parameters);
    assert_null(result.history);
    dataset_release(&data);
}

static void a_state_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct architecture architecture;
    struct dataset data;
    struct record record = {.save_after = 2}, unused = {0};
    struct fit_result result;
    struct digit_error error;
    struct fit_settings settings = make_settings();
    dense_architecture(&architecture);
    make_bars(&data, 100);
    assert_int_equal(run(&result, &record, &architecture, &data, &settings, 1, NULL), DIGIT_OK);
    fit_result_release(&result);

    struct fit_state other = record.saved;
    other.parameter_total--;
    assert_int_equal(run_from(&other, &result, &unused, &architecture, &data, &settings, 1, &error),
                     DIGIT_INVALID);
    assert_string_equal(error.message, "a state of 7849 parameters, the architecture has 7850");
    settings.epochs = 1;
    assert_int_equal(
        run_from(&record.saved, &result, &unused, &architecture, &data, &settings, 1, &error),
        DIGIT_INVALID);
    assert_string_equal(error.message, "a state after 2 epochs of 1");
    settings = make_settings();
    settings.validation_count = 0;
    assert_int_equal(
        run_from(&record.saved, &result, &unused, &architecture, &data, &settings, 1, &error),
        DIGIT_INVALID);
    assert_non_null(strstr(error.message, "epoch 1 has no validation loss or one too many"));
    release_saved(&record);
    dataset_release(&data);
}

static void a_loss_that_is_not_finite_is_an_error(void **state)
{
    (void)state;
    struct fit_settings settings = make_settings();
    settings.learning_rate = 1e38;
    assert_refused(&settings, "the loss is not finite at learning rate 1e+38");
}

static void validation_must_leave_images_to_train_on(void **state)
{
    (void)state;
    struct fit_settings settings = make_settings();
    settings.validation_count = 100;
    assert_refused(&settings, "validation of 100 images leaves none of 100");
}

static void patience_needs_validation(void **state)
{
    (void)state;
    struct fit_settings settings = make_settings();
    settings.validation_count = 0;
    settings.patience = 2;
    assert_refused(&settings, "patience 2 needs validation images");
}

static void hard_examples_are_chosen_by_teachers_among_the_training_images(void **state)
{
    (void)state;
    struct fit_settings settings = make_settings();
    settings.hard_examples = (struct hard_example_settings){41, 1};
    assert_refused(&settings, "hard_examples.count of 41 images, there are 40 to train on");
    settings.hard_examples.count = 40;
    assert_refused(&settings, "hard_examples.count of 40 images needs teachers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_data_set_is_learnt),
        cmocka_unit_test(training_figures_are_those_of_the_images_trained_on),
        cmocka_unit_test(images_are_spread_evenly_over_steps),
        cmocka_unit_test(steps_are_as_many_as_full_batches_need),
        cmocka_unit_test(one_and_two_threads_give_the_same_weights),
        cmocka_unit_test(final_epochs_are_warped_half_as_much),
        cmocka_unit_test(distorted_images_are_trained_on),
        cmocka_unit_test(figures_are_of_the_digits_alone),
        cmocka_unit_test(early_stopping_restores_the_best_weights),
        cmocka_unit_test(without_patience_the_last_weights_are_kept),
        cmocka_unit_test(without_validation_every_image_is_trained_on),
        cmocka_unit_test(the_observer_can_end_the_training),
        cmocka_unit_test(a_training_goes_on_from_any_epoch_to_the_same_weights),
        cmocka_unit_test(an_epoch_with_hard_examples_has_samples_of_them_beside_the_others),
        cmocka_unit_test(patience_is_remembered),
        cmocka_unit_test(a_state_that_cannot_be_saved_ends_the_training),
        cmocka_unit_test(a_state_that_does_not_fit_is_refused),
        cmocka_unit_test(a_loss_that_is_not_finite_is_an_error),
        cmocka_unit_test(validation_must_leave_images_to_train_on),
        cmocka_unit_test(patience_needs_validation),
        cmocka_unit_test(hard_examples_are_chosen_by_teachers_among_the_training_images),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
