/*
 * digitd-eval: how well a model file reads the MNIST test files, or picture files with labels.
 */
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <digit/model.h>
#include <digit/preprocess.h>

#include "trainer/as_pictures.h"
#include "trainer/corruptions/corruptions.h"
#include "trainer/evaluate.h"
#include "trainer/idx.h"
#include "trainer/model_file.h"
#include "trainer/options.h"
#include "trainer/pictures.h"
#include "trainer/program.h"
#include "trainer/report.h"
#include "trainer/report/folder.h"
#include "trainer/tsv.h"

static const char NAME[] = "digitd-eval";

struct eval_options {
    const char *model;
    const char *data;    /* NULL: not given */
    const char *images;  /* NULL: not given */
    const char *report;  /* NULL: not given */
    size_t threads;      /* 0: the CPUs that are granted */
    size_t precision;    /* enum digit_precision */
    const char *kernels; /* NULL: the fastest */
    size_t leave_out;    /* of STEPS */
    bool corruptions;
    bool pictures;
    bool json;
    bool help;
    bool version;
};

#define AT(member) offsetof(struct eval_options, member)

/* In the order of enum digit_precision. */
static const char *const PRECISIONS[] = {"auto", "f32", "int8", NULL};

/* Of preprocessing; the bits of each beside it. */
static const char *const STEPS[] = {"none", "ground", "lines", "components", "stroke", "all", NULL};
static const unsigned STEP_BITS[] = {
    0,
    DIGIT_STEP_GROUND,
    DIGIT_STEP_LINES,
    DIGIT_STEP_COMPONENTS,
    DIGIT_STEP_STROKE,
    DIGIT_STEP_GROUND | DIGIT_STEP_LINES | DIGIT_STEP_COMPONENTS | DIGIT_STEP_STROKE,
};

static const struct option_spec ITEMS[] = {
    {.name = "model",
     .type = OPTION_TEXT,
     .offset = AT(model),
     .fallback = "models/digits.safetensors",
     .value = "FILE",
     .help = "model file to evaluate"},
    {.name = "data",
     .type = OPTION_TEXT,
     .offset = AT(data),
     .value = "DIR",
     .help = "folder of the two IDX test files, plain or .gz"},
    {.name = "images",
     .type = OPTION_TEXT,
     .offset = AT(images),
     .value = "FILE",
     .help = "instead of --data: a TSV file with columns file, label and perhaps kind, source"},
    {.name = "threads",
     .type = OPTION_COUNT,
     .offset = AT(threads),
     .fallback = "0",
     .max = PROGRAM_MAX_THREADS,
     .value = "N",
     .help = "threads that share the test files; 0: the CPUs that are granted"},
    {.name = "precision",
     .type = OPTION_CHOICE,
     .offset = AT(precision),
     .choices = PRECISIONS,
     .fallback = "auto",
     .value = "NAME",
     .help = "what the network computes in"},
    {.name = "kernels",
     .type = OPTION_TEXT,
     .offset = AT(kernels),
     .value = "NAME",
     .help = "of the kernels that run here, these instead of the fastest"},
    {.name = "leave-out",
     .type = OPTION_CHOICE,
     .offset = AT(leave_out),
     .choices = STEPS,
     .fallback = "none",
     .value = "STEP",
     .help = "with --images: a step of preprocessing to do without, to see what it brings"},
    {.name = "corruptions",
     .type = OPTION_FLAG,
     .offset = AT(corruptions),
     .help = "with --data: also under the fifteen corruptions of MNIST-C"},
    {.name = "pictures",
     .type = OPTION_FLAG,
     .offset = AT(pictures),
     .help = "with --data: every image as the server preprocesses it when it is posted as a PNG"},
    {.name = "report",
     .type = OPTION_TEXT,
     .offset = AT(report),
     .value = "DIR",
     .help = "with --data: also write report.html, and the same as files, into this folder"},
    {.name = "json", .type = OPTION_FLAG, .offset = AT(json), .help = "print one JSON object"},
    {.name = "help", .type = OPTION_FLAG, .offset = AT(help), .help = "print this and exit"},
    {.name = "version",
     .type = OPTION_FLAG,
     .offset = AT(version),
     .help = "print the version and exit"},
};

static const struct option_table TABLE = {
    .usage = "digitd-eval [--model FILE] (--data DIR | --images FILE) [options]",
    .summary = "Measures how well a model reads labelled digits.",
    .items = ITEMS,
    .count = sizeof ITEMS / sizeof ITEMS[0],
};

static enum digit_status print_report(const struct report *report, bool json,
                                      struct digit_error *error)
{
    if (!json) {
        report_print(stdout, report);
        return DIGIT_OK;
    }
    char *text;
    enum digit_status status = report_format_json(&text, report, error);
    if (status == DIGIT_OK)
        puts(text);
    free(text);
    return status;
}

static enum digit_status write_report(const struct eval_options *options,
                                      const struct digit_model *model, const struct dataset *test,
                                      const struct report *report, struct digit_error *error)
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

/* All that is measured on a data set. */
struct findings {
    struct evaluation evaluation;
    struct calibration calibration;
    struct corruption_scores corrupted;
    struct corruption_scores corrupted_pictures;
};

static enum digit_status evaluate_plain(struct evaluation *out, const struct eval_options *options,
                                        const struct digit_model *model, const struct dataset *test,
                                        struct team *team, struct digit_error *error)
{
    uint8_t *pictures = NULL;
    enum digit_status status = DIGIT_OK;
    if (options->pictures)
        status = as_pictures_make(&pictures, test->images, test->count, team, error);
    if (status == DIGIT_OK)
        status = evaluate_model(out, model, options->pictures ? pictures : test->images,
                                test->labels, test->count, team, error);
    free(pictures);
    return status;
}

