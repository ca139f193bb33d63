#include "trainer/eval/image_files.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/test.h"
#include "tests/trainer/fixtures.h"

#define DIGITS SOURCE_DIR "/tests/fixtures/digits"

static void read_table(struct tsv *out, const char *text)
{
    char *folder = folder_make();
    folder_put(folder, "labels.tsv", text, strlen(text));
    char *path = folder_path(folder, "labels.tsv");
    assert_int_equal(tsv_read(out, path, NULL), DIGIT_OK);
    free(path);
    folder_remove(folder);
}

static enum digit_status evaluate_by(enum image_file_pipeline pipeline, struct image_file_list *out,
                                     const struct tsv *table, const char *folder,
                                     struct digit_error *error)
{
    struct digit_model *model = stubborn_model(7);
    const struct image_file_settings settings = {
        .folder = folder, .model = model, .pipeline = pipeline};
    enum digit_status status = image_files_evaluate(out, table, &settings, error);
    digit_model_destroy(model);
    return status;
}

static enum digit_status evaluate(struct image_file_list *out, const struct tsv *table,
                                  const char *folder, struct digit_error *error)
{
    return evaluate_by(IMAGE_FILE_PIPELINE_SERVICE, out, table, folder, error);
}

static void assert_refused(const char *text, const char *message)
{
    struct tsv table;
    struct image_file_list list;
    struct digit_error error;
    read_table(&table, text);
    assert_int_equal(evaluate(&list, &table, DIGITS, &error), DIGIT_INVALID);
    assert_string_equal(error.message, message);
    assert_null(list.items);
    tsv_release(&table);
}

TEST(files_are_decoded_preprocessed_and_predicted)
{
    struct tsv table;
    struct image_file_list list;
    read_table(&table, "label\tfile\n7\t7.png\n7\t7.bmp\n7\t7-on-paper.jpg\n3\t3.png\n");
    assert_int_equal(evaluate(&list, &table, DIGITS, NULL), DIGIT_OK);
    assert_int_equal(list.count, 4);
    assert_int_equal(list.correct, 3);
    assert_int_equal(list.failed, 0);
    assert_int_equal(list.uncertain, 0);
    assert_int_equal(list.confusion.images[7][7], 3);
    assert_int_equal(list.confusion.images[3][7], 1);
    assert_true(image_file_is_correct(&list.items[0]));
    assert_false(image_file_is_correct(&list.items[3]));
    /* The label of the misclassified file has probability exp(-200), which float32 rounds to 0. */
    assert_true(fabs(list.loss - 87.3365 / 4.0) < 1e-3);
    assert_int_equal(list.kinds.count, 0);
    assert_int_equal(list.sources.count, 0);
    image_file_list_release(&list);
    tsv_release(&table);
}

/* Of a model that is sure of everything: a blank picture, and one of several digits. */
TEST(pictures_make_answers_uncertain_as_in_the_server)
{
    struct tsv table;
    struct image_file_list list;
    read_table(&table, "file\tlabel\n7.png\t7\nblank.png\t7\n90210.png\t7\n");
    assert_int_equal(evaluate(&list, &table, DIGITS, NULL), DIGIT_OK);
    assert_int_equal(list.failed, 0);
    assert_false(list.items[0].prediction.uncertain);
    assert_true(list.items[1].prediction.uncertain && list.items[1].prediction.uncertainty == 1.0f);
    assert_true(list.items[2].prediction.uncertain);
    assert_int_equal(list.uncertain, 2);
    image_file_list_release(&list);
    tsv_release(&table);
}

/* The naive pipeline sees neither that a picture is blank nor that it has several digits. */
TEST(only_the_network_is_uncertain_after_the_naive_pipeline)
{
    struct tsv table;
    struct image_file_list list;
    read_table(&table, "file\tlabel\n7-on-paper.jpg\t7\nblank.png\t7\n90210.png\t7\nno.png\t7\n");
    assert_int_equal(evaluate_by(IMAGE_FILE_PIPELINE_NAIVE, &list, &table, DIGITS, NULL), DIGIT_OK);
    assert_int_equal(list.pipeline, IMAGE_FILE_PIPELINE_NAIVE);
    assert_int_equal(list.correct, 3);
    assert_int_equal(list.failed, 1);
    assert_int_equal(list.uncertain, 0);
    image_file_list_release(&list);
    tsv_release(&table);
}

