/*
 * digitd-train: trains a network on the MNIST files according to a recipe and writes a model file.
 * Steps: check everything that can be checked in advance, train, quantise, calibrate, record the
 * golden digits, evaluate once on the test files, write the model file, write the report.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "core/network/architecture.h"
#include "core/network/model.h"
#include "core/network/parameters.h"
#include "trainer/base/output_file.h"
#include "trainer/cli/dry_run.h"
#include "trainer/cli/interrupt.h"
#include "trainer/cli/program.h"
#include "trainer/cli/progress.h"
#include "trainer/cli/summary.h"
#include "trainer/cli/train_options.h"
#include "trainer/cli/training_checkpoint.h"
#include "trainer/data/idx.h"
#include "trainer/distill/distillation.h"
#include "trainer/eval/evaluate.h"
#include "trainer/export/calibrate.h"
#include "trainer/export/golden_digits.h"
#include "trainer/export/golden_record.h"
#include "trainer/export/model_file.h"
#include "trainer/export/quantise.h"
#include "trainer/export/training_card.h"
#include "trainer/fit/fit.h"
#include "trainer/net/network.h"
#include "trainer/recipe/recipe_format.h"
#include "trainer/recipe/recipe_read.h"
#include "trainer/report/folder.h"

static const char NAME[] = "digitd-train";

/* The data of one run. */
struct session {
    const struct train_options *options;
    const char *output;   /* path of the model file: from the options, or of the dry run */
    const char *report;   /* folder of the report, likewise; NULL: no report */
    struct recipe recipe; /* reduced in a dry run */
    struct architecture architecture;
    struct dataset train;
    struct dataset test;
    struct thread_pool *pool;
    struct distillation distillation;
    struct progress progress;
    struct training_checkpoint checkpoint;
    struct fit_result fit;
    struct quantisation quantisation;
    struct model_calibration calibration;
    bool calibrated; /* whether `calibration` is set */
    struct golden golden;
    struct evaluation test_figures;
    char *card;
    struct dry_run dry_run; /* zeroed unless this is a dry run */
};

static void session_release(struct session *session)
{
    dry_run_close(&session->dry_run);
    free(session->card);
    evaluation_release(&session->test_figures);
    fit_result_release(&session->fit);
    training_checkpoint_release(&session->checkpoint);
    distillation_close(&session->distillation);
    thread_pool_destroy(session->pool);
    dataset_release(&session->test);
    dataset_release(&session->train);
}

static enum digit_status prepare_session(struct session *session, struct digit_error *error)
{
    const struct train_options *options = session->options;
    enum digit_status status = output_file_check("--output", options->output, error);
    if (status == DIGIT_OK && !options->dry_run)
        status = training_checkpoint_place(&session->checkpoint, options->output,
                                           options->checkpoint, options->resume, error);
    if (status == DIGIT_OK && options->report != NULL && !options->dry_run)
        status = report_folder_prepare(options->report, error);
    if (status == DIGIT_OK)
        status = recipe_load_architecture(&session->architecture, &session->recipe, error);
    if (status == DIGIT_OK)
        status = dataset_load(&session->train, options->data, "train", error);
    if (status == DIGIT_OK)
        status = dataset_load(&session->test, options->data, "t10k", error);
    if (status == DIGIT_OK)
        status = thread_pool_create(&session->pool, program_threads(options->threads), error);
    return status;
}

