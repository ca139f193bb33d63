/*
 * digitd-train: MNIST files and a recipe in, a model file out. The order is: check everything that
 * can be checked, train, quantise and calibrate, measure once on the test files, write the model, then
 * the report.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/network/architecture.h"
#include "core/network/model.h"
#include "core/network/parameters.h"
#include "trainer/calibrate.h"
#include "trainer/dry_run.h"
#include "trainer/evaluate.h"
#include "trainer/fit.h"
#include "trainer/idx.h"
#include "trainer/interrupt.h"
#include "trainer/model_file.h"
#include "trainer/output_file.h"
#include "trainer/program.h"
#include "trainer/progress.h"
#include "trainer/quantise.h"
#include "trainer/recipe.h"
#include "trainer/report/folder.h"
#include "trainer/summary.h"
#include "trainer/train_options.h"
#include "trainer/training_card.h"
#include "trainer/training_checkpoint.h"
#include "trainer/tuition.h"

static const char NAME[] = "digitd-train";

/* Everything that a training run owns. */
struct session {
    const struct train_options *options;
    const char *output;   /* where the model file goes: the options' or the dry run's */
    const char *report;   /* the same of the report's folder; NULL: none */
    struct recipe recipe; /* in a dry run, cut down */
    struct architecture architecture;
    struct dataset train;
    struct dataset test;
    struct team *team;
    struct tuition tuition;
    struct progress progress;
    struct training_checkpoint checkpoint;
    struct fit_result fit;
    struct quantisation quantisation;
    struct model_calibration calibration;
    bool calibrated; /* whether there is one */
    struct evaluation test_figures;
    char *card;
    struct dry_run dry_run; /* zeroed if it is none */
};

static void session_release(struct session *session)
{
    dry_run_close(&session->dry_run);
    free(session->card);
    evaluation_release(&session->test_figures);
    fit_result_release(&session->fit);
    training_checkpoint_release(&session->checkpoint);
    tuition_close(&session->tuition);
    team_destroy(session->team);
    dataset_release(&session->test);
    dataset_release(&session->train);
}

static enum digit_status prepare(struct session *session, struct digit_error *error)
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
        status = team_create(&session->team, program_threads(options->threads), error);
    return status;
}

