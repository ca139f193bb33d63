/*
 * digitd-eval: evaluates a model file on the MNIST test files or on labelled picture files.
 */
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <digit/model.h>

#include "trainer/cli/eval_options.h"
#include "trainer/cli/program.h"
#include "trainer/data/idx.h"
#include "trainer/data/tsv.h"
#include "trainer/eval/evaluate.h"
#include "trainer/eval/image_files.h"
#include "trainer/eval/mnist_c/mnist_c.h"
#include "trainer/export/model_file.h"
#include "trainer/report/evaluation_report.h"
#include "trainer/report/folder.h"

static const char NAME[] = "digitd-eval";

static enum digit_status print_report(const struct evaluation_report *report, bool json,
                                      struct digit_error *error)
{
    if (!json) {
        evaluation_report_print(stdout, report);
        return DIGIT_OK;
    }
    char *text;
    enum digit_status status = evaluation_report_format_json(&text, report, error);
    if (status == DIGIT_OK)
        puts(text);
    free(text);
    return status;
}

static enum digit_status write_report(const struct eval_options *options,
                                      const struct digit_model *model, const struct dataset *test,
                                      const struct evaluation_report *report,
                                      struct digit_error *error)
{
    struct model_file file;
    enum digit_status status = model_file_open(&file, options->model, error);
    if (status != DIGIT_OK)
        return status;
    const struct report_source source = {
        .program = NAME,
        .model_path = options->model,
        .data = options->data,
        .model = digit_model_info(model),
        .file = &file,
        .test = test,
        .evaluation = report->evaluation,
        .corruptions = report->corruptions,
        .threads = program_threads(options->threads),
    };
    status = report_folder_write(options->report, &source, error);
    model_file_release(&file);
    return status;
}

/* The measurements on a data set. */
struct measurements {
    struct evaluation evaluation;
    struct calibration calibration;
    struct corruption_scores corrupted;
    struct corruption_scores corruptions_preprocessed;
};

static enum digit_status evaluate_uncorrupted(struct evaluation *out,
                                              const struct eval_options *options,
                                              const struct digit_model *model,
                                              const struct dataset *test, struct thread_pool *pool,
                                              struct digit_error *error)
{
    return (options->preprocess ? evaluate_pictures : evaluate_model)(
        out, model, test->images, test->labels, test->count, pool, error);
}

static enum digit_status evaluate_corrupted(struct measurements *out,
                                            const struct eval_options *options,
                                            const struct digit_model *model,
                                            const struct dataset *test, struct thread_pool *pool,
                                            struct digit_error *error)
{
    struct corruption_input input = {
        .images = test->images, .labels = test->labels, .count = test->count};
    enum digit_status status = corruptions_evaluate(&out->corrupted, model, &input, pool, error);
    input.as_pictures = true;
    if (status == DIGIT_OK && options->preprocess)
        status = corruptions_evaluate(&out->corruptions_preprocessed, model, &input, pool, error);
    return status;
}

static enum digit_status report_measurements(const struct eval_options *options,
                                             const struct digit_model *model,
                                             const struct dataset *test,
                                             const struct measurements *measured,
                                             struct digit_error *error)
{
    const struct evaluation_report report = {
        .model = digit_model_info(model),
        .data = options->data,
        .evaluation = &measured->evaluation,
        .calibration = &measured->calibration,
        .corruptions = options->corruptions ? &measured->corrupted : NULL,
        .corruptions_preprocessed = options->corruptions && options->preprocess
                                        ? &measured->corruptions_preprocessed
                                        : NULL,
        .preprocessed = options->preprocess,
    };
    enum digit_status status = print_report(&report, options->json, error);
    if (status == DIGIT_OK && options->report != NULL)
        status = write_report(options, model, test, &report, error);
    return status;
}

