#include "trainer/export/training_card.h"

#include <stdlib.h>

#include <cjson/cJSON.h>

#include "tests/support/failure.h"
#include "tests/test.h"
#include "trainer/recipe/recipe_read.h"

static double number_at(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_IsNumber(item));
    return item->valuedouble;
}

TEST(the_card_has_recipe_data_and_figures)
{
    struct recipe recipe;
    recipe_init(&recipe);
    recipe.fit.seed = 9;
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

TEST(the_number_of_validation_images_is_read)
{
    static const char text[] = "{\"recipe\":{\"validation\":50},\"data\":{\"train_sha256\":\"a\"}}";
    const struct dataset train = {.count = 51, .sha256 = "a"};
    size_t validation_count = 0;
    assert_int_equal(training_card_validation_count(&validation_count, text, &train, "m", NULL),
                     DIGIT_OK);
    assert_int_equal(validation_count, 50);
}

TEST(an_invalid_card_is_refused)
{
    static const struct {
        const char *text;
        enum digit_status status;
        const char *words;
    } cases[] = {
        {NULL, DIGIT_INVALID, "m: metadata \"training\" is missing"},
        {"{", DIGIT_MALFORMED, "m: training: not JSON"},
        {"{}", DIGIT_INVALID, "m: training: key \"train_sha256\" is missing"},
        {"{\"data\":{\"train_sha256\":1}}", DIGIT_INVALID, "\"train_sha256\" must be"},
        {"{\"data\":{\"train_sha256\":\"b\"}}", DIGIT_INVALID,
         "m: training: trained on different images: SHA-256 is b, that of these is a"},
        {"{\"data\":{\"train_sha256\":\"a\"}}", DIGIT_INVALID, "key \"validation\" is missing"},
        {"{\"data\":{\"train_sha256\":\"a\"},\"recipe\":{\"validation\":-1}}", DIGIT_INVALID,
         "\"validation\" is -1"},
        {"{\"data\":{\"train_sha256\":\"a\"},\"recipe\":{\"validation\":51}}", DIGIT_INVALID,
         "\"validation\" is 51, must be 0 to 50"},
        {"{\"data\":{\"train_sha256\":\"a\"},\"recipe\":{\"validation\":0}}", DIGIT_INVALID,
         "\"validation\" is 0: there are no validation images"},
    };
    const struct dataset train = {.count = 51, .sha256 = "a"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct digit_error error;
        size_t validation_count;
        assert_failure(
            training_card_validation_count(&validation_count, cases[i].text, &train, "m", &error),
            &error, cases[i].status, cases[i].words);
    }
}

TEST_MAIN(cmocka_unit_test(the_card_has_recipe_data_and_figures),
          cmocka_unit_test(the_number_of_validation_images_is_read),
          cmocka_unit_test(an_invalid_card_is_refused))