TEST(unreadable_files_count_as_misclassified)
{
    char *folder = folder_make();
    folder_put(folder, "text.png", "no image", 8);
    folder_put(folder, "large.png", "", 0);
    char *large = folder_path(folder, "large.png");
    assert_int_equal(truncate(large, (off_t)IMAGE_FILE_MAX_BYTES + 1), 0);
    struct tsv table;
    struct image_file_list list;
    read_table(&table, "file\tlabel\ntext.png\t7\nabsent.png\t7\nlarge.png\t7\n");
    assert_int_equal(evaluate(&list, &table, folder, NULL), DIGIT_OK);
    assert_int_equal(list.count, 3);
    assert_int_equal(list.correct, 0);
    assert_int_equal(list.failed, 3);
    assert_true(list.loss == 0.0);
    assert_int_equal(list.items[0].error.status, DIGIT_UNSUPPORTED);
    assert_int_equal(list.items[1].error.status, DIGIT_IO);
    assert_int_equal(list.items[2].error.status, DIGIT_LIMIT);
    image_file_list_release(&list);
    tsv_release(&table);
    free(large);
    folder_remove(folder);
}

TEST(files_are_grouped_by_name)
{
    struct tsv table;
    struct image_file_list list;
    read_table(&table, "file\tlabel\tkind\tsource\n"
                       "7.png\t7\tpen\tb\n3.png\t3\tmouse\ta\n7.bmp\t7\tmouse\tb\n"
                       "absent.png\t7\tmouse\tb\n1.png\t1\tmouse\tb\n");
    assert_int_equal(evaluate(&list, &table, DIGITS, NULL), DIGIT_OK);
    assert_int_equal(list.kinds.count, 2);
    assert_string_equal(list.kinds.items[0].name, "mouse");
    assert_int_equal(list.kinds.items[0].count, 4);
    assert_int_equal(list.kinds.items[0].correct, 1);
    assert_string_equal(list.kinds.items[1].name, "pen");
    assert_int_equal(list.kinds.items[1].count, 1);
    assert_int_equal(list.kinds.items[1].correct, 1);
    assert_float_equal(list.kinds.mean_accuracy, (0.25 + 1.0) / 2.0, 1e-12);
    assert_int_equal(list.sources.count, 2);
    assert_float_equal(list.sources.mean_accuracy, (0.0 + 0.5) / 2.0, 1e-12);
    image_file_list_release(&list);
    tsv_release(&table);
}

TEST(a_table_without_a_column_or_rows_is_refused)
{
    assert_refused("name\tlabel\na\t7\n", "labels: no column is named \"file\"");
    assert_refused("file\tdigit\na\t7\n", "labels: no column is named \"label\"");
    assert_refused("file\tlabel\n", "labels: no rows");
}

TEST(a_label_that_is_not_a_digit_is_refused)
{
    assert_refused("file\tlabel\n7.png\t7\n7.png\tx\n",
                   "labels: line 3: label \"x\" is not a digit");
    assert_refused("file\tlabel\n7.png\t10\n", "labels: line 2: label \"10\" is not a digit");
    assert_refused("file\tlabel\n7.png\t\n", "labels: line 2: label \"\" is not a digit");
}

TEST_MAIN(cmocka_unit_test(files_are_decoded_preprocessed_and_predicted),
          cmocka_unit_test(pictures_make_answers_uncertain_as_in_the_server),
          cmocka_unit_test(only_the_network_is_uncertain_after_the_naive_pipeline),
          cmocka_unit_test(unreadable_files_count_as_misclassified),
          cmocka_unit_test(files_are_grouped_by_name),
          cmocka_unit_test(a_table_without_a_column_or_rows_is_refused),
          cmocka_unit_test(a_label_that_is_not_a_digit_is_refused))
