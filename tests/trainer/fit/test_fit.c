#include "trainer/fit/fit.h"

#include <stdlib.h>
#include <string.h>

#include "core/network/architecture_read.h"
#include "core/network/parameters.h"
#include "tests/test.h"
#include "tests/trainer/fit/training.h"
#include "tests/trainer/fixtures.h"
#include "trainer/eval/evaluate.h"
#include "trainer/net/network.h"

static void assert_refused(const struct fit_settings *settings, const char *reason)
{
    struct architecture architecture;
    struct dataset data;
    struct training_record record = {0};
    struct fit_result result;
    struct digit_error error;
    dense_architecture(&architecture);
    training_make_bars(&data, 100);
    assert_int_equal(training_run(&result, &record, &architecture, &data, settings, 1, &error),
                     DIGIT_INVALID);
    assert_non_null(strstr(error.message, reason));
    assert_null(result.parameters);
    dataset_release(&data);
}

TEST(a_small_data_set_is_learnt)
{
    struct dataset data;
    struct training_record record;
    struct fit_result result;
    const struct fit_settings settings = training_settings();
    training_make_bars(&data, 360);
    training_run_dense(&result, &record, &data, &settings);
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

/* Random labels can only be memorised, so the training images are classified better than the
 * validation images. The figures of both together are those of all images. */
TEST(training_figures_are_those_of_the_training_images)
{
    struct dataset data;
    struct training_record record;
    struct fit_result result;
    struct fit_settings settings = training_settings();
    settings.epochs = 40;
    training_make_noise(&data, 360);
    training_run_dense(&result, &record, &data, &settings);
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

/* 303 images in batches of at most 64 are five steps of 60 or 61. */
TEST(samples_are_distributed_evenly_over_steps)
{
    struct dataset data;
    struct training_record record;
    struct fit_result result;
    struct fit_settings settings = training_settings();
    settings.batch_size = 64;
    settings.epochs = 2;
    training_make_bars(&data, 363);
    training_run_dense(&result, &record, &data, &settings);
    assert_int_equal(record.steps, 2 * 5);
    assert_int_equal(record.largest_batch, 61);
    assert_int_equal(record.smallest_batch, 60);
    assert_int_equal(record.epoch[1].last.images, 303);
    fit_result_release(&result);
    dataset_release(&data);
}

TEST(the_number_of_steps_is_rounded_up)
{
    assert_int_equal(fit_steps(1, 128), 1);
    assert_int_equal(fit_steps(128, 128), 1);
    assert_int_equal(fit_steps(129, 128), 2);
    assert_int_equal(fit_steps(60000, 128), 469);
}

/* With augmentation and dropout. The third training has another seed. */
TEST(one_and_two_threads_give_the_same_weights)
{
    struct architecture architecture;
    training_architecture(&architecture);
    struct parameter_table table;
    parameter_table_init(&table, &architecture);
    struct dataset data;
    training_make_bars(&data, 150);
    struct fit_settings settings = training_settings();
    settings.epochs = 2;
    settings.final_epochs = 1;
    settings.label_smoothing = 0.02f;
    settings.warp = all_warps;
    settings.distort = (struct distort_ranges){
        .probability = 0.5f, .noise_probability = 1.0f, .noise_deviation = 0.1f};
    settings.variants = (struct variant_settings){
        .flag_probability = 0.5f, .flag_length = 0.8f, .bar_probability = 0.5f};
    settings.outliers.probability = 0.3f;
    settings.neighbours = (struct neighbour_settings){0.3f, 5.0f};
    struct fit_result results[3];
    for (size_t i = 0; i < 3; i++) {
        struct training_record record = {0};
        settings.seed = i < 2 ? 3 : 4;
        assert_int_equal(training_run(&results[i], &record, &architecture, &data, &settings,
                                      i == 0 ? 1 : 2, NULL),
                         DIGIT_OK);
    }
    size_t size_bytes = table.total * sizeof(float);
    assert_memory_equal(results[0].parameters, results[1].parameters, size_bytes);
    assert_memory_not_equal(results[0].parameters, results[2].parameters, size_bytes);
    for (size_t i = 0; i < 3; i++)
        fit_result_release(&results[i]);
    dataset_release(&data);
}

/* Half of the samples are outliers: if these counted, the accuracy would be about a half. */
TEST(figures_do_not_include_outliers)
{
    struct dataset data;
    struct fit_result result;
    struct fit_settings settings = training_settings();
    struct training_record record = {0};
    training_make_bars(&data, 300);
    settings.outliers.probability = 0.5f;
    settings.epochs = 20;
    training_run_dense(&result, &record, &data, &settings);
    assert_true(result.kept.last.accuracy > 0.9);
    assert_true(result.kept.last.loss < 1.0);
    fit_result_release(&result);
    dataset_release(&data);
}

/* A warp of half strength equals a warp with half the range, to the bit. */
TEST(warps_have_half_their_strength_in_final_epochs)
{
    struct dataset data;
    struct training_record record;
    struct fit_result results[3];
    struct fit_settings settings = training_settings();
    settings.epochs = 2;
    training_make_bars(&data, 160);
    for (size_t i = 0; i < 3; i++) {
        settings.final_epochs = i == 0 ? 2 : 0;
        settings.warp = (struct warp_ranges){.shift_px = i == 1 ? 1.0f : 2.0f};
        training_run_dense(&results[i], &record, &data, &settings);
    }
    size_t size_bytes = (DIGIT_CLASSES * DIGIT_PIXELS + DIGIT_CLASSES) * sizeof(float);
    assert_memory_equal(results[0].parameters, results[1].parameters, size_bytes);
    assert_memory_not_equal(results[0].parameters, results[2].parameters, size_bytes);
    for (size_t i = 0; i < 3; i++)
        fit_result_release(&results[i]);
    dataset_release(&data);
}

TEST(distortion_changes_the_weights)
{
    struct dataset data;
    struct fit_result results[2];
    training_make_bars(&data, 100);
    for (size_t i = 0; i < 2; i++) {
        struct fit_settings settings = training_settings();
        settings.distort = (struct distort_ranges){.probability = i == 0 ? 0.0f : 1.0f,
                                                   .noise_probability = 1.0f,
                                                   .noise_deviation = 0.1f};
        struct training_record record = {0};
        training_run_dense(&results[i], &record, &data, &settings);
    }
    assert_true(results[0].parameters[0] != results[1].parameters[0]);
    for (size_t i = 0; i < 2; i++)
        fit_result_release(&results[i]);
    dataset_release(&data);
}

/*
 * With random labels the validation loss soon rises. The weights must be those of a training that
 * ends after the best epoch; with a constant learning rate, that training is the same up to there.
 */
TEST(early_stopping_restores_the_best_weights)
{
    struct dataset data;
    struct training_record record, again;
    struct fit_result stopped, ended;
    struct fit_settings settings = training_settings();
    settings.epochs = TRAINING_MAX_EPOCHS;
    settings.patience = 3;
    training_make_noise(&data, 200);
    training_run_dense(&stopped, &record, &data, &settings);
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
    training_run_dense(&ended, &again, &data, &settings);
    size_t total = DIGIT_CLASSES * DIGIT_PIXELS + DIGIT_CLASSES;
    assert_memory_equal(stopped.parameters, ended.parameters, total * sizeof(float));
    fit_result_release(&ended);
    fit_result_release(&stopped);
    dataset_release(&data);
}

TEST(without_patience_the_last_weights_are_kept)
{
    struct dataset data;
    struct training_record record;
    struct fit_result result;
    struct fit_settings settings = training_settings();
    settings.epochs = 20;
    training_make_noise(&data, 200);
    training_run_dense(&result, &record, &data, &settings);
    assert_int_equal(result.end, FIT_ALL_EPOCHS);
    assert_false(result.kept.best);
    assert_int_equal(result.kept.last.epoch, 20);
    fit_result_release(&result);
    dataset_release(&data);
}

TEST(without_validation_every_image_is_trained_on)
{
    struct dataset data;
    struct training_record record;
    struct fit_result result;
    struct fit_settings settings = training_settings();
    settings.validation_count = 0;
    settings.epochs = 1;
    training_make_bars(&data, 100);
    training_run_dense(&result, &record, &data, &settings);
    assert_int_equal(result.training_count, 100);
    assert_false(result.kept.validated);
    assert_non_null(result.parameters);
    fit_result_release(&result);
    dataset_release(&data);
}

TEST(the_observer_can_interrupt_the_training)
{
    struct architecture architecture;
    struct dataset data;
    struct training_record record = {.stop_after = 12};
    struct fit_result result;
    const struct fit_settings settings = training_settings();
    dense_architecture(&architecture);
    training_make_bars(&data, 360);
    assert_int_equal(training_run(&result, &record, &architecture, &data, &settings, 1, NULL),
                     DIGIT_OK);
    assert_int_equal(result.end, FIT_INTERRUPTED);
    assert_int_equal(result.epochs_run, 1);
    assert_int_equal(record.steps, 12);
    assert_null(result.parameters);
    fit_result_release(&result);
    dataset_release(&data);
}

TEST(a_state_that_cannot_be_saved_ends_the_training)
{
    struct architecture architecture;
    struct dataset data;
    struct training_record record = {.save_fails = true};
    struct fit_result result;
    struct digit_error error;
    const struct fit_settings settings = training_settings();
    dense_architecture(&architecture);
    training_make_bars(&data, 100);
    assert_int_equal(training_run(&result, &record, &architecture, &data, &settings, 1, &error),
                     DIGIT_IO);
    assert_string_equal(error.message, "the disk is full");
    assert_int_equal(record.epochs, 1);
    assert_null(result.parameters);
    assert_null(result.history);
    dataset_release(&data);
}

TEST(a_loss_that_is_not_finite_is_an_error)
{
    struct fit_settings settings = training_settings();
    settings.learning_rate = 1e38;
    assert_refused(&settings, "the loss is not finite at learning rate 1e+38");
}

TEST(validation_must_leave_images_to_train_on)
{
    struct fit_settings settings = training_settings();
    settings.validation_count = 100;
    assert_refused(&settings, "100 validation images of 100 leave none to train on");
}

TEST(patience_needs_validation)
{
    struct fit_settings settings = training_settings();
    settings.validation_count = 0;
    settings.patience = 2;
    assert_refused(&settings, "patience 2 needs validation images");
}

TEST(hard_examples_need_enough_training_images_and_teachers)
{
    struct fit_settings settings = training_settings();
    settings.hard_examples = (struct hard_example_settings){41, 1};
    assert_refused(&settings, "hard_examples.count is 41, but there are only 40 training images");
    settings.hard_examples.count = 40;
    assert_refused(&settings, "hard_examples.count is 40, but there are no teachers");
}

TEST_MAIN(cmocka_unit_test(a_small_data_set_is_learnt),
          cmocka_unit_test(training_figures_are_those_of_the_training_images),
          cmocka_unit_test(samples_are_distributed_evenly_over_steps),
          cmocka_unit_test(the_number_of_steps_is_rounded_up),
          cmocka_unit_test(one_and_two_threads_give_the_same_weights),
          cmocka_unit_test(warps_have_half_their_strength_in_final_epochs),
          cmocka_unit_test(distortion_changes_the_weights),
          cmocka_unit_test(figures_do_not_include_outliers),
          cmocka_unit_test(early_stopping_restores_the_best_weights),
          cmocka_unit_test(without_patience_the_last_weights_are_kept),
          cmocka_unit_test(without_validation_every_image_is_trained_on),
          cmocka_unit_test(the_observer_can_interrupt_the_training),
          cmocka_unit_test(a_state_that_cannot_be_saved_ends_the_training),
          cmocka_unit_test(a_loss_that_is_not_finite_is_an_error),
          cmocka_unit_test(validation_must_leave_images_to_train_on),
          cmocka_unit_test(patience_needs_validation),
          cmocka_unit_test(hard_examples_need_enough_training_images_and_teachers))
