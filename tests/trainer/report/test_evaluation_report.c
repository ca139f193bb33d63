#include "trainer/report/evaluation_report.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "tests/test.h"

static const struct digit_model_info MODEL = {
    .name = "digits",
    .version = "0123456789ab",
    .sha256 = "0123456789abcdef",
    .labels = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
};

static struct misclassified misclassified[] = {{41, 3, 5}};

static const struct calibration CALIBRATION = {.bin_count = 4, .ece = 0.0625};

static struct evaluation make_evaluation(void)
{
    struct evaluation evaluation = {.count = 4,
                                    .correct = 3,
                                    .uncertain = 1,
                                    .loss = 0.125,
                                    .misclassified = misclassified,
                                    .misclassified_count = 1};
    evaluation.confusion.images[3][3] = 3;
    evaluation.confusion.images[3][5] = 1;
    return evaluation;
}

static struct image_file files[] = {
    {.file = "a.png",
     .label = 1,
     .is_predicted = true,
     .prediction = {.digit = 1, .confidence = 0.75f}},
    {.file = "b.png",
     .label = 2,
     .is_predicted = true,
     .prediction = {.digit = 1, .confidence = 0.5f}},
    {.file = "c.png", .label = 3, .error = {DIGIT_UNSUPPORTED, "not an image"}},
};
static struct image_file_group kinds[] = {{"pen", 3, 1}};

static struct image_file_list make_files(void)
{
    struct image_file_list list = {
        .items = files, .count = 3, .correct = 1, .failed = 1, .uncertain = 1};
    list.kinds = (struct image_file_groups){kinds, 1, 1.0 / 3.0};
    list.confusion.images[1][1] = 1;
    list.confusion.images[2][1] = 1;
    return list;
}

/* The same files by the naive pipeline, which reads another one of them, too. */
static struct image_file_list make_naive_files(void)
{
    static struct image_file naive_files[3];
    static struct image_file_group naive_kinds[] = {{"pen", 3, 2}};
    struct image_file_list list = make_files();
    memcpy(naive_files, files, sizeof files);
    naive_files[1].prediction.digit = 2;
    list.items = naive_files;
    list.pipeline = IMAGE_FILE_PIPELINE_NAIVE;
    list.correct = 2;
    list.kinds = (struct image_file_groups){naive_kinds, 1, 2.0 / 3.0};
    return list;
}

static cJSON *report_json(const struct evaluation_report *report)
{
    char *text;
    assert_int_equal(evaluation_report_format_json(&text, report, NULL), DIGIT_OK);
    cJSON *json = cJSON_Parse(text);
    assert_non_null(json);
    free(text);
    return json;
}

static double number_at(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_IsNumber(item));
    return item->valuedouble;
}

static const char *text_at(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    assert_non_null(text);
    return text;
}

static char *report_text(const struct evaluation_report *report)
{
    char *text;
    size_t size_bytes;
    FILE *out = open_memstream(&text, &size_bytes);
    assert_non_null(out);
    evaluation_report_print(out, report);
    fclose(out);
    return text;
}

TEST(json_of_a_data_set_is_complete)
{
    const struct evaluation evaluation = make_evaluation();
    const struct evaluation_report report = {
        .model = &MODEL, .data = "mnist", .evaluation = &evaluation, .calibration = &CALIBRATION};
    cJSON *json = report_json(&report);
    assert_string_equal(text_at(cJSON_GetObjectItem(json, "model"), "version"), "0123456789ab");
    assert_string_equal(text_at(json, "data"), "mnist");
    assert_true(number_at(json, "accuracy") == 0.75);
    assert_true(number_at(json, "loss") == 0.125);
    assert_true(number_at(json, "nll") == 0.125);
    assert_true(number_at(json, "ece") == 0.0625);
    assert_true(number_at(json, "uncertain") == 1.0);
    const cJSON *row = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "confusion"), 3);
    assert_int_equal(cJSON_GetArraySize(row), 10);
    assert_true(cJSON_GetArrayItem(row, 5)->valuedouble == 1.0);
    const cJSON *three = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "classes"), 3);
    assert_string_equal(text_at(three, "label"), "3");
    assert_true(number_at(three, "precision") == 1.0);
    assert_true(number_at(three, "recall") == 0.75);
    assert_true(number_at(three, "support") == 4.0);
    const cJSON *wrong = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "wrong"), 0);
    assert_true(number_at(wrong, "index") == 41.0);
    assert_true(number_at(wrong, "label") == 3.0);
    assert_true(number_at(wrong, "digit") == 5.0);
    cJSON_Delete(json);
}

