#include "trainer/recipe/recipe_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/failure.h"
#include "tests/test.h"
#include "trainer/net/schedule.h"
#include "trainer/recipe/recipe_fields.h"
#include "trainer/recipe/recipe_format.h"

static struct digit_error error;

static struct recipe parse(const char *text)
{
    struct recipe recipe;
    if (recipe_parse(&recipe, text, strlen(text), "here/mine.json", &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    return recipe;
}

static void assert_refused(const char *text, enum digit_status expected, const char *words)
{
    struct recipe recipe;
    enum digit_status status = recipe_parse(&recipe, text, strlen(text), "here/mine.json", &error);
    assert_failure(status, &error, expected, words);
    assert_non_null(strstr(error.message, "here/mine.json: "));
}

static void set(struct recipe *recipe, const char *assignment)
{
    if (recipe_set(recipe, assignment, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
}

/* The caller frees it. */
static char *format(const struct recipe *recipe)
{
    char *text;
    assert_int_equal(recipe_format(&text, recipe, &error), DIGIT_OK);
    return text;
}

static void assert_same(const struct recipe *a, const struct recipe *b)
{
    char *text_a = format(a), *text_b = format(b);
    assert_string_equal(text_a, text_b);
    free(text_b);
    free(text_a);
}

TEST(missing_fields_have_their_defaults)
{
    struct recipe recipe = parse("{}"), fresh;
    recipe_init(&fresh);
    assert_same(&recipe, &fresh);
    assert_string_equal(recipe.architecture.name, "");
    assert_int_equal(recipe.fit.epochs, 30);
    assert_int_equal(recipe.fit.schedule, SCHEDULE_ONE_CYCLE);
    assert_true(recipe.fit.learning_rate == 0.003);
    assert_true(isnan(recipe.dropout));
    assert_true(recipe.fit.warp.scale == 0.15f);
}

TEST(fields_are_read_from_nested_objects)
{
    const struct recipe recipe =
        parse("{\"name\": \"short\", \"architecture\": \"net.json\", \"epochs\": 2,\n"
              " \"schedule\": \"constant\", \"learning_rate\": 1e-2, \"dropout\": 0,\n"
              " \"augment\": {\"shift_px\": 1.5, \"elastic_probability\": 0}}\n");
    assert_string_equal(recipe.name, "short");
    assert_string_equal(recipe.architecture.name, "net.json");
    assert_int_equal(recipe.fit.epochs, 2);
    assert_int_equal(recipe.fit.schedule, SCHEDULE_CONSTANT);
    assert_true(recipe.fit.learning_rate == 0.01);
    assert_true(recipe.dropout == 0.0f);
    assert_true(recipe.fit.warp.shift_px == 1.5f);
    assert_true(recipe.fit.warp.elastic_probability == 0.0f);
    assert_true(recipe.fit.warp.shear == 0.15f);
}

TEST(a_recipe_is_formatted_completely_and_read_back)
{
    struct recipe recipe = parse("{\"architecture\": \"a.json\", \"seed\": 4294967295,\n"
                                 " \"label_smoothing\": 0.1, \"ema_decay\": 0.9995}");
    char *text = format(&recipe);
    assert_non_null(
        strstr(text, "\"architecture\":\"a.json\",\"labels\":null,\"seed\":4294967295,"));
    assert_non_null(
        strstr(text, "\"label_smoothing\":0.1,\"dropout\":null,\"optimiser\":{\"beta1\":0.9,"));
    assert_non_null(strstr(text, "\"ema_decay\":0.9995,"));
    for (size_t i = 0; i < recipe_field_count; i++) {
        const char *dot = strrchr(recipe_fields[i].path, '.');
        char key[RECIPE_PATH_BYTES + 3];
        snprintf(key, sizeof key, "\"%s\":", dot != NULL ? dot + 1 : recipe_fields[i].path);
        assert_non_null(strstr(text, key));
    }
    const struct recipe again = parse(text);
    assert_same(&recipe, &again);
    assert_true(again.fit.label_smoothing == recipe.fit.label_smoothing);
    free(text);
}

TEST(invalid_values_are_reported_with_their_range)
{
    static const struct {
        const char *text;
        const char *words;
    } cases[] = {
        {"[]", "here/mine.json: must be a JSON object"},
        {"{\"epoch\": 3}", "unknown key \"epoch\""},
        {"{\"augment\": {\"shift\": 3}}", "unknown key \"augment.shift\""},
        {"{\"augment.shift_px\": 3}", "unknown key \"augment.shift_px\""},
        {"{\"augment\": 3}", "\"augment\" must be a JSON object"},
        {"{\"epochs\": 0}", "\"epochs\" must be a whole number from 1 to 10000, not 0"},
        {"{\"epochs\": 10001}", "\"epochs\" must be a whole number from 1 to 10000, not 10001"},
        {"{\"epochs\": 1.5}", "\"epochs\" must be a whole number from 1 to 10000, not 1.5"},
        {"{\"epochs\": \"3\"}", "\"epochs\" must be a whole number from 1 to 10000, not \"3\""},
        {"{\"epochs\": null}", "not null"},
        {"{\"epochs\": 1e999}", "not inf"},
        {"{\"seed\": -1}", "\"seed\" must be a whole number from 0 to 4294967295, not -1"},
        {"{\"learning_rate\": 0}", "\"learning_rate\" must be a number from 1e-08 to 10, not 0"},
        {"{\"learning_rate\": true}", "must be a number from 1e-08 to 10, not true"},
        {"{\"augment\": {\"scale\": 1}}",
         "\"augment.scale\" must be a number from 0 to 0.9, not 1"},
        {"{\"augment\": {\"scale\": null}}", "must be a number from 0 to 0.9, not null"},
        {"{\"dropout\": 0.91}", "\"dropout\" must be null or a number from 0 to 0.9, not 0.91"},
        {"{\"schedule\": \"cosine\"}",
         "\"schedule\" must be one of constant, one-cycle, not \"cosine\""},
        {"{\"schedule\": 1}", "\"schedule\" must be one of constant, one-cycle, not 1"},
        {"{\"name\": \"\"}", "\"name\" must be a string of 1 to 32 bytes, not \"\""},
        {"{\"name\": \"123456789012345678901234567890123\"}", "must be a string of 1 to 32 bytes"},
        {"{\"labels\": [\"a\"]}",
         "\"labels\" must be null or an array of 10 strings of 1 to 63 bytes, not [\"a\"]"},
        {"{\"labels\": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}", "must be null or an array of 10 strings"},
        {"{\"labels\": [\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"\"]}",
         "must be null or an array of 10 strings"},
        {"{\"labels\": \"digits\"}", "must be null or an array of 10 strings"},
        {"{\"architecture\": {}}", "must be a file name of 1 to 1023 bytes, not {}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].text, DIGIT_INVALID, cases[i].words);
    assert_refused("{\"epochs\": 1, \"epochs\": 1}", DIGIT_MALFORMED, "\"epochs\" is given twice");
    assert_refused("{\"augment\": {\"scale\": 0, \"scale\": 0}}", DIGIT_MALFORMED,
                   "\"scale\" is given twice");
    assert_refused("{\"epochs\": 1", DIGIT_MALFORMED, "not JSON");
}

TEST(limits_are_inclusive)
{
    for (size_t i = 0; i < recipe_field_count; i++) {
        const struct recipe_field *field = &recipe_fields[i];
        if (field->type != RECIPE_COUNT && field->type != RECIPE_DOUBLE &&
            field->type != RECIPE_FLOAT)
            continue;
        const double limits[] = {field->min, field->max};
        for (size_t k = 0; k < 2; k++) {
            struct recipe recipe;
            char assignment[2 * RECIPE_PATH_BYTES];
            recipe_init(&recipe);
            snprintf(assignment, sizeof assignment, "%s=%.15g", field->path, limits[k]);
            set(&recipe, assignment);
        }
    }
}

TEST(the_recipe_names_the_classes)
{
    static const char set_labels[] =
        "labels=[\"T-shirt\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\","
        "\"i\",\"j\"]";
    struct recipe recipe;
    const char *labels[DIGIT_CLASSES];
    recipe_init(&recipe);
    recipe_class_labels(labels, &recipe);
    assert_string_equal(labels[9], "9");
    set(&recipe, "architecture=a.json");
    set(&recipe, set_labels);
    recipe_class_labels(labels, &recipe);
    assert_string_equal(labels[0], "T-shirt");
    assert_string_equal(labels[9], "j");
    char *text = format(&recipe);
    assert_non_null(strstr(text, "\"labels\":[\"T-shirt\",\"b\","));
    const struct recipe again = parse(text);
    free(text);
    assert_memory_equal(&again.labels, &recipe.labels, sizeof recipe.labels);
    set(&recipe, "labels=null");
    recipe_class_labels(labels, &recipe);
    assert_string_equal(labels[0], "0");
}

TEST(set_changes_one_field)
{
    struct recipe recipe;
    recipe_init(&recipe);
    set(&recipe, "epochs=3");
    set(&recipe, "augment.shift_px=0.25");
    set(&recipe, "schedule=constant");
    set(&recipe, "name=a=b");
    set(&recipe, "dropout=0.5");
    assert_int_equal(recipe.fit.epochs, 3);
    assert_true(recipe.fit.warp.shift_px == 0.25f);
    assert_int_equal(recipe.fit.schedule, SCHEDULE_CONSTANT);
    assert_string_equal(recipe.name, "a=b");
    assert_true(recipe.dropout == 0.5f);
    set(&recipe, "dropout=null");
    assert_true(isnan(recipe.dropout));
}

TEST(set_reports_errors_and_changes_nothing)
{
    static const struct {
        const char *assignment;
        const char *words;
    } cases[] = {
        {"epochs", "--set: \"epochs\" is not of the form NAME=VALUE"},
        {"=3", "--set: \"\" is not a setting, see --help"},
        {"epoch=3", "--set: \"epoch\" is not a setting, see --help"},
        {"augment=none", "--set: \"augment\" is not a setting"},
        {"epochs=", "--set: \"epochs\" must be a whole number from 1 to 10000, not \"\""},
        {"epochs=many", "must be a whole number from 1 to 10000, not \"many\""},
        {"epochs=0", "must be a whole number from 1 to 10000, not 0"},
        {"epochs=3 4", "not \"3 4\""},
        {"epochs=[3]", "not [3]"},
        {"learning_rate=nan", "must be a number from 1e-08 to 10, not \"nan\""},
        {"schedule=linear", "must be one of constant, one-cycle, not \"linear\""},
        {"architecture=", "must be a file name of 1 to 1023 bytes, not \"\""},
    };
    struct recipe recipe, fresh;
    recipe_init(&recipe);
    recipe_init(&fresh);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_failure(recipe_set(&recipe, cases[i].assignment, &error), &error, DIGIT_INVALID,
                       cases[i].words);
    assert_same(&recipe, &fresh);
}

TEST(set_refuses_a_name_that_is_too_long)
{
    struct recipe recipe;
    recipe_init(&recipe);
    char assignment[4 * RECIPE_PATH_BYTES];
    memset(assignment, 'x', sizeof assignment);
    memcpy(assignment + sizeof assignment - 3, "=1", 3);
    assert_failure(recipe_set(&recipe, assignment, &error), &error, DIGIT_INVALID,
                   "is not a setting");
}

static void assert_located(const struct recipe *recipe, const char *expected)
{
    char *path;
    assert_int_equal(recipe_locate(&path, recipe, &recipe->architecture, &error), DIGIT_OK);
    assert_string_equal(path, expected);
    free(path);
}

TEST(file_names_are_relative_to_the_recipes_folder)
{
    struct recipe recipe = parse("{\"architecture\": \"../net.json\"}");
    assert_located(&recipe, "here/../net.json");
    set(&recipe, "architecture=net.json");
    assert_located(&recipe, "net.json");
    recipe = parse("{\"architecture\": \"/net.json\"}");
    assert_located(&recipe, "/net.json");
    const char *text = "{\"architecture\": \"net.json\"}";
    assert_int_equal(recipe_parse(&recipe, text, strlen(text), "mine.json", &error), DIGIT_OK);
    assert_located(&recipe, "net.json");
}

TEST(a_recipe_without_an_architecture_is_refused)
{
    struct architecture architecture;
    const struct recipe recipe = parse("{\"name\": \"bare\"}");
    assert_failure(recipe_load_architecture(&architecture, &recipe, &error), &error, DIGIT_INVALID,
                   "recipe \"bare\": key \"architecture\" is missing");
}

static float dropout_of(const struct architecture *architecture)
{
    for (size_t i = 0; i < architecture->layer_count; i++)
        if (architecture->layers[i].type == LAYER_DROPOUT)
            return architecture->layers[i].probability;
    fail_msg("no dropout layer");
    return NAN;
}

TEST(the_recipes_of_the_repository_are_valid)
{
    /* A recipe and its architecture. */
    static const char *const names[][2] = {{"digits", "digits"},
                                           {"shipped", "digits"},
                                           {"robust", "accurate"},
                                           {"baseline", "baseline"},
                                           {"accurate", "accurate"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[512];
        snprintf(path, sizeof path, SOURCE_DIR "/config/recipes/%s.json", names[i][0]);
        struct recipe recipe;
        struct architecture architecture;
        if (recipe_load(&recipe, path, &error) != DIGIT_OK ||
            recipe_load_architecture(&architecture, &recipe, &error) != DIGIT_OK)
            fail_msg("%s", error.message);
        assert_string_equal(recipe.name, names[i][0]);
        assert_string_equal(architecture.name, names[i][1]);
    }
}

TEST(a_recipe_can_override_dropout)
{
    struct recipe recipe;
    struct architecture architecture;
    assert_int_equal(recipe_load(&recipe, SOURCE_DIR "/config/recipes/digits.json", &error),
                     DIGIT_OK);
    assert_int_equal(recipe_load_architecture(&architecture, &recipe, &error), DIGIT_OK);
    assert_true(dropout_of(&architecture) == 0.25f);
    set(&recipe, "dropout=0");
    assert_int_equal(recipe_load_architecture(&architecture, &recipe, &error), DIGIT_OK);
    assert_true(dropout_of(&architecture) == 0.0f);
}

TEST(a_file_that_cannot_be_read_is_reported)
{
    struct recipe recipe;
    assert_failure(recipe_load(&recipe, "/nowhere/mine.json", &error), &error, DIGIT_IO,
                   "/nowhere/mine.json");
    char path[RECIPE_FILE_BYTES + 8];
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_failure(recipe_parse(&recipe, "{}", 2, path, &error), &error, DIGIT_LIMIT,
                   "the limit is 1023");
}

TEST(a_file_over_the_size_limit_is_refused)
{
    char path[] = "/tmp/digitd-recipe-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *file = fdopen(descriptor, "w");
    assert_non_null(file);
    fprintf(file, "{}%*s", RECIPE_MAX_BYTES, "");
    fclose(file);
    struct recipe recipe;
    enum digit_status status = recipe_load(&recipe, path, &error);
    remove(path);
    assert_failure(status, &error, DIGIT_LIMIT, "65536");
}

TEST(settings_of_the_training_loop_are_read)
{
    const struct recipe recipe =
        parse("{\"seed\": 5, \"epochs\": 7, \"batch_size\": 9, \"validation\": 11,\n"
              " \"patience\": 2, \"final_epochs\": 3, \"schedule\": \"constant\",\n"
              " \"learning_rate\": 0.5, \"weight_decay\": 0.25, \"ema_decay\": 0.75,\n"
              " \"label_smoothing\": 0.125, \"optimiser\": {\"beta2\": 0.75},\n"
              " \"augment\": {\"shear\": 0.5, \"epochs\": 4}, \"mixup\": {\"probability\": 0.25},"
              " \"distort\": {\"probability\": 0.75},"
              " \"variants\": {\"flag_probability\": 0.5, \"bar_probability\": 0.25, "
              "\"slash_probability\": 0.375, \"four_probability\": 0.75, \"flag_length\": 1},"
              " \"neighbours\": {\"probability\": 0.0625, \"width_px\": 4},"
              " \"outliers\": {\"probability\": 0.125}, \"hard_examples\": {\"count\": 3, "
              "\"extra_samples\": 2},"
              " \"final\": {\"mixup\": 1, \"distort\": 0, \"outliers\": 0.75, "
              "\"neighbours\": 0.25}}");
    const struct fit_settings settings = recipe.fit;
    assert_int_equal(settings.seed, 5);
    assert_int_equal(settings.epochs, 7);
    assert_int_equal(settings.batch_size, 9);
    assert_int_equal(settings.validation_count, 11);
    assert_int_equal(settings.patience, 2);
    assert_int_equal(settings.final_epochs, 3);
    assert_int_equal(settings.schedule, SCHEDULE_CONSTANT);
    assert_true(settings.learning_rate == 0.5);
    assert_true(settings.optimiser.weight_decay == 0.25);
    assert_true(settings.optimiser.beta1 == 0.9);
    assert_true(settings.optimiser.beta2 == 0.75);
    assert_true(settings.optimiser.epsilon == 1e-8);
    assert_true(settings.ema_decay == 0.75);
    assert_true(settings.label_smoothing == 0.125f);
    assert_true(settings.warp.shear == 0.5f);
    assert_true(settings.distort.probability == 0.75f);
    assert_true(settings.variants.flag_probability == 0.5f);
    assert_true(settings.variants.bar_probability == 0.25f);
    assert_true(settings.variants.slash_probability == 0.375f);
    assert_true(settings.variants.four_probability == 0.75f);
    assert_true(settings.variants.flag_length == 1.0f);
    assert_int_equal(settings.augment_epochs, 4);
    assert_true(settings.neighbours.probability == 0.0625f);
    assert_true(settings.neighbours.width_px == 4.0f);
    assert_true(settings.final.neighbours == 0.25f);
    assert_true(settings.distort.marker_probability == 0.0f);
    assert_true(settings.distort.defocus_probability == 0.0f);
    assert_true(settings.distort.resolution_probability == 0.0f);
    assert_true(settings.outliers.probability == 0.125f);
    assert_true(settings.mixup.probability == 0.25f);
    assert_true(settings.final.mixup == 1.0f);
    assert_int_equal(settings.hard_examples.count, 3);
    assert_int_equal(settings.hard_examples.extra_samples, 2);
    assert_true(settings.final.distort == 0.0f);
    assert_true(settings.final.variants == 0.5f);
    assert_true(settings.final.outliers == 0.75f);
    assert_true(settings.distort.noise_deviation == 0.35f);
}

/* Whether the digest changes with `assignment`. */
static bool is_sample_digest_changed_by(const char *assignment)
{
    char before[SHA256_HEX_BYTES], after[SHA256_HEX_BYTES];
    struct recipe recipe;
    recipe_init(&recipe);
    set(&recipe, "augment.seed=5");
    recipe_sample_digest(before, &recipe);
    set(&recipe, assignment);
    recipe_sample_digest(after, &recipe);
    return strcmp(before, after) != 0;
}

TEST(the_digest_depends_on_settings_that_determine_the_samples)
{
    static const char *const same[] = {"seed=77",
                                       "learning_rate=0.5",
                                       "epochs=130",
                                       "final_epochs=14",
                                       "final.outliers=1",
                                       "distort.probability=0.5",
                                       "final.distort=1",
                                       "distill.share=0.5",
                                       "variants.flag_probability=0.5",
                                       "distill.temperature=3",
                                       "variants.bar_probability=0.5",
                                       "augment.epochs=40",
                                       "neighbours.probability=0.5",
                                       "final.neighbours=1",
                                       "outliers.probability=0.5"};
    static const char *const other[] = {
        "augment.seed=6",   "augment.shift_px=3",    "mixup.probability=0.5",
        "final.mixup=0.25", "hard_examples.count=1", "hard_examples.extra_samples=5",
        "validation=1",     "augment.scale=0.3",     "augment.elastic_px=0.1"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_false(is_sample_digest_changed_by(same[i]));
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_true(is_sample_digest_changed_by(other[i]));
}

TEST(without_an_augmentation_seed_the_digest_depends_on_the_seed)
{
    char digests[3][SHA256_HEX_BYTES];
    struct recipe recipe;
    recipe_init(&recipe);
    set(&recipe, "seed=5");
    recipe_sample_digest(digests[0], &recipe);
    set(&recipe, "seed=6");
    recipe_sample_digest(digests[1], &recipe);
    set(&recipe, "augment.seed=5");
    recipe_sample_digest(digests[2], &recipe);
    assert_string_not_equal(digests[0], digests[1]);
    assert_string_equal(digests[0], digests[2]);
}

TEST_MAIN(cmocka_unit_test(missing_fields_have_their_defaults),
          cmocka_unit_test(fields_are_read_from_nested_objects),
          cmocka_unit_test(a_recipe_is_formatted_completely_and_read_back),
          cmocka_unit_test(invalid_values_are_reported_with_their_range),
          cmocka_unit_test(limits_are_inclusive), cmocka_unit_test(the_recipe_names_the_classes),
          cmocka_unit_test(set_changes_one_field),
          cmocka_unit_test(set_reports_errors_and_changes_nothing),
          cmocka_unit_test(set_refuses_a_name_that_is_too_long),
          cmocka_unit_test(file_names_are_relative_to_the_recipes_folder),
          cmocka_unit_test(a_recipe_without_an_architecture_is_refused),
          cmocka_unit_test(the_recipes_of_the_repository_are_valid),
          cmocka_unit_test(a_recipe_can_override_dropout),
          cmocka_unit_test(a_file_that_cannot_be_read_is_reported),
          cmocka_unit_test(a_file_over_the_size_limit_is_refused),
          cmocka_unit_test(settings_of_the_training_loop_are_read),
          cmocka_unit_test(the_digest_depends_on_settings_that_determine_the_samples),
          cmocka_unit_test(without_an_augmentation_seed_the_digest_depends_on_the_seed))