static void print_plan(const struct session *session)
{
    struct parameter_table table;
    parameter_table_init(&table, &session->architecture);
    printf("Training %s by recipe %s: %zu parameters, %zu multiply-accumulates an image\n",
           session->architecture.name, session->recipe.name, parameter_table_trained(&table),
           architecture_macs(&session->architecture));
    printf("%zu images, %zu of them held out for validation; %zu threads, seed %zu\n",
           session->train.count, session->recipe.validation, team_members(session->team),
           session->recipe.seed);
    if (session->tuition.teachers != NULL)
        printf("%zu teachers have %g of the loss, at temperature %g\n",
               teachers_count(session->tuition.teachers), (double)session->recipe.teacher_share,
               (double)session->recipe.temperature);
    if (session->tuition.teachers != NULL && session->recipe.repeat.images > 0)
        printf("An epoch shows the %zu images they are least sure of %zu times more\n",
               session->recipe.repeat.images, session->recipe.repeat.times);
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

/* Reads the checkpoint, if there is one to go on from, and says so. */
static enum digit_status open_checkpoint(struct session *session, struct digit_error *error)
{
    struct training_checkpoint *checkpoint = &session->checkpoint;
    enum digit_status status = training_checkpoint_open(
        checkpoint, &session->recipe, &session->architecture, &session->train, error);
    if (status != DIGIT_OK || !session->options->resume)
        return status;
    if (checkpoint->from == NULL)
        printf("No checkpoint %s: from the beginning\n", checkpoint->path);
    else
        printf("Going on after epoch %zu of %zu, from %s%s\n", checkpoint->epochs,
               session->recipe.epochs, checkpoint->path,
               checkpoint_is_of_this_program(checkpoint->from)
                   ? ""
                   : ", which another build of the program wrote: the result may differ from that "
                     "of one run");
    return DIGIT_OK;
}

static void print_recomputed(const struct session *session)
{
    const struct fit_result *result = &session->fit;
    if (session->recipe.recompute_statistics == 0 || result->end == FIT_INTERRUPTED)
        return;
    printf("Recomputed running statistics of epoch %zu over %zu images", result->kept.last.epoch,
           session->recipe.recompute_statistics);
    if (result->kept.validated)
        printf(": val_loss %.4f val_accuracy %.4f", result->kept.validation_loss,
               result->kept.validation_accuracy);
    putchar('\n');
}

static enum digit_status train(struct session *session, struct digit_error *error)
{
    struct fit_settings settings = recipe_settings(&session->recipe);
    const struct fit_observer observer = {session, on_step, on_epoch, on_state};
    tuition_apply(&session->tuition, &settings);
    progress_init(&session->progress, stdout);
    enum digit_status status =
        fit(&session->fit, &session->architecture, &session->train, &settings,
            training_checkpoint_state(&session->checkpoint), &observer, session->team, error);
    if (status != DIGIT_OK || session->fit.end == FIT_INTERRUPTED)
        progress_break(&session->progress);
    if (status == DIGIT_OK && session->fit.end == FIT_EARLY)
        printf("No better validation loss in %zu epochs: back to epoch %zu\n",
               session->recipe.patience, session->fit.kept.last.epoch);
    if (status == DIGIT_OK)
        print_recomputed(session);
    return status;
}

/* Says what answers mean, where images were held out that it can be learnt from. */
static enum digit_status calibrate_session(struct session *session, struct digit_error *error)
{
    struct digit_error reason;
    if (session->recipe.validation == 0)
        return DIGIT_OK;
    enum digit_status status =
        calibrate(&session->calibration, &session->architecture, session->fit.parameters,
                  &session->quantisation, &session->train, session->recipe.validation, &reason);
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

/* Measures on training images what the model file says beside the weights. */
static enum digit_status complete(struct session *session, struct digit_error *error)
{
    enum digit_status status = quantise(&session->quantisation, &session->architecture,
                                        session->fit.parameters, &session->train, error);
    return status == DIGIT_OK ? calibrate_session(session, error) : status;
}

/* Measures the trained weights on the test files, in floats, calibrated as the model file is. */
static enum digit_status measure(struct session *session, struct digit_error *error)
{
    struct digit_model *model = NULL;
    enum digit_status status = model_create(&model, &session->architecture, session->fit.parameters,
                                            &fit_preprocessing, NULL, NULL, error);
    if (status == DIGIT_OK && session->calibrated)
        model_calibrate(model, &session->calibration);
    if (status == DIGIT_OK)
        status = evaluate_model(&session->test_figures, model, session->test.images,
                                session->test.labels, session->test.count, session->team, error);
    digit_model_destroy(model);
    if (status == DIGIT_OK)
        printf("Training images as they are: accuracy %.2f %%, loss %.5f\n",
               100.0 * session->fit.training.accuracy, session->fit.training.loss);
    if (status == DIGIT_OK)
        printf("Test: accuracy %.2f %% (%zu of %zu), loss %.5f\n",
               100.0 * evaluation_accuracy(&session->test_figures), session->test_figures.correct,
               session->test_figures.count, session->test_figures.loss);
    return status;
}

static enum digit_status save(struct session *session, struct digit_error *error)
{
    const struct training_card from = {&session->recipe, &session->train, &session->test,
                                       &session->fit, &session->test_figures};
    enum digit_status status = training_card_format(&session->card, &from, error);
    if (status != DIGIT_OK)
        return status;
    struct model_card card = {
        .preprocessing = fit_preprocessing,
        .training = session->card,
        .quantisation = &session->quantisation,
        .calibration = session->calibrated ? &session->calibration : NULL,
    };
    recipe_class_labels(card.labels, &session->recipe);
    return model_save(session->output, &session->architecture, session->fit.parameters, &card,
                      error);
}

/* Makes a dry run of the session: a few batches, and a folder that goes away for what it writes. */
static enum digit_status cut_down(struct session *session, struct digit_error *error)
{
    dry_run_cut(&session->recipe, &session->train, &session->test);
    enum digit_status status = dry_run_open(&session->dry_run, session->options->output, error);
    if (status != DIGIT_OK)
        return status;
    session->output = session->dry_run.output;
    if (session->report != NULL)
        session->report = session->dry_run.folder;
    return training_checkpoint_place(&session->checkpoint, session->output, NULL, false, error);
}

/* Says how fast the last epoch was: the first one also warmed up. */
static void print_dry_run(const struct session *session, const struct recipe *whole,
                          size_t whole_count)
{
    const struct fit_result *result = &session->fit;
    char message[DRY_RUN_MESSAGE_SIZE];
    dry_run_describe(message, result->training_count,
                     result->history[result->epochs_run - 1].seconds, whole, whole_count);
    puts(message);
}

/* Makes the report of a model and its file, which are what was trained. */
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
        .threads = team_members(session->team),
    };
    return report_folder_write(session->report, &source, error);
}

