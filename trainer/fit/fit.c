#include "trainer/fit/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trainer/base/clock.h"
#include "trainer/eval/evaluate.h"
#include "trainer/fit/fit_run.h"
#include "trainer/net/network.h"

static enum digit_status check_settings(const struct fit_settings *settings, size_t count,
                                        bool has_teachers, struct digit_error *error)
{
    if (settings->validation_count >= count)
        return digit_fail(error, DIGIT_INVALID,
                          "%zu validation images of %zu leave none to train on",
                          settings->validation_count, count);
    if (settings->patience > 0 && settings->validation_count == 0)
        return digit_fail(error, DIGIT_INVALID,
                          "patience %zu needs validation images, but validation is 0",
                          settings->patience);
    if (settings->hard_examples.count > count - settings->validation_count)
        return digit_fail(error, DIGIT_INVALID,
                          "hard_examples.count is %zu, but there are only %zu training images",
                          settings->hard_examples.count, count - settings->validation_count);
    if (settings->hard_examples.count > 0 && !has_teachers)
        return digit_fail(error, DIGIT_INVALID,
                          "hard_examples.count is %zu, but there are no teachers to select them "
                          "(distill.teachers)",
                          settings->hard_examples.count);
    return DIGIT_OK;
}

/* Performs one step on the samples order[first] to order[end - 1]. */
static enum digit_status train_step(struct fit_run *run, struct train_result *out, size_t first,
                                    size_t end, double learning_rate, struct digit_error *error)
{
    struct train_batch batch;
    enum digit_status status =
        batch_loader_fill(run->loader, &batch, run->order + first, end - first, error);
    if (status != DIGIT_OK)
        return status;
    batch.seed = run->settings->seed;
    batch.step = run->step;
    train_network_step(run->network, out, &batch);
    float *parameters = train_network_parameters(run->network);
    adamw_update(run->adamw, parameters, train_network_gradients(run->network), learning_rate,
                 run->pool);
    ema_update(run->ema, parameters, run->pool);
    run->step++;
    return DIGIT_OK;
}

/* sum / count; 0 if count is 0. */
static double mean_of(double sum, size_t count)
{
    return count > 0 ? sum / (double)count : 0.0;
}

/* Trains epoch `epoch`, from 0. *is_running is false if the observer interrupted it. */
static enum digit_status train_epoch(struct fit_run *run, struct fit_step *out, bool *is_running,
                                     size_t epoch, struct digit_error *error)
{
    double loss_sum = 0.0;
    size_t correct = 0, measured = 0;
    *is_running = true;
    fit_run_shuffle(run, epoch);
    enum digit_status status = batch_loader_begin_epoch(run->loader, epoch, error);
    if (status != DIGIT_OK)
        return status;
    for (size_t step = 0; *is_running && step < run->steps; step++) {
        size_t first = run->sample_count * step / run->steps;
        size_t end = run->sample_count * (step + 1) / run->steps;
        double rate = schedule_rate(&run->schedule, run->step);
        struct train_result result;
        status = train_step(run, &result, first, end, rate, error);
        if (status != DIGIT_OK)
            return status;
        if (!isfinite(result.loss_sum))
            return digit_fail(error, DIGIT_INVALID,
                              "epoch %zu, step %zu: the loss is not finite at learning rate %g",
                              epoch + 1, step + 1, rate);
        loss_sum += result.loss_sum;
        correct += result.correct;
        measured += result.measured;
        *out = (struct fit_step){
            .epoch = epoch + 1,
            .epochs = run->settings->epochs,
            .step = step + 1,
            .steps = run->steps,
            .images = end,
            .loss = mean_of(loss_sum, measured),
            .accuracy = mean_of((double)correct, measured),
            .learning_rate = rate,
        };
        *is_running = run->observer->on_step(run->observer->user, out);
    }
    return *is_running ? batch_loader_end_epoch(run->loader, error) : DIGIT_OK;
}

/* Evaluates the weights on the validation images. */
static enum digit_status validate(const struct fit_run *run, struct fit_epoch *epoch,
                                  const float *weights, struct digit_error *error)
{
    struct digit_model *model = NULL;
    enum digit_status status =
        model_create(&model, run->architecture, weights, &train_preprocessing, NULL, NULL, error);
    if (status != DIGIT_OK)
        return status;
    struct evaluation evaluation;
    status = evaluate_model(&evaluation, model, run->validation_images, run->validation_labels,
                            run->settings->validation_count, run->pool, error);
    if (status == DIGIT_OK) {
        epoch->validated = true;
        epoch->validation_loss = evaluation.loss;
        epoch->validation_accuracy = evaluation_accuracy(&evaluation);
        evaluation_release(&evaluation);
    }
    digit_model_destroy(model);
    return status;
}

