#include "trainer/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trainer/adamw.h"
#include "trainer/average.h"
#include "trainer/evaluate.h"
#include "trainer/network.h"
#include "trainer/rng.h"

const struct model_preprocessing fit_preprocessing = {
    .version = DIGIT_PREPROCESSING_VERSION,
    .mean = MODEL_MNIST_MEAN,
    .deviation = MODEL_MNIST_DEVIATION,
};

/* Everything of one training; the first five are borrowed. */
struct run {
    const struct architecture *architecture;
    const struct dataset *data;
    const struct fit_settings *settings;
    const struct fit_observer *observer;
    struct team *team;

    struct train_network *network;
    struct adamw *adamw;
    struct average *average;
    struct schedule schedule;
    size_t parameter_total;

    uint32_t *order;       /* [data->count]: the training images' indices, then the held-out ones */
    size_t training_count; /* of order */
    uint8_t *held_images;  /* [validation_count][28][28] */
    uint8_t *held_labels;  /* [validation_count] */
    float *pixels;         /* [batch_size][28][28] */
    uint8_t *labels;       /* [batch_size] */
    float *kept;           /* [parameter_total] weights to return */
    size_t steps;          /* of an epoch */
    size_t step;           /* done, of all */
    double best_loss;      /* validation's lowest */
    size_t best_epoch;
};

/* One batch on its way into run->pixels. */
struct filling {
    struct run *run;
    const uint32_t *indices; /* [count] */
    size_t count;
    size_t epoch; /* from 0 */
};

size_t fit_steps(size_t count, size_t batch_size)
{
    return count / batch_size + (count % batch_size != 0);
}

/* Fisher and Yates' shuffle. */
static void shuffle(uint32_t *items, size_t count, struct rng rng)
{
    for (size_t left = count; left > 1; left--) {
        uint32_t chosen = rng_below(&rng, (uint32_t)left);
        uint32_t item = items[chosen];
        items[chosen] = items[left - 1];
        items[left - 1] = item;
    }
}

static enum digit_status check_settings(const struct fit_settings *settings, size_t count,
                                        struct digit_error *error)
{
    if (settings->validation_count >= count)
        return digit_fail(error, DIGIT_INVALID,
                          "validation of %zu images leaves none of %zu to train on",
                          settings->validation_count, count);
    if (settings->patience > 0 && settings->validation_count == 0)
        return digit_fail(error, DIGIT_INVALID, "patience %zu needs validation images, there are 0",
                          settings->patience);
    return DIGIT_OK;
}

static void run_release(struct run *run)
{
    free(run->kept);
    free(run->labels);
    free(run->pixels);
    free(run->held_labels);
    free(run->held_images);
    free(run->order);
    average_destroy(run->average);
    adamw_destroy(run->adamw);
    train_network_destroy(run->network);
}

