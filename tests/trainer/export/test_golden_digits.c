#include "trainer/export/golden_digits.h"

#include <string.h>

#include <digit/context.h>

#include "core/network/model_data.h"
#include "tests/test.h"
#include "tests/trainer/augment/outliers/measures.h"

static struct digit_error error;

static uint8_t octets[GOLDEN_DIGITS][DIGIT_PIXELS];

TEST(all_are_mnist_normalised_and_differ)
{
    golden_digits_draw(octets);
    for (size_t i = 0; i < GOLDEN_DIGITS; i++) {
        float image[DIGIT_PIXELS];
        for (size_t j = 0; j < DIGIT_PIXELS; j++)
            image[j] = (float)octets[i][j] / 255.0f;
        assert_normalised(image);
        assert_in_range(area_of(image), 30, 200);
        for (size_t other = 0; other < i; other++)
            assert_memory_not_equal(octets[i], octets[other], DIGIT_PIXELS);
    }
}

TEST(each_digit_is_drawn_twice)
{
    for (size_t i = 0; i < GOLDEN_DIGITS; i++)
        assert_int_equal(golden_digits_label(i), i / 2);
}

/* It is sure of them, as they are plain; its file carries what is drawn here. */
TEST(the_shipped_model_recognises_and_carries_them)
{
    struct digit_prediction predictions[GOLDEN_DIGITS];
    struct digit_context *context;
    struct digit_model *model;
    golden_digits_draw(octets);
    assert_int_equal(
        digit_model_load(&model, SOURCE_DIR "/models/digits.safetensors", NULL, &error), DIGIT_OK);
    assert_int_equal(digit_context_create(&context, model, &error), DIGIT_OK);
    assert_int_equal(
        digit_context_predict_octets(context, predictions, octets[0], GOLDEN_DIGITS, &error),
        DIGIT_OK);
    for (size_t i = 0; i < GOLDEN_DIGITS; i++) {
        assert_int_equal(predictions[i].digit, golden_digits_label(i));
        assert_true(predictions[i].confidence > 0.99f);
    }
    assert_int_equal(model->golden.count, GOLDEN_DIGITS);
    assert_memory_equal(model->golden.octets, octets, sizeof octets);
    digit_context_destroy(context);
    digit_model_destroy(model);
}

TEST_MAIN(cmocka_unit_test(all_are_mnist_normalised_and_differ),
          cmocka_unit_test(each_digit_is_drawn_twice),
          cmocka_unit_test(the_shipped_model_recognises_and_carries_them))