static void print_settings(const struct session *session)
{
    struct parameter_table table;
    parameter_table_init(&table, &session->architecture);
    printf("Training %s with recipe %s: %zu parameters, %zu multiply-accumulates per image\n",
           session->architecture.name, session->recipe.name, parameter_table_trained(&table),
           architecture_macs(&session->architecture));
    printf("%zu training images, %zu of them for validation; %zu threads, seed %zu\n",
           session->train.count, session->recipe.fit.validation_count,
           thread_pool_size(session->pool), session->recipe.fit.seed);
    if (session->distillation.teachers != NULL)
        printf("Distillation: %zu teachers, loss weight %g, temperature %g\n",
               teachers_count(session->distillation.teachers),
               (double)session->recipe.fit.teacher_share, (double)session->recipe.fit.temperature);
    if (session->distillation.teachers != NULL && session->recipe.fit.hard_examples.count > 0)
        printf("Hard examples: %zu images with %zu additional samples each per epoch\n",
               session->recipe.fit.hard_examples.count,
               session->recipe.fit.hard_examples.extra_samples);
    fflush(stdout);
}

static bool on_step(void *user, const struct fit_step *step)
{
    struct session *session = user;
    progress_step(&session->progress, step);
    return interrupt_signal() == 0;
}

static void on_epoch(void *user, const struct fit_epoch *epoch)
{
    struct session *session = user;
    progress_epoch(&session->progress, epoch);
}

static enum digit_status on_state(void *user, const struct fit_state *state,
                                  struct digit_error *error)
{
    struct session *session = user;
    return training_checkpoint_save(&session->checkpoint, state, error);
}

/* Reads the checkpoint if the run resumes from one, and prints where it resumes. */
static enum digit_status open_checkpoint(struct session *session, struct digit_error *error)
{
    struct training_checkpoint *checkpoint = &session->checkpoint;
    enum digit_status status = training_checkpoint_open(
        checkpoint, &session->recipe, &session->architecture, &session->train, error);
    if (status != DIGIT_OK || !session->options->resume)
        return status;
    if (checkpoint->from == NULL)
        printf("No checkpoint %s: training starts from scratch\n", checkpoint->path);
    else
        printf("Resuming after epoch %zu of %zu from %s%s\n", checkpoint->epochs,
               session->recipe.fit.epochs, checkpoint->path,
               checkpoint_is_of_this_program(checkpoint->from)
                   ? ""
                   : ", written by another build: the result may differ from that of "
                     "an uninterrupted run");
    return DIGIT_OK;
}

static enum digit_status train(struct session *session, struct digit_error *error)
{
    const struct fit_observer observer = {session, on_step, on_epoch, on_state};
    progress_init(&session->progress, stdout);
    enum digit_status status =
        fit(&session->fit, &session->architecture, &session->train, &session->recipe.fit,
            &session->distillation, training_checkpoint_state(&session->checkpoint), &observer,
            session->pool, error);
    if (status != DIGIT_OK || session->fit.end == FIT_INTERRUPTED)
        progress_break(&session->progress);
    if (status == DIGIT_OK && session->fit.end == FIT_EARLY)
        printf("Early stopping: no lower validation loss in %zu epochs; weights of epoch %zu "
               "restored\n",
               session->recipe.fit.patience, session->fit.kept.last.epoch);
    return status;
}

/* Calibrates on the validation images, if there are any. */
static enum digit_status calibrate_session(struct session *session, struct digit_error *error)
{
    struct digit_error reason;
    if (session->recipe.fit.validation_count == 0)
        return DIGIT_OK;
    enum digit_status status = calibrate(
        &session->calibration, &session->architecture, session->fit.parameters,
        &session->quantisation, &session->train, session->recipe.fit.validation_count, &reason);
    session->calibrated = status == DIGIT_OK;
    if (session->calibrated)
        printf("Calibrated: temperature %.4f, uncertain above %.4g\n",
               (double)session->calibration.temperature,
               (double)session->calibration.uncertain_above);
    else if (status == DIGIT_UNSUPPORTED)
        printf("Not calibrated: %s\n", reason.message);
    else
        return digit_fail(error, status, "%s", reason.message);
    return DIGIT_OK;
}

static void print_recognised(size_t recognised)
{
    printf("Golden digits: %zu of %d recognised as drawn\n", recognised, GOLDEN_DIGITS);
}