TEST(json_of_image_files_is_complete)
{
    const struct image_file_list list = make_files();
    const struct evaluation_report report = {.model = &MODEL, .data = "labels.tsv", .files = &list};
    cJSON *json = report_json(&report);
    assert_string_equal(text_at(json, "pipeline"), "service");
    assert_null(cJSON_GetObjectItem(json, "naive"));
    assert_true(number_at(json, "count") == 3.0);
    assert_true(number_at(json, "correct") == 1.0);
    assert_true(number_at(json, "failed") == 1.0);
    assert_true(number_at(json, "uncertain") == 1.0);
    assert_null(cJSON_GetObjectItem(json, "ece"));
    const cJSON *by_kind = cJSON_GetObjectItem(json, "kinds");
    const cJSON *pen = cJSON_GetArrayItem(cJSON_GetObjectItem(by_kind, "groups"), 0);
    assert_string_equal(text_at(pen, "name"), "pen");
    assert_true(number_at(by_kind, "mean_accuracy") == number_at(pen, "accuracy"));
    assert_null(cJSON_GetObjectItem(json, "sources"));
    const cJSON *wrong = cJSON_GetObjectItem(json, "wrong");
    assert_int_equal(cJSON_GetArraySize(wrong), 2);
    assert_true(number_at(cJSON_GetArrayItem(wrong, 0), "confidence") == 0.5);
    assert_string_equal(text_at(cJSON_GetArrayItem(wrong, 1), "file"), "c.png");
    assert_string_equal(text_at(cJSON_GetArrayItem(wrong, 1), "reason"), "not an image");
    cJSON_Delete(json);
}

TEST(the_naive_pipeline_is_a_second_column)
{
    const struct image_file_list list = make_files(), naive = make_naive_files();
    const struct evaluation_report report = {
        .model = &MODEL, .data = "labels.tsv", .files = &list, .naive_files = &naive};
    char *text = report_text(&report);
    assert_non_null(
        strstr(text, "By the naive pipeline: Accuracy 66.67 % (2 of 3), loss 0.00000\n"));
    assert_non_null(strstr(text,
                           "Accuracy by kind, mean 33.33 %; by the naive pipeline, mean 66.67 %\n"
                           "  33.33 % (1 of 3)  66.67 % (2 of 3) pen\n"));
    free(text);
    cJSON *json = report_json(&report);
    assert_string_equal(text_at(json, "pipeline"), "service");
    assert_true(number_at(json, "correct") == 1.0);
    const cJSON *second = cJSON_GetObjectItem(json, "naive");
    assert_string_equal(text_at(second, "pipeline"), "naive");
    assert_true(number_at(second, "correct") == 2.0);
    assert_true(number_at(cJSON_GetObjectItem(second, "kinds"), "mean_accuracy") == 2.0 / 3.0);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(second, "wrong")), 1);
    cJSON_Delete(json);
}

TEST(the_naive_pipeline_may_be_the_only_one)
{
    const struct image_file_list naive = make_naive_files();
    const struct evaluation_report report = {
        .model = &MODEL, .data = "labels.tsv", .files = &naive};
    char *text = report_text(&report);
    assert_non_null(
        strstr(text, "Model digits 0123456789ab on labels.tsv, by the naive pipeline\n"));
    assert_non_null(strstr(text, "Accuracy by kind, mean 66.67 %\n  66.67 % (2 of 3) pen\n"));
    free(text);
    cJSON *json = report_json(&report);
    assert_string_equal(text_at(json, "pipeline"), "naive");
    assert_null(cJSON_GetObjectItem(json, "naive"));
    cJSON_Delete(json);
}

static struct corruption_scores make_scores(void)
{
    struct corruption_scores scores = {.count = 4};
    for (size_t i = 0; i < CORRUPTIONS_COUNT; i++)
        scores.correct[i] = i == 10 ? 1 : 4;
    return scores;
}