static enum digit_status allocate_buffers(struct run *run, struct digit_error *error)
{
    size_t batch = run->settings->batch_size;
    size_t held = run->settings->validation_count + 1; /* never of nothing */
    run->order = calloc(run->data->count, sizeof *run->order);
    run->held_images = calloc(held, DIGIT_PIXELS);
    run->held_labels = calloc(held, sizeof *run->held_labels);
    run->pixels = calloc(batch, DIGIT_PIXELS * sizeof *run->pixels);
    run->labels = calloc(batch, sizeof *run->labels);
    run->kept = calloc(run->parameter_total, sizeof *run->kept);
    if (run->order == NULL || run->held_images == NULL || run->held_labels == NULL ||
        run->pixels == NULL || run->labels == NULL || run->kept == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to train in batches of %zu", batch);
    return DIGIT_OK;
}

/* Shuffles all images once; those at the end of the order are held out. */
static void split(struct run *run)
{
    size_t count = run->data->count;
    for (size_t i = 0; i < count; i++)
        run->order[i] = (uint32_t)i;
    shuffle(run->order, count, rng_make(run->settings->seed, RNG_SPLIT, 0));
    for (size_t i = run->training_count; i < count; i++) {
        size_t to = i - run->training_count, from = run->order[i];
        memcpy(run->held_images + to * DIGIT_PIXELS, run->data->images + from * DIGIT_PIXELS,
               DIGIT_PIXELS);
        run->held_labels[to] = run->data->labels[from];
    }
}

static enum digit_status make_network(struct run *run, struct digit_error *error)
{
    const struct fit_settings *settings = run->settings;
    enum digit_status status = train_network_create(
        &run->network, run->architecture, settings->batch_size, settings->seed, run->team, error);
    if (status != DIGIT_OK)
        return status;
    const struct parameter_table *table = train_network_table(run->network);
    run->parameter_total = table->total;
    struct adamw_settings optimiser = adamw_settings_make(settings->weight_decay);
    status = adamw_create(&run->adamw, table, &optimiser, error);
    if (status != DIGIT_OK)
        return status;
    return average_create(&run->average, train_network_parameters(run->network), table->total,
                          settings->average_decay, error);
}

static enum digit_status run_init(struct run *run, struct digit_error *error)
{
    const struct fit_settings *settings = run->settings;
    run->training_count = run->data->count - settings->validation_count;
    run->steps = fit_steps(run->training_count, settings->batch_size);
    run->schedule =
        schedule_make(settings->schedule, settings->learning_rate, run->steps * settings->epochs);
    run->best_loss = INFINITY;
    enum digit_status status = make_network(run, error);
    if (status == DIGIT_OK)
        status = allocate_buffers(run, error);
    if (status == DIGIT_OK)
        split(run);
    return status;
}

static void fill_images(void *context, size_t member, size_t members)
{
    const struct filling *filling = context;
    struct run *run = filling->run;
    const struct fit_settings *settings = run->settings;
    float strength = filling->epoch + settings->gentle_epochs < settings->epochs ? 1.0f : 0.5f;
    uint64_t seen = (uint64_t)filling->epoch * run->data->count;
    for (size_t i = member; i < filling->count; i += members) {
        size_t index = filling->indices[i];
        struct rng rng = rng_make(settings->seed, RNG_AUGMENT, seen + index);
        augment_image(run->pixels + i * DIGIT_PIXELS, run->data->images + index * DIGIT_PIXELS,
                      &settings->augment, strength, &rng);
        run->labels[i] = run->data->labels[index];
    }
}

/* Trains on the images order[first] to order[end - 1]. */
static void train_step(struct run *run, struct train_result *out, size_t epoch, size_t first,
                       size_t end, double learning_rate)
{
    struct filling filling = {run, run->order + first, end - first, epoch};
    team_run(run->team, fill_images, &filling);
    const struct train_batch batch = {
        .pixels = run->pixels,
        .labels = run->labels,
        .count = filling.count,
        .seed = run->settings->seed,
        .step = run->step,
        .label_smoothing = run->settings->label_smoothing,
    };
    train_network_step(run->network, out, &batch);
    float *parameters = train_network_parameters(run->network);
    adamw_update(run->adamw, parameters, train_network_gradients(run->network), learning_rate);
    average_update(run->average, parameters);
    run->step++;
}

/* Runs one epoch, from 0; *going_on is false if the observer ended it. */
static enum digit_status train_epoch(struct run *run, struct fit_step *out, bool *going_on,
                                     size_t epoch, struct digit_error *error)
{
    double loss_sum = 0.0;
    size_t correct = 0;
    *going_on = true;
    shuffle(run->order, run->training_count, rng_make(run->settings->seed, RNG_SHUFFLE, epoch));
    for (size_t step = 0; *going_on && step < run->steps; step++) {
        size_t first = run->training_count * step / run->steps;
        size_t end = run->training_count * (step + 1) / run->steps;
        double rate = schedule_rate(&run->schedule, run->step);
        struct train_result result;
        train_step(run, &result, epoch, first, end, rate);
        if (!isfinite(result.loss_sum))
            return digit_fail(error, DIGIT_INVALID,
                              "epoch %zu, step %zu: the loss is not finite at learning rate %g",
                              epoch + 1, step + 1, rate);
        loss_sum += result.loss_sum;
        correct += result.correct;
        *out = (struct fit_step){
            .epoch = epoch + 1,
            .epochs = run->settings->epochs,
            .step = step + 1,
            .steps = run->steps,
            .images = end,
            .loss = loss_sum / (double)end,
            .accuracy = (double)correct / (double)end,
            .learning_rate = rate,
        };
        *going_on = run->observer->on_step(run->observer->user, out);
    }
    return DIGIT_OK;
}

/* Measures the averaged weights on the held-out images. */
static enum digit_status validate(const struct run *run, struct fit_epoch *epoch,
                                  struct digit_error *error)
{
    struct digit_model *model = NULL;
    enum digit_status status = model_create(&model, run->architecture, average_values(run->average),
                                            &fit_preprocessing, error);
    if (status != DIGIT_OK)
        return status;
    struct evaluation evaluation;
    status = evaluate_model(&evaluation, model, run->held_images, run->held_labels,
                            run->settings->validation_count, run->team, error);
    if (status == DIGIT_OK) {
        epoch->validated = true;
        epoch->validation_loss = evaluation.loss;
        epoch->validation_accuracy = evaluation_accuracy(&evaluation);
        evaluation_release(&evaluation);
    }
    digit_model_destroy(model);
    return status;
}

static void keep_weights(struct run *run, struct fit_result *result, const struct fit_epoch *epoch)
{
    memcpy(run->kept, average_values(run->average), run->parameter_total * sizeof *run->kept);
    result->kept = *epoch;
}

/* Validates, keeps what is to be kept, tells the observer. */
static enum digit_status finish_epoch(struct run *run, struct fit_result *result,
                                      struct fit_epoch *epoch, struct digit_error *error)
{
    if (run->settings->validation_count > 0) {
        enum digit_status status = validate(run, epoch, error);
        if (status != DIGIT_OK)
            return status;
        epoch->best = epoch->validation_loss < run->best_loss;
    }
    if (epoch->best) {
        run->best_loss = epoch->validation_loss;
        run->best_epoch = epoch->last.epoch;
    }
    if (epoch->best || run->settings->patience == 0)
        keep_weights(run, result, epoch);
    result->epochs_run = epoch->last.epoch;
    run->observer->on_epoch(run->observer->user, epoch);
    return DIGIT_OK;
}

static bool out_of_patience(const struct run *run, size_t epochs_run)
{
    size_t patience = run->settings->patience;
    return patience > 0 && epochs_run - run->best_epoch >= patience &&
           epochs_run < run->settings->epochs;
}

static enum digit_status run_epochs(struct run *run, struct fit_result *result,
                                    struct digit_error *error)
{
    for (size_t i = 0; i < run->settings->epochs; i++) {
        struct fit_epoch epoch = {0};
        bool going_on;
        enum digit_status status = train_epoch(run, &epoch.last, &going_on, i, error);
        if (status != DIGIT_OK)
            return status;
        if (!going_on) {
            result->end = FIT_INTERRUPTED;
            return DIGIT_OK;
        }
        status = finish_epoch(run, result, &epoch, error);
        if (status != DIGIT_OK)
            return status;
        if (out_of_patience(run, i + 1)) {
            result->end = FIT_EARLY;
            return DIGIT_OK;
        }
    }
    result->end = FIT_ALL_EPOCHS;
    return DIGIT_OK;
}

enum digit_status fit(struct fit_result *out, const struct architecture *architecture,
                      const struct dataset *data, const struct fit_settings *settings,
                      const struct fit_observer *observer, struct team *team,
                      struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    enum digit_status status = check_settings(settings, data->count, error);
    if (status != DIGIT_OK)
        return status;
    struct run run = {.architecture = architecture,
                      .data = data,
                      .settings = settings,
                      .observer = observer,
                      .team = team};
    status = run_init(&run, error);
    if (status == DIGIT_OK)
        status = run_epochs(&run, out, error);
    out->training_count = run.training_count;
    if (status == DIGIT_OK && out->end != FIT_INTERRUPTED) {
        out->parameters = run.kept;
        run.kept = NULL;
    }
    run_release(&run);
    return status;
}

void fit_result_release(struct fit_result *result)
{
    free(result->parameters);
    memset(result, 0, sizeof *result);
}