/* The model is safe by now: it is read back from its file. */
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
    status = complete(session, error);
    if (status == DIGIT_OK)
        status = measure(session, error);
    if (status == DIGIT_OK)
        status = save(session, error);
    return status == DIGIT_OK ? training_checkpoint_remove(&session->checkpoint, error) : status;
}

/* Says what an interrupted training left, and returns the exit code. */
static int end_interrupted(const struct session *session)
{
    const struct training_checkpoint *checkpoint = &session->checkpoint;
    if (session->options->dry_run)
        fprintf(stderr, "%s: interrupted\n", NAME);
    else if (checkpoint->epochs == 0)
        fprintf(stderr, "%s: interrupted in the first epoch, nothing was written\n", NAME);
    else
        fprintf(stderr,
                "%s: interrupted after epoch %zu of %zu, which %s holds: add --resume to "
                "go on\n",
                NAME, checkpoint->epochs, session->recipe.epochs, checkpoint->path);
    return interrupt_exit_code(interrupt_signal());
}

/* A dry run keeps no notes: its lessons are others. */
static enum digit_status open_tuition(struct session *session, struct digit_error *error)
{
    const struct train_options *options = session->options;
    return tuition_open(&session->tuition, &session->recipe, &session->train,
                        options->dry_run ? NULL : options->teacher_notes,
                        team_members(session->team), error);
}

/* Says what came of it, and adds the report. */
static int finish(const struct session *session, const struct recipe *whole, size_t whole_count)
{
    struct digit_error error;
    double ended_s = (double)time(NULL);
    if (!session->options->dry_run)
        printf("Wrote %s\n", session->output);
    if (write_report(session, ended_s, &error) != DIGIT_OK)
        return program_fail(NAME, &error);
    if (session->options->dry_run)
        print_dry_run(session, whole, whole_count);
    else if (session->report != NULL)
        printf("Wrote %s/report.html\n", session->report);
    return EXIT_SUCCESS;
}

static int run(struct session *session)
{
    struct digit_error error;
    enum digit_status status = prepare(session, &error);
    const struct recipe whole = session->recipe;
    size_t whole_count = session->train.count;
    if (status == DIGIT_OK && session->options->dry_run)
        status = cut_down(session, &error);
    if (status == DIGIT_OK)
        status = open_tuition(session, &error);
    if (status == DIGIT_OK)
        status = open_checkpoint(session, &error);
    if (status == DIGIT_OK) {
        interrupt_catch();
        print_plan(session);
        status = train_and_save(session, &error);
    }
    if (status != DIGIT_OK)
        return program_fail(NAME, &error);
    if (session->fit.end == FIT_INTERRUPTED)
        return end_interrupted(session);
    return finish(session, &whole, whole_count);
}

static int summarise(struct session *session)
{
    struct digit_error error;
    if (recipe_load_architecture(&session->architecture, &session->recipe, &error) != DIGIT_OK)
        return program_fail(NAME, &error);
    summary_print(stdout, &session->architecture);
    return EXIT_SUCCESS;
}

/* Reads the recipe, changes it as the command line says, and does what is asked with it. */
static int follow(const struct train_options *options)
{
    struct digit_error error;
    struct session session = {
        .options = options, .output = options->output, .report = options->report};
    if (recipe_load(&session.recipe, options->recipe, &error) != DIGIT_OK)
        return program_fail(NAME, &error);
    if (train_options_set(&session.recipe, options, &error) != DIGIT_OK)
        return program_fail_usage(NAME, &error);
    int code = options->summary ? summarise(&session) : run(&session);
    session_release(&session);
    return code;
}

/* Gives a model file what training images tell of it: ranges for whole numbers, or a calibration. */
static int follow_file(const struct train_options *options)
{
    struct digit_error error;
    struct dataset train = {0};
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
static int follow_command_line(int argc, char *argv[])
{
    struct train_options options = {0};
    struct digit_error error;
    if (options_parse(&options, &train_option_table, argc, argv, &error) != DIGIT_OK)
        return program_fail_usage(NAME, &error);
    if (options.help) {
        train_options_print_help(stdout);
        return EXIT_SUCCESS;
    }
    if (options.version) {
        program_print_version(NAME);
        return EXIT_SUCCESS;
    }
    if (train_options_check(&options, &error) != DIGIT_OK)
        return program_fail_usage(NAME, &error);
    bool trains = options.quantise == NULL && options.calibrate == NULL;
    return trains ? follow(&options) : follow_file(&options);
}

int main(int argc, char *argv[])
{
    return program_end(NAME, follow_command_line(argc, argv));
}