static enum digit_status record_golden_session(struct session *session, struct digit_error *error)
{
    enum digit_status status = golden_record(
        &session->golden, &session->architecture, session->fit.parameters, &session->quantisation,
        session->calibrated ? &session->calibration : NULL, error);
    if (status == DIGIT_OK)
        print_recognised(golden_record_recognised(&session->golden));
    return status;
}

/* Measures the activation ranges, the calibration and the golden answers, which the model file has
 * besides the weights. */
static enum digit_status complete_model(struct session *session, struct digit_error *error)
{
    enum digit_status status = quantise(&session->quantisation, &session->architecture,
                                        session->fit.parameters, &session->train, error);
    if (status == DIGIT_OK)
        status = calibrate_session(session, error);
    return status == DIGIT_OK ? record_golden_session(session, error) : status;
}

/* Evaluates the trained weights on the test files, in float32, with the calibration of the model
 * file. */
static enum digit_status evaluate_test_files(struct session *session, struct digit_error *error)
{
    struct digit_model *model = NULL;
    enum digit_status status = model_create(&model, &session->architecture, session->fit.parameters,
                                            &train_preprocessing, NULL, NULL, error);
    if (status == DIGIT_OK && session->calibrated)
        model_calibrate(model, &session->calibration);
    if (status == DIGIT_OK)
        status = evaluate_model(&session->test_figures, model, session->test.images,
                                session->test.labels, session->test.count, session->pool, error);
    digit_model_destroy(model);
    if (status == DIGIT_OK)
        printf("Training images without augmentation: accuracy %.2f %%, loss %.5f\n",
               100.0 * session->fit.training.accuracy, session->fit.training.loss);
    if (status == DIGIT_OK)
        printf("Test: accuracy %.2f %% (%zu of %zu), loss %.5f\n",
               100.0 * evaluation_accuracy(&session->test_figures), session->test_figures.correct,
               session->test_figures.count, session->test_figures.loss);
    return status;
}

static enum digit_status save_model(struct session *session, struct digit_error *error)
{
    const struct training_card from = {&session->recipe, &session->train, &session->test,
                                       &session->fit, &session->test_figures};
    enum digit_status status = training_card_format(&session->card, &from, error);
    if (status != DIGIT_OK)
        return status;
    struct model_card card = {
        .preprocessing = train_preprocessing,
        .training = session->card,
        .quantisation = &session->quantisation,
        .calibration = session->calibrated ? &session->calibration : NULL,
        .golden = &session->golden,
    };
    recipe_class_labels(card.labels, &session->recipe);
    return model_save(session->output, &session->architecture, session->fit.parameters, &card,
                      error);
}

/* Turns the session into a dry run: a few batches, and a temporary folder for its files. */
static enum digit_status begin_dry_run(struct session *session, struct digit_error *error)
{
    dry_run_reduce(&session->recipe, &session->train, &session->test);
    enum digit_status status = dry_run_open(&session->dry_run, session->options->output, error);
    if (status != DIGIT_OK)
        return status;
    session->output = session->dry_run.output;
    if (session->report != NULL)
        session->report = session->dry_run.folder;
    return training_checkpoint_place(&session->checkpoint, session->output, NULL, false, error);
}

/* Prints the speed of the last epoch; the first one includes warm-up. */
static void print_dry_run(const struct session *session, const struct recipe *complete,
                          size_t complete_count)
{
    const struct fit_result *result = &session->fit;
    char message[DRY_RUN_MESSAGE_SIZE];
    dry_run_describe(message, result->training_count,
                     result->history[result->epochs_run - 1].seconds, complete, complete_count);
    puts(message);
}

/* Writes the report of the trained model, which was read back from its file. */
static enum digit_status write_report_of(const struct session *session,
                                         const struct digit_model *model,
                                         const struct model_file *file, double ended_s,
                                         struct digit_error *error)
{
    const struct fit_result *result = &session->fit;
    const struct history history = {result->history, result->epochs_run, ended_s};
    const struct report_source source = {
        .program = NAME,
        .model_path = session->output,
        .data = session->options->data,
        .model = digit_model_info(model),
        .file = file,
        .train = &session->train,
        .test = &session->test,
        .evaluation = &session->test_figures,
        .history = &history,
        .kept_epoch = result->kept.last.epoch,
        .threads = thread_pool_size(session->pool),
    };
    return report_folder_write(session->report, &source, error);
}

