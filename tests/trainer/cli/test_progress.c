#include "trainer/cli/progress.h"

#include <stdio.h>
#include <string.h>

#include "tests/test.h"

static const struct fit_step HALFWAY = {
    .epoch = 3,
    .epochs = 30,
    .step = 215,
    .steps = 430,
    .images = 27500,
    .loss = 0.09144,
    .accuracy = 0.97216,
    .learning_rate = 0.00123,
};

TEST(an_unfinished_epoch_shows_the_remaining_time)
{
    char line[PROGRESS_LINE_BYTES];
    progress_format_step(line, &HALFWAY, 10.0);
    assert_string_equal(line, "Epoch 3/30 [=====>....] 215/430 ETA 0:10 2750 img/s "
                              "loss 0.0914 accuracy 0.9722 learning_rate 0.00123");
}

TEST(long_times_have_hours)
{
    char line[PROGRESS_LINE_BYTES];
    progress_format_step(line, &HALFWAY, 3723.0);
    assert_non_null(strstr(line, "ETA 1:02:03 "));
}

TEST(a_finished_epoch_shows_validation_and_learning_rate)
{
    struct fit_epoch epoch = {.last = HALFWAY,
                              .validated = true,
                              .validation_loss = 0.01234,
                              .validation_accuracy = 0.9961,
                              .best = true};
    epoch.last.step = 430;
    epoch.last.images = 55000;
    char line[PROGRESS_LINE_BYTES];
    progress_format_epoch(line, &epoch, 25.0, 22.0);
    assert_string_equal(line,
                        "Epoch 3/30 [==========] 430/430 took 0:25 2500 img/s "
                        "loss 0.0914 accuracy 0.9722 val_loss 0.0123 val_accuracy 0.9961 (best) "
                        "learning_rate 0.00123");
}

TEST(an_epoch_without_validation_has_no_validation_figures)
{
    const struct fit_epoch epoch = {.last = HALFWAY};
    char line[PROGRESS_LINE_BYTES];
    progress_format_epoch(line, &epoch, 25.0, 25.0);
    assert_null(strstr(line, "val_"));
    assert_non_null(strstr(line, "learning_rate 0.00123"));
}

TEST(a_file_gets_one_line_for_each_epoch)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    struct progress progress;
    const struct fit_epoch epoch = {.last = HALFWAY};
    progress_init(&progress, file);
    progress_step(&progress, &HALFWAY);
    progress_epoch(&progress, &epoch);
    progress_break(&progress);
    char text[2 * PROGRESS_LINE_BYTES] = "";
    rewind(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_true(length > 0);
    assert_null(strchr(text, '\r'));
    assert_ptr_equal(strchr(text, '\n'), text + length - 1);
}

TEST_MAIN(cmocka_unit_test(an_unfinished_epoch_shows_the_remaining_time),
          cmocka_unit_test(long_times_have_hours),
          cmocka_unit_test(a_finished_epoch_shows_validation_and_learning_rate),
          cmocka_unit_test(an_epoch_without_validation_has_no_validation_figures),
          cmocka_unit_test(a_file_gets_one_line_for_each_epoch))