TEST(json_has_corruptions_only_if_they_were_measured)
{
    const struct evaluation evaluation = make_evaluation();
    const struct corruption_scores scores = make_scores();
    struct evaluation_report report = {
        .model = &MODEL, .data = "mnist", .evaluation = &evaluation, .calibration = &CALIBRATION};
    cJSON *json = report_json(&report);
    assert_null(cJSON_GetObjectItem(json, "corruptions"));
    cJSON_Delete(json);
    report.corruptions = &scores;
    json = report_json(&report);
    const cJSON *object = cJSON_GetObjectItem(json, "corruptions");
    assert_true(number_at(object, "count") == 4.0);
    assert_true(number_at(object, "mean_accuracy") == 57.0 / 60.0);
    assert_string_equal(text_at(object, "worst"), "fog");
    const cJSON *items = cJSON_GetObjectItem(object, "kinds");
    assert_int_equal(cJSON_GetArraySize(items), CORRUPTIONS_COUNT);
    assert_string_equal(text_at(cJSON_GetArrayItem(items, 10), "name"), "fog");
    assert_true(number_at(cJSON_GetArrayItem(items, 10), "correct") == 1.0);
    assert_true(number_at(cJSON_GetArrayItem(items, 10), "accuracy") == 0.25);
    cJSON_Delete(json);
}

TEST(text_ends_with_the_corruptions)
{
    const struct evaluation evaluation = make_evaluation();
    const struct corruption_scores scores = make_scores();
    const struct evaluation_report report = {.model = &MODEL,
                                             .data = "mnist",
                                             .evaluation = &evaluation,
                                             .calibration = &CALIBRATION,
                                             .corruptions = &scores};
    char *text = report_text(&report);
    assert_non_null(strstr(text,
                           "Under the corruptions of MNIST-C, mean 95.00 %, worst 25.00 % (fog)\n"
                           " 100.00 % (4 of 4) shot_noise\n"));
    assert_non_null(strstr(text, "\n  25.00 % (1 of 4) fog\n"));
    free(text);
}

TEST(text_of_a_data_set_is_complete)
{
    const struct evaluation evaluation = make_evaluation();
    const struct evaluation_report report = {
        .model = &MODEL, .data = "mnist", .evaluation = &evaluation, .calibration = &CALIBRATION};
    char *text = report_text(&report);
    assert_non_null(strstr(text, "Model digits 0123456789ab on mnist\n"));
    assert_non_null(strstr(text, "Accuracy 75.00 % (3 of 4), loss 0.12500\n"
                                 "Calibration: NLL 0.12500, ECE 6.250 % in 4 bins of equal mass\n"
                                 "Uncertain 25.00 % (1 of 4)\n"));
    assert_non_null(strstr(text, "   3      0      0      0      3      0      1      0"));
    assert_non_null(strstr(text, "    3     1.0000  0.7500  0.8571        4\n"));
    assert_non_null(strstr(text, "     41: 3 > 5\n"));
    free(text);
}

TEST(text_of_image_files_is_complete)
{
    const struct image_file_list list = make_files();
    const struct evaluation_report report = {.model = &MODEL, .data = "labels.tsv", .files = &list};
    char *text = report_text(&report);
    assert_non_null(strstr(text, "Accuracy by kind, mean 33.33 %\n  33.33 % (1 of 3) pen\n"));
    assert_non_null(strstr(text, "Uncertain 50.00 % (1 of 2)\n"));
    assert_null(strstr(text, "by source"));
    assert_non_null(strstr(text, "2 misclassified (1 cannot be read)\n"));
    assert_non_null(strstr(text, "b.png: label 2, predicted 1 (0.500)\n"));
    assert_non_null(strstr(text, "c.png: label 3, cannot be read: not an image\n"));
    assert_null(strstr(text, "a.png"));
    free(text);
}

TEST_MAIN(cmocka_unit_test(json_of_a_data_set_is_complete),
          cmocka_unit_test(json_of_image_files_is_complete),
          cmocka_unit_test(json_has_corruptions_only_if_they_were_measured),
          cmocka_unit_test(text_of_a_data_set_is_complete),
          cmocka_unit_test(text_ends_with_the_corruptions),
          cmocka_unit_test(text_of_image_files_is_complete),
          cmocka_unit_test(the_naive_pipeline_is_a_second_column),
          cmocka_unit_test(the_naive_pipeline_may_be_the_only_one))