/* Called after the model file is written, so that a failure does not lose the training. */
static enum digit_status write_report(const struct session *session, double ended_s,
                                      struct digit_error *error)
{
    if (session->report == NULL)
        return DIGIT_OK;
    static const struct digit_model_options f32 = {.precision = DIGIT_PRECISION_F32};
    struct digit_model *model = NULL;
    struct model_file file = {0};
    enum digit_status status = digit_model_load(&model, session->output, &f32, error);
    if (status == DIGIT_OK)
        status = model_file_open(&file, session->output, error);
    if (status == DIGIT_OK)
        status = write_report_of(session, model, &file, ended_s, error);
    model_file_release(&file);
    digit_model_destroy(model);
    return status;
}

static enum digit_status train_and_save(struct session *session, struct digit_error *error)
{
    enum digit_status status = train(session, error);
    if (status != DIGIT_OK || session->fit.end == FIT_INTERRUPTED)
        return status;
    status = complete_model(session, error);
    if (status == DIGIT_OK)
        status = evaluate_test_files(session, error);
    if (status == DIGIT_OK)
        status = save_model(session, error);
    return status == DIGIT_OK ? training_checkpoint_remove(&session->checkpoint, error) : status;
}

/* Prints how to continue an interrupted training, and returns the exit code. */
static int end_interrupted(const struct session *session)
{
    const struct training_checkpoint *checkpoint = &session->checkpoint;
    if (session->options->dry_run)
        fprintf(stderr, "%s: interrupted\n", NAME);
    else if (checkpoint->epochs == 0)
        fprintf(stderr, "%s: interrupted in the first epoch; nothing was saved\n", NAME);
    else
        fprintf(stderr,
                "%s: interrupted after epoch %zu of %zu; the state is saved in %s: run the same "
                "command with --resume to continue\n",
                NAME, checkpoint->epochs, session->recipe.fit.epochs, checkpoint->path);
    return interrupt_exit_code(interrupt_signal());
}

/* Loads the recipe's teachers, if it has any. A dry run has different samples, so it uses no
 * cache. */
static enum digit_status open_distillation(struct session *session, struct digit_error *error)
{
    const struct train_options *options = session->options;
    const struct recipe *recipe = &session->recipe;
    char sample_digest[SHA256_HEX_BYTES];
    char *folder;
    if (recipe->teachers.name[0] == '\0') {
        if (options->teacher_cache == NULL)
            return DIGIT_OK;
        return digit_fail(error, DIGIT_INVALID,
                          "--teacher-cache %s: the recipe has no teachers (distill.teachers)",
                          options->teacher_cache);
    }
    enum digit_status status = recipe_locate(&folder, recipe, &recipe->teachers, error);
    if (status != DIGIT_OK)
        return status;
    recipe_sample_digest(sample_digest, recipe);
    const struct distillation_source source = {
        .teachers = folder,
        .cache = options->dry_run ? NULL : options->teacher_cache,
        .sample_digest = sample_digest,
        .data = &session->train,
        .sample_count = session->train.count + hard_examples_extra(&recipe->fit.hard_examples),
    };
    status =
        distillation_open(&session->distillation, &source, thread_pool_size(session->pool), error);
    free(folder);
    return status;
}

