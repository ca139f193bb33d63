#include "trainer/training_card.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

static double number_at(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_IsNumber(item));
    return item->valuedouble;
}

static void the_card_says_how_the_model_was_made(void **state)
{
    (void)state;
    struct recipe recipe;
    recipe_init(&recipe);
    recipe.seed = 9;
    const struct dataset train = {.sha256 = "abc"}, test = {.sha256 = "def"};
    const struct fit_result fit = {.kept = {.last = {.epoch = 4},
                                            .validated = true,
                                            .validation_loss = 0.5,
                                            .validation_accuracy = 0.75},
                                   .epochs_run = 6,
                                   .training_count = 55000};
    const struct evaluation figures = {.count = 8, .correct = 7, .loss = 0.25};
    const struct training_card card = {&recipe, &train, &test, &fit, &figures};
    char *text;
    assert_int_equal(training_card_format(&text, &card, NULL), DIGIT_OK);
    cJSON *json = cJSON_Parse(text);
    assert_non_null(json);
    assert_true(number_at(json, "epochs_run") == 6.0);
    assert_true(number_at(json, "kept_epoch") == 4.0);
    const cJSON *settings = cJSON_GetObjectItem(json, "recipe");
    assert_true(number_at(settings, "seed") == 9.0);
    assert_true(number_at(settings, "learning_rate") == 0.003);
    assert_true(number_at(cJSON_GetObjectItem(settings, "augment"), "shift_px") == 2.0);
    const cJSON *data = cJSON_GetObjectItem(json, "data");
    assert_string_equal(cJSON_GetObjectItem(data, "train_sha256")->valuestring, "abc");
    assert_string_equal(cJSON_GetObjectItem(data, "test_sha256")->valuestring, "def");
    assert_true(number_at(cJSON_GetObjectItem(json, "validation"), "accuracy") == 0.75);
    assert_true(number_at(cJSON_GetObjectItem(json, "validation"), "images") == 5000.0);
    assert_true(number_at(cJSON_GetObjectItem(json, "test"), "accuracy") == 0.875);
    assert_true(number_at(cJSON_GetObjectItem(json, "test"), "loss") == 0.25);
    cJSON_Delete(json);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_card_says_how_the_model_was_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
