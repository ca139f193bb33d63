#include "trainer/report/curves.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

#define EPOCHS 3

/* Errors and losses that are halved with each epoch, from epoch `first` on. */
static void make_epochs(struct fit_epoch epochs[EPOCHS], size_t first, bool validated)
{
    for (size_t i = 0; i < EPOCHS; i++) {
        double error = 0.08 / (double)(1 << i);
        epochs[i] = (struct fit_epoch){
            .last = {.epoch = first + i, .images = 100, .loss = error, .accuracy = 1.0 - error},
            .validated = validated,
            .validation_loss = error / 2.0,
            .validation_accuracy = 1.0 - error / 2.0,
            .seconds = 1.0};
    }
}

static char *draw(enum curve curve, const struct fit_epoch *epochs, size_t count, size_t kept)
{
    const struct history history = {epochs, count, 0.0};
    struct buffer buffer = {0};
    assert_int_equal(curve_add(&buffer, curve, &history, kept, NULL), DIGIT_OK);
    assert_false(buffer.failed);
    assert_null(strstr(buffer.bytes, "nan"));
    assert_null(strstr(buffer.bytes, "inf"));
    return buffer.bytes;
}

static size_t count_of(const char *text, const char *what)
{
    size_t count = 0;
    for (; (text = strstr(text, what)) != NULL; text += strlen(what))
        count++;
    return count;
}

TEST(both_series_have_a_line_a_name_and_a_dot_for_each_epoch)
{
    struct fit_epoch epochs[EPOCHS];
    make_epochs(epochs, 1, true);
    char *svg = draw(CURVE_ACCURACY, epochs, EPOCHS, 3);
    assert_int_equal(count_of(svg, "<path class=\"line line-a\""), 1);
    assert_int_equal(count_of(svg, "<path class=\"line line-b\""), 1);
    assert_int_equal(count_of(svg, "<circle"), 2 * EPOCHS);
    assert_non_null(strstr(svg, ">epoch 3, validation: 99 %</title>"));
    assert_non_null(strstr(svg, "training 98 %, validation 99 % in epoch 3</desc>"));
    assert_non_null(strstr(svg, ">kept: epoch 3</text>"));
    assert_non_null(strstr(svg, ">99 %</text>"));
    free(svg);
}

TEST(without_validation_there_is_one_series)
{
    struct fit_epoch epochs[EPOCHS];
    make_epochs(epochs, 1, false);
    char *svg = draw(CURVE_LOSS, epochs, EPOCHS, 0);
    assert_int_equal(count_of(svg, "<circle"), EPOCHS);
    assert_int_equal(count_of(svg, "<path class=\"line line-only\""), 1);
    assert_null(strstr(svg, "validation"));
    assert_null(strstr(svg, "kept"));
    free(svg);
}

TEST(values_without_a_logarithm_are_drawn_linearly)
{
    struct fit_epoch epochs[EPOCHS];
    make_epochs(epochs, 1, true);
    epochs[2].validation_accuracy = 1.0;
    epochs[2].validation_loss = 0.0;
    free(draw(CURVE_LOSS, epochs, EPOCHS, 1));
    char *svg = draw(CURVE_ACCURACY, epochs, EPOCHS, 1);
    assert_non_null(strstr(svg, ">100 %</text>"));
    free(svg);
}

TEST(one_epoch_and_a_constant_can_be_drawn)
{
    struct fit_epoch epochs[EPOCHS];
    make_epochs(epochs, 41, true);
    for (int curve = CURVE_ACCURACY; curve <= CURVE_SPEED; curve++) {
        free(draw((enum curve)curve, epochs, 1, 41));
        free(draw((enum curve)curve, epochs, EPOCHS, 41));
    }
}

TEST_MAIN(cmocka_unit_test(both_series_have_a_line_a_name_and_a_dot_for_each_epoch),
          cmocka_unit_test(without_validation_there_is_one_series),
          cmocka_unit_test(values_without_a_logarithm_are_drawn_linearly),
          cmocka_unit_test(one_epoch_and_a_constant_can_be_drawn))