/* Writes the report and prints the paths of the files that were written. */
static int finish_session(const struct session *session, const struct recipe *complete,
                          size_t complete_count)
{
    struct digit_error error;
    double ended_s = (double)time(NULL);
    if (!session->options->dry_run)
        printf("Wrote %s\n", session->output);
    if (write_report(session, ended_s, &error) != DIGIT_OK)
        return program_fail(NAME, &error);
    if (session->options->dry_run)
        print_dry_run(session, complete, complete_count);
    else if (session->report != NULL)
        printf("Wrote %s/report.html\n", session->report);
    return EXIT_SUCCESS;
}

static int run_session(struct session *session)
{
    struct digit_error error;
    enum digit_status status = prepare_session(session, &error);
    const struct recipe complete = session->recipe;
    size_t complete_count = session->train.count;
    if (status == DIGIT_OK && session->options->dry_run)
        status = begin_dry_run(session, &error);
    if (status == DIGIT_OK)
        status = open_distillation(session, &error);
    if (status == DIGIT_OK)
        status = open_checkpoint(session, &error);
    if (status == DIGIT_OK) {
        interrupt_catch();
        print_settings(session);
        status = train_and_save(session, &error);
    }
    if (status != DIGIT_OK)
        return program_fail(NAME, &error);
    if (session->fit.end == FIT_INTERRUPTED)
        return end_interrupted(session);
    return finish_session(session, &complete, complete_count);
}

static int print_summary(struct session *session)
{
    struct digit_error error;
    if (recipe_load_architecture(&session->architecture, &session->recipe, &error) != DIGIT_OK)
        return program_fail(NAME, &error);
    summary_print(stdout, &session->architecture);
    return EXIT_SUCCESS;
}

/* Reads the recipe, applies --set, and trains or prints the summary. */
static int run_recipe(const struct train_options *options)
{
    struct digit_error error;
    struct session session = {
        .options = options, .output = options->output, .report = options->report};
    if (recipe_load(&session.recipe, options->recipe, &error) != DIGIT_OK)
        return program_fail(NAME, &error);
    if (train_options_set(&session.recipe, options, &error) != DIGIT_OK)
        return program_fail_usage(NAME, &error);
    int code = options->summary ? print_summary(&session) : run_session(&session);
    session_release(&session);
    return code;
}

static int record_golden_digits(const char *path)
{
    struct digit_error error;
    size_t recognised;
    if (golden_record_file(&recognised, path, &error) != DIGIT_OK)
        return program_fail(NAME, &error);
    print_recognised(recognised);
    printf("Wrote %s\n", path);
    return EXIT_SUCCESS;
}

/* Adds activation ranges, a calibration or golden digits to a model file. */
static int update_model_file(const struct train_options *options)
{
    struct digit_error error;
    struct dataset train = {0};
    if (options->record_golden != NULL)
        return record_golden_digits(options->record_golden);
    const char *path = options->quantise != NULL ? options->quantise : options->calibrate;
    enum digit_status status = dataset_load(&train, options->data, "train", &error);
    if (status == DIGIT_OK)
        status = options->quantise != NULL ? quantise_file(path, &train, &error)
                                           : calibrate_file(path, &train, &error);
    dataset_release(&train);
    if (status != DIGIT_OK)
        return program_fail(NAME, &error);
    printf("Wrote %s\n", path);
    return EXIT_SUCCESS;
}

static int run_command_line(int argc, char *argv[])
{
    struct train_options options = {0};
    struct digit_error error;
    unsigned action;
    if (options_load(&options, &action, &train_option_table, argc, argv, environ, &error) !=
        DIGIT_OK)
        return program_fail_usage(NAME, &error);
    if (action == OPTIONS_HELP) {
        train_options_print_help(stdout);
        return EXIT_SUCCESS;
    }
    if (action == OPTIONS_VERSION) {
        program_print_version(NAME);
        return EXIT_SUCCESS;
    }
    if (train_options_check(&options, &error) != DIGIT_OK)
        return program_fail_usage(NAME, &error);
    return train_options_only_update(&options) ? update_model_file(&options) : run_recipe(&options);
}

int main(int argc, char *argv[])
{
    return program_end(NAME, run_command_line(argc, argv));
}
