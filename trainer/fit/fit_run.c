#include "trainer/fit/fit_run.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "trainer/base/rng.h"
#include "trainer/data/split.h"

static enum digit_status allocate_buffers(struct fit_run *run, struct digit_error *error)
{
    size_t validation_room = run->settings->validation_count + 1; /* calloc(0) may be NULL */
    run->split = calloc(run->data->count, sizeof *run->split);
    run->order = calloc(run->sample_count, sizeof *run->order);
    run->validation_images = calloc(validation_room, DIGIT_PIXELS);
    run->validation_labels = calloc(validation_room, sizeof *run->validation_labels);
    run->kept = calloc(run->parameter_total, sizeof *run->kept);
    run->history = calloc(run->settings->epochs, sizeof *run->history);
    if (run->split == NULL || run->order == NULL || run->validation_images == NULL ||
        run->validation_labels == NULL || run->kept == NULL || run->history == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to train on %zu images",
                          run->data->count);
    return DIGIT_OK;
}

static enum digit_status make_network(struct fit_run *run, struct digit_error *error)
{
    const struct fit_settings *settings = run->settings;
    enum digit_status status = train_network_create(
        &run->network, run->architecture, settings->batch_size, settings->seed, run->pool, error);
    if (status != DIGIT_OK)
        return status;
    const struct parameter_table *table = train_network_table(run->network);
    run->parameter_total = table->total;
    status = adamw_create(&run->adamw, table, &settings->optimiser, error);
    if (status != DIGIT_OK)
        return status;
    return ema_create(&run->ema, train_network_parameters(run->network), table->total,
                      settings->ema_decay, error);
}

/* Splits the data and copies the validation images, the last ones of the split. */
static void split_data(struct fit_run *run)
{
    size_t count = run->data->count;
    split_images(run->split, count);
    for (size_t i = run->training_count; i < count; i++) {
        size_t to = i - run->training_count, from = run->split[i];
        memcpy(run->validation_images + to * DIGIT_PIXELS, run->data->images + from * DIGIT_PIXELS,
               DIGIT_PIXELS);
        run->validation_labels[to] = run->data->labels[from];
    }
}

enum digit_status fit_run_init(struct fit_run *run, struct digit_error *error)
{
    const struct fit_settings *settings = run->settings;
    run->training_count = run->data->count - settings->validation_count;
    run->sample_count = run->training_count + hard_examples_extra(&settings->hard_examples);
    run->steps = fit_steps(run->sample_count, settings->batch_size);
    run->schedule = schedule_make((enum schedule_kind)settings->schedule, settings->learning_rate,
                                  run->steps * settings->epochs);
    enum digit_status status = make_network(run, error);
    if (status == DIGIT_OK)
        status = allocate_buffers(run, error);
    if (status != DIGIT_OK)
        return status;
    split_data(run);
    return batch_loader_create(&run->loader, run->data, run->split, run->training_count, settings,
                               run->distillation, run->pool, error);
}

void fit_run_release(struct fit_run *run)
{
    free(run->history);
    free(run->kept);
    free(run->validation_labels);
    free(run->validation_images);
    free(run->order);
    free(run->split);
    ema_destroy(run->ema);
    adamw_destroy(run->adamw);
    batch_loader_destroy(run->loader);
    train_network_destroy(run->network);
}

void fit_run_shuffle(struct fit_run *run, size_t epoch)
{
    memcpy(run->order, run->split, run->training_count * sizeof *run->order);
    for (size_t i = run->training_count; i < run->sample_count; i++)
        run->order[i] = (uint32_t)(run->data->count + i - run->training_count);
    shuffle(run->order, run->sample_count, rng_make(run->settings->seed, RNG_SHUFFLE, epoch));
}

/* Appends the epoch to the history and updates best_epoch. */
static void append_epoch(struct fit_run *run, struct fit_epoch *epoch)
{
    double best_loss =
        run->best_epoch > 0 ? run->history[run->best_epoch - 1].validation_loss : INFINITY;
    epoch->best = epoch->validated && epoch->validation_loss < best_loss;
    run->history[run->epochs_run++] = *epoch;
    if (epoch->best)
        run->best_epoch = run->epochs_run;
}

void fit_run_add_epoch(struct fit_run *run, struct fit_epoch *epoch)
{
    append_epoch(run, epoch);
    if (epoch->best || run->settings->patience == 0)
        memcpy(run->kept, ema_values(run->ema), run->parameter_total * sizeof *run->kept);
}

