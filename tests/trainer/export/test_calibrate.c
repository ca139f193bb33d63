#include "trainer/export/calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <digit/context.h>
#include <digit/model.h>

#include "core/network/model.h"
#include "core/network/prediction.h"
#include "tests/support/failure.h"
#include "tests/test.h"
#include "tests/trainer/fixtures.h"
#include "trainer/data/split.h"
#include "trainer/net/network.h"

#define COUNT   1000
#define WEIGHTS (DIGIT_CLASSES * DIGIT_PIXELS)

static struct digit_error error;

static struct architecture architecture;
static float parameters[WEIGHTS + DIGIT_CLASSES];
static uint8_t images[COUNT * DIGIT_PIXELS], labels[COUNT];
static struct dataset train = {.images = images, .labels = labels, .sha256 = "abc"};

/* An image with only pixel k lit, one of the first ten, is classified as k: the logit of k is log
 * 27, all others are 0. */
static void make_network(void)
{
    dense_architecture(&architecture);
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        parameters[i * DIGIT_PIXELS + i] = MODEL_MNIST_DEVIATION * logf(27.0f);
}

/* `count` images that are classified as the last digit of their index; every `wrong`th has another
 * label. */
static void make_images(size_t count, size_t wrong)
{
    train.count = count;
    for (size_t i = 0; i < count; i++) {
        size_t digit = i % DIGIT_CLASSES;
        pixel_image(images + i * DIGIT_PIXELS, digit);
        labels[i] = (uint8_t)(i % wrong == 0 ? (digit + 1 + i % 9) % DIGIT_CLASSES : digit);
    }
}

static enum digit_status run(struct model_calibration *out, size_t validation_count)
{
    return calibrate(out, &architecture, parameters, NULL, &train, validation_count, &error);
}

static struct model_calibration calibrate_on(size_t validation_count)
{
    struct model_calibration out;
    if (run(&out, validation_count) != DIGIT_OK)
        fail_msg("%s", error.message);
    return out;
}

/*
 * A logit of log 27 at temperature T has the probability x / (x + 9) with x = 27^(1/T). It equals
 * the accuracy of nine tenths for x = 81.
 */
TEST(the_temperature_makes_confidence_equal_to_accuracy)
{
    make_images(COUNT, 10);
    assert_true(fabs((double)calibrate_on(COUNT).temperature - 0.75) < 1e-6);
    make_images(COUNT, 2); /* accuracy one half: x = 9 */
    assert_true(fabs((double)calibrate_on(COUNT).temperature - 1.5) < 1e-6);
}

TEST(only_validation_images_count)
{
    uint32_t split[COUNT];
    make_images(COUNT, COUNT);
    split_images(split, COUNT);
    for (size_t i = 0; i < 100; i += 10) { /* one in ten of the last hundred */
        uint32_t index = split[COUNT - 100 + i];
        labels[index] = (uint8_t)((index + 1) % DIGIT_CLASSES);
    }
    for (size_t i = 0; i < COUNT - 100; i++)
        labels[split[i]] = 0;
    assert_true(fabs((double)calibrate_on(100).temperature - 0.75) < 1e-6);
}

/* The uncertainty of an image whose pixel has the value `light`, of 255. */
static float uncertainty_of(uint8_t light, const struct model_calibration *calibration)
{
    float logits[DIGIT_CLASSES] = {logf(27.0f) * (float)light / 255.0f};
    struct digit_prediction prediction;
    assert_true(prediction_make(&prediction, logits, calibration));
    return prediction.uncertainty;
}

/* 0.003 of 1000 images are three: images 100 to 102, which have the values 50, 60 and 70. */
TEST(the_threshold_lies_halfway_between_two_images)
{
    make_images(COUNT, 10);
    for (size_t i = 0; i < 4; i++)
        images[(100 + i) * DIGIT_PIXELS + i] = (uint8_t)(50 + 10 * i);
    struct model_calibration found = calibrate_on(COUNT);
    float third = uncertainty_of(70, &found), fourth = uncertainty_of(80, &found);
    assert_true(fabsf(found.uncertain_above - 0.5f * (third + fourth)) < 1e-5f);
    assert_true(found.uncertain_above < third && found.uncertain_above > fourth);
}