static enum digit_status evaluate_data(const struct eval_options *options,
                                       const struct digit_model *model, struct digit_error *error)
{
    struct dataset test = {0};
    struct measurements measured = {0};
    struct thread_pool *pool = NULL;
    enum digit_status status = DIGIT_OK;
    if (options->report != NULL)
        status = report_folder_prepare(options->report, error);
    if (status == DIGIT_OK)
        status = dataset_load(&test, options->data, "t10k", error);
    if (status == DIGIT_OK)
        status = thread_pool_create(&pool, program_threads(options->threads), error);
    if (status == DIGIT_OK)
        status = evaluate_uncorrupted(&measured.evaluation, options, model, &test, pool, error);
    if (status == DIGIT_OK)
        status = calibration_make(&measured.calibration, &measured.evaluation, test.labels, error);
    if (status == DIGIT_OK && options->corruptions)
        status = evaluate_corrupted(&measured, options, model, &test, pool, error);
    if (status == DIGIT_OK)
        status = report_measurements(options, model, &test, &measured, error);
    thread_pool_destroy(pool);
    evaluation_release(&measured.evaluation);
    dataset_release(&test);
    return status;
}

/* Picture files by one pipeline, and by the naive one if both are to be compared. */
struct picture_measurements {
    struct image_file_list files;
    struct image_file_list naive_files;
};

/* Evaluates the picture files in `table`, which are relative to the folder of the table's `path`.
 * Changes `path`, as dirname does. */
static enum digit_status evaluate_table(struct picture_measurements *out, const struct tsv *table,
                                        char *path, const struct eval_options *options,
                                        const struct digit_model *model, struct digit_error *error)
{
    struct image_file_settings settings = {.folder = dirname(path),
                                           .model = model,
                                           .pipeline = options->pipeline == EVAL_PIPELINE_NAIVE
                                                           ? IMAGE_FILE_PIPELINE_NAIVE
                                                           : IMAGE_FILE_PIPELINE_SERVICE,
                                           .left_out = eval_options_left_out(options)};
    enum digit_status status = image_files_evaluate(&out->files, table, &settings, error);
    settings.pipeline = IMAGE_FILE_PIPELINE_NAIVE;
    if (status == DIGIT_OK && options->pipeline == EVAL_PIPELINE_BOTH)
        status = image_files_evaluate(&out->naive_files, table, &settings, error);
    return status;
}

static enum digit_status evaluate_images(const struct eval_options *options,
                                         const struct digit_model *model, struct digit_error *error)
{
    struct tsv table;
    enum digit_status status = tsv_read(&table, options->images, error);
    if (status != DIGIT_OK)
        return status;
    struct picture_measurements measured = {0};
    char *path = strdup(options->images);
    if (path == NULL)
        status = digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for the path", options->images);
    else
        status = evaluate_table(&measured, &table, path, options, model, error);
    if (status == DIGIT_OK) {
        const struct evaluation_report report = {
            .model = digit_model_info(model),
            .data = options->images,
            .files = &measured.files,
            .naive_files = options->pipeline == EVAL_PIPELINE_BOTH ? &measured.naive_files : NULL};
        status = print_report(&report, options->json, error);
    }
    free(path);
    image_file_list_release(&measured.naive_files);
    image_file_list_release(&measured.files);
    tsv_release(&table);
    return status;
}

static enum digit_status evaluate_file(const struct eval_options *options,
                                       struct digit_error *error)
{
    const struct digit_model_options model_options = {(enum digit_precision)options->precision,
                                                      options->kernels};
    struct digit_model *model;
    enum digit_status status = digit_model_load(&model, options->model, &model_options, error);
    if (status != DIGIT_OK)
        return status;
    status = options->data != NULL ? evaluate_data(options, model, error)
                                   : evaluate_images(options, model, error);
    digit_model_destroy(model);
    return status;
}

static int run_command_line(int argc, char *argv[])
{
    struct eval_options options = {0};
    struct digit_error error;
    unsigned action;
    if (options_load(&options, &action, &eval_option_table, argc, argv, environ, &error) !=
        DIGIT_OK)
        return program_fail_usage(NAME, &error);
    if (action == OPTIONS_HELP) {
        options_print_help(stdout, &eval_option_table);
        return EXIT_SUCCESS;
    }
    if (action == OPTIONS_VERSION) {
        program_print_version(NAME);
        return EXIT_SUCCESS;
    }
    if (eval_options_check(&options, &error) != DIGIT_OK)
        return program_fail_usage(NAME, &error);
    return evaluate_file(&options, &error) == DIGIT_OK ? EXIT_SUCCESS : program_fail(NAME, &error);
}

int main(int argc, char *argv[])
{
    return program_end(NAME, run_command_line(argc, argv));
}
