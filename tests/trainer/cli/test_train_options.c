#include "trainer/cli/train_options.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/failure.h"
#include "tests/test.h"
#include "trainer/recipe/recipe_read.h"

static struct digit_error error;

static struct train_options parse(int argc, char *const argv[])
{
    struct train_options options = {0};
    char *environment = NULL;
    unsigned action;
    if (options_load(&options, &action, &train_option_table, argc, argv, &environment, &error) !=
        DIGIT_OK)
        fail_msg("%s", error.message);
    return options;
}

TEST(the_default_recipe_is_that_of_the_shipped_model)
{
    char *argv[] = {(char[]){"digitd-train"}, NULL};
    const struct train_options options = parse(1, argv);
    assert_string_equal(options.recipe, "config/recipes/digits.json");
    assert_string_equal(options.output, "model.safetensors");
    assert_int_equal(options.settings.count, 0);
    assert_int_equal(options.threads, 0);
}

TEST(settings_are_applied_in_order)
{
    char *argv[] = {(char[]){"digitd-train"}, (char[]){"--set"}, (char[]){"epochs=3"},
                    (char[]){"--set=seed=2"}, (char[]){"--set"}, (char[]){"epochs=4"}};
    const struct train_options options = parse(6, argv);
    struct recipe recipe;
    recipe_init(&recipe);
    assert_int_equal(train_options_set(&recipe, &options, &error), DIGIT_OK);
    assert_int_equal(recipe.fit.epochs, 4);
    assert_int_equal(recipe.fit.seed, 2);
}

TEST(the_first_invalid_setting_is_reported)
{
    char *argv[] = {(char[]){"digitd-train"}, (char[]){"--set=epochs=0"}, (char[]){"--set=x"}};
    const struct train_options options = parse(3, argv);
    struct recipe recipe;
    recipe_init(&recipe);
    assert_failure(train_options_set(&recipe, &options, &error), &error, DIGIT_INVALID,
                   "--set: \"epochs\" must be");
}

TEST(only_a_summary_needs_no_data)
{
    const struct train_options nothing = {0}, data = {.data = "."}, summary = {.summary = true},
                               both = {.data = ".", .summary = true, .dry_run = true};
    assert_int_equal(train_options_check(&data, &error), DIGIT_OK);
    assert_int_equal(train_options_check(&summary, &error), DIGIT_OK);
    assert_failure(train_options_check(&nothing, &error), &error, DIGIT_INVALID,
                   "--data DIR is required (or MNIST_DIR in the environment)");
    assert_failure(train_options_check(&both, &error), &error, DIGIT_INVALID,
                   "--summary and --dry-run cannot be combined");
}

TEST(quantise_excludes_options_of_a_training)
{
    const struct train_options alone = {.data = ".", .quantise = "m"}, no_data = {.quantise = "m"};
    const struct train_options with[] = {
        {.data = ".", .quantise = "m", .summary = true},
        {.data = ".", .quantise = "m", .dry_run = true},
        {.data = ".", .quantise = "m", .resume = true},
        {.data = ".", .quantise = "m", .report = "r"},
        {.data = ".", .quantise = "m", .settings = {.count = 1}},
    };
    assert_int_equal(train_options_check(&alone, &error), DIGIT_OK);
    assert_failure(train_options_check(&no_data, &error), &error, DIGIT_INVALID, "--data DIR");
    for (size_t i = 0; i < sizeof with / sizeof *with; i++)
        assert_failure(train_options_check(&with[i], &error), &error, DIGIT_INVALID,
                       "--quantise does not train");
}

TEST(calibrate_excludes_options_of_a_training)
{
    const struct train_options alone = {.data = ".", .calibrate = "m"};
    const struct train_options no_data = {.calibrate = "m"};
    const struct train_options summary = {.data = ".", .calibrate = "m", .summary = true};
    const struct train_options both = {.data = ".", .calibrate = "m", .quantise = "m"};
    assert_int_equal(train_options_check(&alone, &error), DIGIT_OK);
    assert_failure(train_options_check(&no_data, &error), &error, DIGIT_INVALID, "--data DIR");
    assert_failure(train_options_check(&summary, &error), &error, DIGIT_INVALID,
                   "--calibrate does not train");
    assert_failure(train_options_check(&both, &error), &error, DIGIT_INVALID,
                   "--quantise and --calibrate cannot be combined");
}

TEST(record_golden_needs_no_data_and_excludes_options_of_a_training)
{
    const struct train_options alone = {.record_golden = "m"};
    const struct train_options resume = {.record_golden = "m", .resume = true};
    const struct train_options quantise = {.data = ".", .record_golden = "m", .quantise = "m"};
    const struct train_options calibrate = {.data = ".", .record_golden = "m", .calibrate = "m"};
    const struct train_options training = {.data = "."};
    assert_int_equal(train_options_check(&alone, &error), DIGIT_OK);
    assert_true(train_options_only_update(&alone));
    assert_false(train_options_only_update(&training));
    assert_failure(train_options_check(&resume, &error), &error, DIGIT_INVALID,
                   "--record-golden does not train");
    assert_failure(train_options_check(&quantise, &error), &error, DIGIT_INVALID,
                   "--quantise and --record-golden cannot be combined");
    assert_failure(train_options_check(&calibrate, &error), &error, DIGIT_INVALID,
                   "--calibrate and --record-golden cannot be combined");
}

TEST(help_shows_options_and_settings)
{
    char *text;
    size_t size_bytes;
    FILE *out = open_memstream(&text, &size_bytes);
    assert_non_null(out);
    train_options_print_help(out);
    fclose(out);
    assert_non_null(strstr(text, "\n  --set NAME=VALUE "));
    assert_non_null(strstr(text, "\nSettings of a recipe, for --set NAME=VALUE:\n\n  name "));
    assert_non_null(strstr(text, "\n  augment.shift_px "));
    free(text);
}

TEST_FILE_MAIN
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_recipe_is_that_of_the_shipped_model),
        cmocka_unit_test(settings_are_applied_in_order),
        cmocka_unit_test(the_first_invalid_setting_is_reported),
        cmocka_unit_test(only_a_summary_needs_no_data),
        cmocka_unit_test(quantise_excludes_options_of_a_training),
        cmocka_unit_test(calibrate_excludes_options_of_a_training),
        cmocka_unit_test(record_golden_needs_no_data_and_excludes_options_of_a_training),
        cmocka_unit_test(help_shows_options_and_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