struct fit_state fit_run_state(const struct fit_run *run)
{
    const struct adamw_state optimiser = adamw_state(run->adamw);
    return (struct fit_state){
        .epochs_run = run->epochs_run,
        .history = run->history,
        .parameter_total = run->parameter_total,
        .parameters = train_network_parameters(run->network),
        .mean = optimiser.mean,
        .square = optimiser.square,
        .ema = ema_values(run->ema),
        .kept = run->kept,
    };
}

static enum digit_status check_state(const struct fit_run *run, const struct fit_state *state,
                                     struct digit_error *error)
{
    if (state->parameter_total != run->parameter_total)
        return digit_fail(error, DIGIT_INVALID,
                          "the state has %zu parameters, the architecture has %zu",
                          state->parameter_total, run->parameter_total);
    if (state->epochs_run == 0 || state->epochs_run > run->settings->epochs)
        return digit_fail(error, DIGIT_INVALID,
                          "the state is after epoch %zu, the training has %zu epochs",
                          state->epochs_run, run->settings->epochs);
    bool validates = run->settings->validation_count > 0;
    for (size_t i = 0; i < state->epochs_run; i++) {
        const struct fit_epoch *epoch = &state->history[i];
        if (epoch->validated != validates)
            return digit_fail(error, DIGIT_INVALID, "epoch %zu of the state %s", i + 1,
                              validates ? "has no validation figures"
                                        : "has validation figures, but validation is 0");
        if (!isfinite(epoch->validation_loss))
            return digit_fail(error, DIGIT_INVALID,
                              "epoch %zu of the state: the validation loss is not finite", i + 1);
    }
    return DIGIT_OK;
}

/* Appends an epoch as it was reported before the resume. Loss, accuracy, validation figures and
 * duration are taken from `from`; the rest follows from the settings. */
static void restore_epoch(struct fit_run *run, const struct fit_epoch *from)
{
    struct fit_epoch epoch = *from;
    epoch.last = (struct fit_step){
        .epoch = run->epochs_run + 1,
        .epochs = run->settings->epochs,
        .step = run->steps,
        .steps = run->steps,
        .images = run->sample_count,
        .loss = from->last.loss,
        .accuracy = from->last.accuracy,
        .learning_rate = schedule_rate(&run->schedule, (run->epochs_run + 1) * run->steps - 1),
    };
    append_epoch(run, &epoch);
}

enum digit_status fit_run_restore(struct fit_run *run, const struct fit_state *state,
                                  struct digit_error *error)
{
    enum digit_status status = check_state(run, state, error);
    if (status != DIGIT_OK)
        return status;
    for (size_t i = 0; i < state->epochs_run; i++)
        restore_epoch(run, &state->history[i]);
    run->step = run->epochs_run * run->steps;
    const struct adamw_state optimiser = {state->mean, state->square, run->step};
    adamw_restore(run->adamw, &optimiser);
    ema_restore(run->ema, state->ema, run->step);
    size_t size_bytes = run->parameter_total * sizeof(float);
    memcpy(train_network_parameters(run->network), state->parameters, size_bytes);
    memcpy(run->kept, state->kept, size_bytes);
    return DIGIT_OK;
}

static bool all_finite(const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

enum digit_status fit_run_check_finite(const struct fit_run *run, struct digit_error *error)
{
    const struct fit_state state = fit_run_state(run);
    const struct {
        const char *what;
        const float *values;
    } arrays[] = {
        {"the weights are", state.parameters},
        {"the moving averages of the gradients are", state.mean},
        {"the moving averages of the squared gradients are", state.square},
        {"the moving averages of the weights are", state.ema},
    };
    const struct fit_epoch *epoch = &run->history[run->epochs_run - 1];
    const char *what = isfinite(epoch->validation_loss) ? NULL : "the validation loss is";
    for (size_t i = 0; what == NULL && i < sizeof arrays / sizeof *arrays; i++)
        if (!all_finite(arrays[i].values, state.parameter_total))
            what = arrays[i].what;
    if (what != NULL)
        return digit_fail(error, DIGIT_INVALID, "epoch %zu: %s not finite at learning rate %g",
                          epoch->last.epoch, what, epoch->last.learning_rate);
    return DIGIT_OK;
}
