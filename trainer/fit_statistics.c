#include "trainer/fit_statistics.h"

#include <stdlib.h>
#include <string.h>

/* What a step makes of a running statistic that was 0: this share of the batch's (network.h). */
#define MOMENTUM 0.1

typedef void statistic_function(void *user, size_t offset, size_t count);

/* Calls `function` for each tensor of running statistics. */
static void each_statistic(const struct fit_run *run, statistic_function *function, void *user)
{
    const struct parameter_table *table = train_network_table(run->network);
    for (size_t i = 0; i < table->count; i++)
        if (!parameter_is_trained(&table->items[i]))
            function(user, table->items[i].offset, table->items[i].count);
}

/* The sums of statistics over images, each batch's times its size. */
struct sums {
    float *live;   /* the network's parameters */
    double *sums;  /* [parameter_total] */
    double images; /* of the batch at hand */
};

static void clear(void *user, size_t offset, size_t count)
{
    const struct sums *sums = user;
    memset(sums->live + offset, 0, count * sizeof *sums->live);
}

static void add(void *user, size_t offset, size_t count)
{
    const struct sums *sums = user;
    for (size_t i = offset; i < offset + count; i++)
        sums->sums[i] += (double)sums->live[i] / MOMENTUM * sums->images;
}

/* Where the mean of all images goes; `images` is then their number. */
struct means {
    float *out;
    const struct sums *sums;
};

static void put_mean(void *user, size_t offset, size_t count)
{
    const struct means *means = user;
    for (size_t i = offset; i < offset + count; i++)
        means->out[i] = (float)(means->sums->sums[i] / means->sums->images);
}

/* One batch with batch statistics, as in training, from running ones of zero. */
static void measure_batch(struct fit_run *run, struct sums *sums, size_t first, size_t end,
                          uint64_t step)
{
    struct train_batch batch;
    lesson_show(run->lesson, &batch, run->settings->epochs, run->order + first, end - first);
    batch.seed = run->settings->seed;
    batch.step = step;
    struct train_result unused;
    each_statistic(run, clear, sums);
    train_network_step(run->network, &unused, &batch);
    sums->images = (double)batch.count;
    each_statistic(run, add, sums);
}

enum digit_status fit_statistics_recompute(struct fit_run *run, float *weights,
                                           struct digit_error *error)
{
    size_t count = run->settings->recompute_statistics;
    size_t steps = fit_steps(count, run->settings->batch_size);
    struct sums sums = {
        .live = train_network_parameters(run->network),
        .sums = calloc(run->parameter_total, sizeof *sums.sums),
    };
    if (sums.sums == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to recompute running statistics");
    memcpy(sums.live, weights, run->parameter_total * sizeof *weights);
    fit_run_shuffle(run, run->settings->epochs);
    /* Dropout's masks are counted on from the last step that a training may have. */
    for (size_t step = 0; step < steps; step++)
        measure_batch(run, &sums, count * step / steps, count * (step + 1) / steps,
                      run->settings->epochs * run->steps + step);
    sums.images = (double)count;
    each_statistic(run, put_mean, &(struct means){weights, &sums});
    free(sums.sums);
    return DIGIT_OK;
}
