#include "trainer/fit/fit_run.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"
#include "tests/trainer/distill/teacher_file.h"
#include "tests/trainer/fit/training.h"
#include "tests/trainer/fixtures.h"
#include "trainer/net/schedule.h"

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

/* Settings with everything that has a state: dropout, running statistics, a schedule, an EMA. */
static void make_stateful_settings(struct fit_settings *out)
{
    *out = training_settings();
    out->epochs = 4;
    out->schedule = SCHEDULE_ONE_CYCLE;
    out->final_epochs = 1;
    out->warp = all_warps;
    out->distort = (struct distort_ranges){
        .probability = 0.5f, .noise_probability = 1.0f, .noise_deviation = 0.1f};
}

/* Trains with one thread, and resumes with two threads from the state after `epoch`. */
static void assert_resumes(const struct architecture *architecture, const struct dataset *data,
                           const struct fit_settings *settings, size_t epoch)
{
    struct training_record record = {.save_after = epoch}, rest = {0};
    struct fit_result whole, resumed;
    assert_int_equal(training_run(&whole, &record, architecture, data, settings, 1, NULL),
                     DIGIT_OK);
    assert_int_equal(
        training_resume(&record.saved, &resumed, &rest, architecture, data, settings, 2, NULL),
        DIGIT_OK);
    assert_int_equal(rest.epochs, settings->epochs - epoch);
    assert_memory_equal(whole.parameters, resumed.parameters,
                        record.saved.parameter_total * sizeof(float));
    assert_same_history(&whole, &resumed);
    fit_result_release(&resumed);
    fit_result_release(&whole);
    training_record_release(&record);
}

TEST(a_training_resumes_after_any_epoch_to_the_same_weights)
{
    struct architecture architecture;
    struct dataset data;
    struct fit_settings settings;
    training_architecture(&architecture);
    make_stateful_settings(&settings);
    training_make_bars(&data, 150);
    for (size_t epoch = 1; epoch <= settings.epochs; epoch++)
        assert_resumes(&architecture, &data, &settings, epoch);
    dataset_release(&data);
}

/* Ten of 90 images have three additional samples each. */
TEST(an_epoch_has_additional_samples_of_the_hard_examples)
{
    struct architecture architecture;
    struct dataset data;
    struct fit_settings settings;
    struct training_record record = {0};
    struct fit_result result;
    char *folder = folder_make();
    free(teacher_file_write(folder, "teacher.safetensors", 1));
    training_architecture(&architecture);
    make_stateful_settings(&settings);
    assert_int_equal(teachers_open_folder(&training_distillation.teachers, folder, 2, NULL),
                     DIGIT_OK);
    settings.teacher_share = 0.5f;
    settings.temperature = 2.0f;
    settings.hard_examples = (struct hard_example_settings){10, 3};
    training_make_bars(&data, 150);
    assert_int_equal(training_run(&result, &record, &architecture, &data, &settings, 1, NULL),
                     DIGIT_OK);
    assert_int_equal(result.training_count, 90);
    assert_int_equal(result.kept.last.steps, 4);
    assert_int_equal(result.kept.last.images, 120);
    assert_int_equal(record.smallest_batch, 30);
    fit_result_release(&result);
    assert_resumes(&architecture, &data, &settings, 2);
    distillation_close(&training_distillation);
    dataset_release(&data);
    folder_remove(folder);
}

/* Resumes from states after the best epoch, up to the one at which the training stopped. */
TEST(patience_counts_epochs_before_a_resume)
{
    struct architecture architecture;
    struct dataset data;
    struct fit_settings settings = training_settings();
    settings.epochs = TRAINING_MAX_EPOCHS;
    settings.patience = 3;
    dense_architecture(&architecture);
    training_make_noise(&data, 200);
    for (size_t late = 1; late <= settings.patience; late++) {
        struct training_record probe, record = {0}, rest = {0};
        struct fit_result whole, resumed;
        training_run_dense(&whole, &probe, &data, &settings);
        record.save_after = whole.kept.last.epoch + late;
        fit_result_release(&whole);
        assert_int_equal(training_run(&whole, &record, &architecture, &data, &settings, 2, NULL),
                         DIGIT_OK);
        assert_int_equal(training_resume(&record.saved, &resumed, &rest, &architecture, &data,
                                         &settings, 2, NULL),
                         DIGIT_OK);
        assert_int_equal(resumed.end, FIT_EARLY);
        assert_int_equal(rest.epochs, settings.patience - late);
        assert_int_equal(resumed.kept.last.epoch, whole.kept.last.epoch);
        assert_memory_equal(whole.parameters, resumed.parameters,
                            record.saved.parameter_total * sizeof(float));
        fit_result_release(&resumed);
        fit_result_release(&whole);
        training_record_release(&record);
    }
    dataset_release(&data);
}

TEST(a_state_that_does_not_fit_is_refused)
{
    struct architecture architecture;
    struct dataset data;
    struct training_record record = {.save_after = 2}, unused = {0};
    struct fit_result result;
    struct digit_error error;
    struct fit_settings settings = training_settings();
    dense_architecture(&architecture);
    training_make_bars(&data, 100);
    assert_int_equal(training_run(&result, &record, &architecture, &data, &settings, 1, NULL),
                     DIGIT_OK);
    fit_result_release(&result);

    struct fit_state other = record.saved;
    other.parameter_total--;
    assert_int_equal(
        training_resume(&other, &result, &unused, &architecture, &data, &settings, 1, &error),
        DIGIT_INVALID);
    assert_string_equal(error.message, "the state has 7849 parameters, the architecture has 7850");
    settings.epochs = 1;
    assert_int_equal(training_resume(&record.saved, &result, &unused, &architecture, &data,
                                     &settings, 1, &error),
                     DIGIT_INVALID);
    assert_string_equal(error.message, "the state is after epoch 2, the training has 1 epochs");
    settings = training_settings();
    settings.validation_count = 0;
    assert_int_equal(training_resume(&record.saved, &result, &unused, &architecture, &data,
                                     &settings, 1, &error),
                     DIGIT_INVALID);
    assert_non_null(
        strstr(error.message, "epoch 1 of the state has validation figures, but validation is 0"));
    training_record_release(&record);
    dataset_release(&data);
}

TEST_MAIN(cmocka_unit_test(a_training_resumes_after_any_epoch_to_the_same_weights),
          cmocka_unit_test(an_epoch_has_additional_samples_of_the_hard_examples),
          cmocka_unit_test(patience_counts_epochs_before_a_resume),
          cmocka_unit_test(a_state_that_does_not_fit_is_refused))