static enum digit_status evaluate_corrupted(struct findings *out,
                                            const struct eval_options *options,
                                            const struct digit_model *model,
                                            const struct dataset *test, struct team *team,
                                            struct digit_error *error)
{
    struct corruption_subject subject = {
        .images = test->images, .labels = test->labels, .count = test->count};
    enum digit_status status = corruptions_evaluate(&out->corrupted, model, &subject, team, error);
    subject.as_pictures = true;
    if (status == DIGIT_OK && options->pictures)
        status = corruptions_evaluate(&out->corrupted_pictures, model, &subject, team, error);
    return status;
}

static enum digit_status report_findings(const struct eval_options *options,
                                         const struct digit_model *model,
                                         const struct dataset *test, const struct findings *found,
                                         struct digit_error *error)
{
    const struct report report = {
        .model = digit_model_info(model),
        .data = options->data,
        .evaluation = &found->evaluation,
        .calibration = &found->calibration,
        .corruptions = options->corruptions ? &found->corrupted : NULL,
        .corrupted_pictures =
            options->corruptions && options->pictures ? &found->corrupted_pictures : NULL,
        .as_pictures = options->pictures,
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
    struct findings found = {0};
    struct team *team = NULL;
    enum digit_status status = DIGIT_OK;
    if (options->report != NULL)
        status = report_folder_prepare(options->report, error);
    if (status == DIGIT_OK)
        status = dataset_load(&test, options->data, "t10k", error);
    if (status == DIGIT_OK)
        status = team_create(&team, program_threads(options->threads), error);
    if (status == DIGIT_OK)
        status = evaluate_plain(&found.evaluation, options, model, &test, team, error);
    if (status == DIGIT_OK)
        status = calibration_make(&found.calibration, &found.evaluation, test.labels, error);
    if (status == DIGIT_OK && options->corruptions)
        status = evaluate_corrupted(&found, options, model, &test, team, error);
    if (status == DIGIT_OK)
        status = report_findings(options, model, &test, &found, error);
    team_destroy(team);
    evaluation_release(&found.evaluation);
    dataset_release(&test);
    return status;
}

/* Reads the pictures that stand beside the table at `path`, which is written to. */
static enum digit_status read_labelled(struct picture_list *out, const struct tsv *table,
                                       char *path, const struct eval_options *options,
                                       const struct digit_model *model, struct digit_error *error)
{
    const struct picture_settings settings = {
        .folder = dirname(path), .model = model, .left_out = STEP_BITS[options->leave_out]};
    return pictures_evaluate(out, table, &settings, error);
}

static enum digit_status evaluate_images(const struct eval_options *options,
                                         const struct digit_model *model, struct digit_error *error)
{
    struct tsv table;
    enum digit_status status = tsv_read(&table, options->images, error);
    if (status != DIGIT_OK)
        return status;
    struct picture_list pictures = {0};
    char *path = strdup(options->images);
    if (path == NULL)
        status = digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for its name", options->images);
    else
        status = read_labelled(&pictures, &table, path, options, model, error);
    if (status == DIGIT_OK) {
        const struct report report = {
            .model = digit_model_info(model), .data = options->images, .pictures = &pictures};
        status = print_report(&report, options->json, error);
    }
    free(path);
    picture_list_release(&pictures);
    tsv_release(&table);
    return status;
}

static enum digit_status check_usage(const struct eval_options *options, struct digit_error *error)
{
    if ((options->data != NULL) == (options->images != NULL))
        return digit_fail(error, DIGIT_INVALID, "one of --data and --images is needed, not %s",
                          options->data != NULL ? "both" : "none");
    if (options->corruptions && options->data == NULL)
        return digit_fail(error, DIGIT_INVALID, "--corruptions needs --data, not --images");
    if (options->pictures && options->data == NULL)
        return digit_fail(error, DIGIT_INVALID, "--pictures needs --data, not --images");
    if (options->pictures && options->report != NULL)
        return digit_fail(error, DIGIT_INVALID, "one of --pictures and --report, not both");
    if (options->report != NULL && options->data == NULL)
        return digit_fail(error, DIGIT_INVALID, "--report needs --data, not --images");
    return DIGIT_OK;
}

static enum digit_status run(const struct eval_options *options, struct digit_error *error)
{
    const struct digit_model_options how = {(enum digit_precision)options->precision,
                                            options->kernels};
    struct digit_model *model;
    enum digit_status status = digit_model_load(&model, options->model, &how, error);
    if (status != DIGIT_OK)
        return status;
    status = options->data != NULL ? evaluate_data(options, model, error)
                                   : evaluate_images(options, model, error);
    digit_model_destroy(model);
    return status;
}

static int follow_command_line(int argc, char *argv[])
{
    struct eval_options options = {0};
    struct digit_error error;
    if (options_parse(&options, &TABLE, argc, argv, &error) != DIGIT_OK)
        return program_fail_usage(NAME, &error);
    if (options.help) {
        options_print(stdout, &TABLE);
        return EXIT_SUCCESS;
    }
    if (options.version) {
        program_print_version(NAME);
        return EXIT_SUCCESS;
    }
    if (check_usage(&options, &error) != DIGIT_OK)
        return program_fail_usage(NAME, &error);
    return run(&options, &error) == DIGIT_OK ? EXIT_SUCCESS : program_fail(NAME, &error);
}

int main(int argc, char *argv[])
{
    return program_end(NAME, follow_command_line(argc, argv));
}