/* Validates, keeps the weights if they are the ones to return, checks that all are finite and calls
 * the observer. started_s: the clock when the epoch began. */
static enum digit_status finish_epoch(struct fit_run *run, struct fit_epoch *epoch,
                                      double started_s, struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    if (run->settings->validation_count > 0)
        status = validate(run, epoch, ema_values(run->ema), error);
    if (status != DIGIT_OK)
        return status;
    epoch->seconds = clock_now_s() - started_s;
    fit_run_add_epoch(run, epoch);
    status = fit_run_check_finite(run, error);
    if (status != DIGIT_OK)
        return status;
    const struct fit_observer *observer = run->observer;
    observer->on_epoch(observer->user, epoch);
    if (observer->on_state == NULL)
        return DIGIT_OK;
    const struct fit_state state = fit_run_state(run);
    return observer->on_state(observer->user, &state, error);
}

static bool out_of_patience(const struct fit_run *run)
{
    size_t patience = run->settings->patience;
    return patience > 0 && run->epochs_run - run->best_epoch >= patience &&
           run->epochs_run < run->settings->epochs;
}

static enum digit_status run_epochs(struct fit_run *run, enum fit_end *end,
                                    struct digit_error *error)
{
    while (run->epochs_run < run->settings->epochs && !out_of_patience(run)) {
        double started_s = clock_now_s();
        struct fit_epoch epoch = {0};
        bool is_running;
        enum digit_status status =
            train_epoch(run, &epoch.last, &is_running, run->epochs_run, error);
        if (status != DIGIT_OK)
            return status;
        if (!is_running) {
            *end = FIT_INTERRUPTED;
            return DIGIT_OK;
        }
        status = finish_epoch(run, &epoch, started_s, error);
        if (status != DIGIT_OK)
            return status;
    }
    *end = out_of_patience(run) ? FIT_EARLY : FIT_ALL_EPOCHS;
    return DIGIT_OK;
}

/*
 * Evaluates the kept weights on the training images: evaluates all images and subtracts the
 * validation images, whose figures are known.
 */
static enum digit_status evaluate_training(const struct fit_run *run, struct fit_figures *out,
                                           const struct fit_epoch *kept, struct digit_error *error)
{
    struct digit_model *model = NULL;
    enum digit_status status =
        model_create(&model, run->architecture, run->kept, &train_preprocessing, NULL, NULL, error);
    if (status != DIGIT_OK)
        return status;
    struct evaluation all;
    status = evaluate_model(&all, model, run->data->images, run->data->labels, run->data->count,
                            run->pool, error);
    digit_model_destroy(model);
    if (status != DIGIT_OK)
        return status;
    double validation = (double)run->settings->validation_count;
    double training = (double)run->training_count;
    out->accuracy =
        ((double)all.correct - round(kept->validation_accuracy * validation)) / training;
    out->loss = (all.loss * (double)all.count - kept->validation_loss * validation) / training;
    evaluation_release(&all);
    return DIGIT_OK;
}

/* Moves the results from `run` to `out`. */
static enum digit_status move_result(struct fit_result *out, struct fit_run *run,
                                     struct digit_error *error)
{
    size_t kept = run->settings->patience > 0 ? run->best_epoch : run->epochs_run;
    if (out->end != FIT_INTERRUPTED) {
        out->kept = run->history[kept - 1];
        enum digit_status status = evaluate_training(run, &out->training, &out->kept, error);
        if (status != DIGIT_OK)
            return status;
        out->parameters = run->kept;
        run->kept = NULL;
    }
    out->epochs_run = run->epochs_run;
    out->training_count = run->training_count;
    out->history = run->history;
    run->history = NULL;
    return DIGIT_OK;
}

enum digit_status fit(struct fit_result *out, const struct architecture *architecture,
                      const struct dataset *data, const struct fit_settings *settings,
                      const struct distillation *distillation, const struct fit_state *from,
                      const struct fit_observer *observer, struct thread_pool *pool,
                      struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    bool has_teachers = distillation != NULL && distillation->teachers != NULL;
    enum digit_status status = check_settings(settings, data->count, has_teachers, error);
    if (status != DIGIT_OK)
        return status;
    struct fit_run run = {.architecture = architecture,
                          .data = data,
                          .settings = settings,
                          .distillation = distillation,
                          .observer = observer,
                          .pool = pool};
    status = fit_run_init(&run, error);
    if (status == DIGIT_OK && from != NULL)
        status = fit_run_restore(&run, from, error);
    if (status == DIGIT_OK)
        status = run_epochs(&run, &out->end, error);
    if (status == DIGIT_OK)
        status = move_result(out, &run, error);
    fit_run_release(&run);
    return status;
}

void fit_result_release(struct fit_result *result)
{
    free(result->history);
    free(result->parameters);
    memset(result, 0, sizeof *result);
}