TEST(at_least_one_image_is_uncertain)
{
    make_images(20, 10);
    images[15 * DIGIT_PIXELS + 5] = 100;
    struct model_calibration found = calibrate_on(20);
    assert_true(found.uncertain_above < uncertainty_of(100, &found));
    assert_true(found.uncertain_above > uncertainty_of(255, &found));
}

/* Equal images have equal uncertainties: none of them is above the threshold. */
TEST(equal_images_are_all_certain)
{
    make_images(COUNT, 10);
    struct model_calibration found = calibrate_on(COUNT);
    assert_true(fabsf(found.uncertain_above - 0.1f) < 1e-6f);
    assert_true(uncertainty_of(255, &found) <= found.uncertain_above + 1e-6f);
}

TEST(a_best_temperature_out_of_range_is_reported)
{
    struct model_calibration out;
    make_images(COUNT, COUNT);
    labels[0] = 0; /* all are classified correctly */
    assert_failure(
        run(&out, COUNT), &error, DIGIT_UNSUPPORTED,
        "the best temperature for the 1000 validation images is below 0.05: all or almost all");
    make_images(COUNT, 1); /* none is classified correctly */
    assert_failure(run(&out, COUNT), &error, DIGIT_UNSUPPORTED,
                   "the best temperature for the 1000 validation images is above 20");
}

static void save(const char *path, const char *training)
{
    const struct model_card card = {
        .labels = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"},
        .preprocessing = train_preprocessing,
        .training = training,
    };
    assert_int_equal(model_save(path, &architecture, parameters, &card, &error), DIGIT_OK);
}

static void assert_temperature(const char *path, double expected)
{
    struct digit_model *model;
    assert_int_equal(digit_model_load(&model, path, NULL, &error), DIGIT_OK);
    assert_true(fabs((double)digit_model_info(model)->temperature - expected) < 1e-6);
    digit_model_destroy(model);
}

/* A file that has a calibration is calibrated again; the old temperature does not affect the
 * result. */
TEST(a_file_is_calibrated_on_its_validation_images)
{
    static const char training[] =
        "{\"recipe\":{\"validation\":999},\"data\":{\"train_sha256\":\"abc\"}}";
    char *folder = folder_make(), *path = folder_path(folder, "m");
    uint32_t split[COUNT];
    save(path, training);
    make_images(COUNT, 10);
    split_images(split, COUNT);
    labels[split[0]] = 0; /* the only training image; 899 or 900 of the other 999 are correct */
    assert_temperature(path, 1.0);
    for (size_t times = 0; times < 2; times++) {
        if (calibrate_file(path, &train, &error) != DIGIT_OK)
            fail_msg("%s", error.message);
        size_t right = 900 - (split[0] % 10 != 0);
        assert_temperature(path, log(27.0) / log(9.0 * (double)right / (999.0 - (double)right)));
    }
    free(path);
    folder_remove(folder);
}

TEST(a_file_of_another_training_is_not_changed)
{
    char *folder = folder_make(), *path = folder_path(folder, "m");
    make_images(COUNT, 10);
    save(path, "{\"recipe\":{\"validation\":999},\"data\":{\"train_sha256\":\"def\"}}");
    assert_failure(calibrate_file(path, &train, &error), &error, DIGIT_INVALID,
                   "trained on different images: SHA-256 is def, that of these is abc");
    assert_temperature(path, 1.0);
    free(path);
    folder_remove(folder);
}

TEST_FILE_MAIN
{
    make_network();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_temperature_makes_confidence_equal_to_accuracy),
        cmocka_unit_test(only_validation_images_count),
        cmocka_unit_test(the_threshold_lies_halfway_between_two_images),
        cmocka_unit_test(at_least_one_image_is_uncertain),
        cmocka_unit_test(equal_images_are_all_certain),
        cmocka_unit_test(a_best_temperature_out_of_range_is_reported),
        cmocka_unit_test(a_file_is_calibrated_on_its_validation_images),
        cmocka_unit_test(a_file_of_another_training_is_not_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
