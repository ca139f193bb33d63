#include "trainer/train_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "trainer/training_card.h"

static struct train_options parse(int argc, char *const argv[])
{
    struct train_options options = {0};
    struct digit_error error;
    if (options_parse(&options, &train_option_table, argc, argv, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    return options;
}

static void defaults_are_the_documented_recipe(void **state)
{
    (void)state;
    char *argv[] = {(char[]){"digitd-train"}, NULL};
    const struct train_options options = parse(1, argv);
    const struct fit_settings settings = train_options_settings(&options);
    assert_int_equal(settings.epochs, 30);
    assert_int_equal(settings.batch_size, 128);
    assert_int_equal(settings.validation_count, 5000);
    assert_int_equal(settings.patience, 0);
    assert_int_equal(settings.schedule, SCHEDULE_ONE_CYCLE);
    assert_true(settings.learning_rate == 0.003);
    assert_true(settings.average_decay == 0.998);
    assert_true(settings.augment.elastic_probability == 0.5f);
}

static void choices_are_the_enums(void **state)
{
    (void)state;
    char *none[] = {(char[]){"digitd-train"}, (char[]){"--augment=none"},
                    (char[]){"--schedule=constant"}, NULL};
    char *affine[] = {(char[]){"digitd-train"}, (char[]){"--augment=affine"}, NULL};
    struct train_options options = parse(3, none);
    struct fit_settings settings = train_options_settings(&options);
    assert_int_equal(settings.schedule, SCHEDULE_CONSTANT);
    assert_true(settings.augment.shift_px == 0.0f);
    options = parse(2, affine);
    settings = train_options_settings(&options);
    assert_true(settings.augment.shift_px == 2.0f);
    assert_true(settings.augment.elastic_probability == 0.0f);
    assert_string_equal(train_options_augment_name(&options), "affine");
    assert_string_equal(train_options_schedule_name(&options), "one-cycle");
}

static double number_at(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_IsNumber(item));
    return item->valuedouble;
}

static void the_card_says_how_the_model_was_made(void **state)
{
    (void)state;
    char *argv[] = {(char[]){"digitd-train"}, (char[]){"--seed=9"}, NULL};
    const struct train_options options = parse(2, argv);
    const struct dataset train = {.sha256 = "abc"}, test = {.sha256 = "def"};
    const struct fit_result fit = {.kept = {.last = {.epoch = 4},
                                            .validated = true,
                                            .validation_loss = 0.5,
                                            .validation_accuracy = 0.75},
                                   .epochs_run = 6,
                                   .training_count = 55000};
    const struct evaluation figures = {.count = 8, .correct = 7, .loss = 0.25};
    const struct training_card card = {&options, &train, &test, &fit, &figures};
    char *text;
    assert_int_equal(training_card_format(&text, &card, NULL), DIGIT_OK);
    cJSON *json = cJSON_Parse(text);
    assert_non_null(json);
    assert_true(number_at(json, "seed") == 9.0);
    assert_true(number_at(json, "epochs_run") == 6.0);
    assert_true(number_at(json, "kept_epoch") == 4.0);
    assert_true(number_at(cJSON_GetObjectItem(json, "settings"), "learning_rate") == 0.003);
    const cJSON *data = cJSON_GetObjectItem(json, "data");
    assert_string_equal(cJSON_GetObjectItem(data, "train_sha256")->valuestring, "abc");
    assert_string_equal(cJSON_GetObjectItem(data, "test_sha256")->valuestring, "def");
    assert_true(number_at(cJSON_GetObjectItem(json, "validation"), "accuracy") == 0.75);
    assert_true(number_at(cJSON_GetObjectItem(json, "test"), "accuracy") == 0.875);
    assert_true(number_at(cJSON_GetObjectItem(json, "test"), "loss") == 0.25);
    cJSON_Delete(json);
    free(text);
}

int main(void)
{
    unsetenv("MNIST_DIR");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_the_documented_recipe),
        cmocka_unit_test(choices_are_the_enums),
        cmocka_unit_test(the_card_says_how_the_model_was_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
