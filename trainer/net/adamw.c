#include "trainer/net/adamw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trainer/net/kernels/train_kernels.h"

struct adamw {
    const struct train_kernels *kernels;
    const struct parameter_table *table;
    struct adamw_settings settings;
    float *mean;   /* [table->total], m */
    float *square; /* [table->total], v */
    uint64_t step;
};

/* The job of one step, shared by the threads. `kept` is the step without weight decay. */
struct update {
    struct adamw *adamw;
    float *parameters;
    const float *gradients;
    struct adamw_step decayed, kept;
};

struct adamw_settings adamw_settings_make(double weight_decay)
{
    return (struct adamw_settings){
        .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .weight_decay = weight_decay};
}

enum digit_status adamw_create(struct adamw **out, const struct parameter_table *table,
                               const struct adamw_settings *settings, struct digit_error *error)
{
    *out = NULL;
    struct adamw *adamw = calloc(1, sizeof *adamw);
    if (adamw == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for an optimiser");
    adamw->kernels = train_kernels_for(kernels_select());
    adamw->table = table;
    adamw->settings = *settings;
    adamw->mean = calloc(table->total, sizeof *adamw->mean);
    adamw->square = calloc(table->total, sizeof *adamw->square);
    if (adamw->mean == NULL || adamw->square == NULL) {
        adamw_destroy(adamw);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to optimise %zu parameters",
                          table->total);
    }
    *out = adamw;
    return DIGIT_OK;
}

void adamw_destroy(struct adamw *adamw)
{
    if (adamw == NULL)
        return;
    free(adamw->square);
    free(adamw->mean);
    free(adamw);
}

struct adamw_state adamw_state(const struct adamw *adamw)
{
    return (struct adamw_state){adamw->mean, adamw->square, adamw->step};
}

void adamw_restore(struct adamw *adamw, const struct adamw_state *state)
{
    size_t size_bytes = adamw->table->total * sizeof(float);
    memcpy(adamw->mean, state->mean, size_bytes);
    memcpy(adamw->square, state->square, size_bytes);
    adamw->step = state->step;
}

static struct adamw_step make_step(const struct adamw *adamw, double learning_rate)
{
    const struct adamw_settings *settings = &adamw->settings;
    double t = (double)adamw->step;
    return (struct adamw_step){
        .keep = (float)(1.0 - learning_rate * settings->weight_decay),
        .beta1 = (float)settings->beta1,
        .rest1 = (float)(1.0 - settings->beta1),
        .beta2 = (float)settings->beta2,
        .rest2 = (float)(1.0 - settings->beta2),
        .rate = (float)(learning_rate / (1.0 - pow(settings->beta1, t))),
        .root_bias = (float)sqrt(1.0 - pow(settings->beta2, t)),
        .epsilon = (float)settings->epsilon,
    };
}

/* Updates one of thread_count equal parts of every tensor. */
static void update_part(void *job, size_t thread, size_t thread_count)
{
    const struct update *update = job;
    const struct adamw *adamw = update->adamw;
    for (size_t i = 0; i < adamw->table->count; i++) {
        const struct parameter *parameter = &adamw->table->items[i];
        if (!parameter_is_trained(parameter))
            continue;
        size_t first = parameter->count * thread / thread_count;
        size_t count = parameter->count * (thread + 1) / thread_count - first;
        size_t at = parameter->offset + first;
        adamw->kernels->adamw(update->parameters + at, adamw->mean + at, adamw->square + at,
                              update->gradients + at, count,
                              parameter->rank > 1 ? &update->decayed : &update->kept);
    }
}

void adamw_update(struct adamw *adamw, float *parameters, const float *gradients,
                  double learning_rate, struct thread_pool *pool)
{
    adamw->step++;
    const struct adamw_step decayed = make_step(adamw, learning_rate);
    struct update update = {adamw, parameters, gradients, decayed, decayed};
    update.kept.keep = 1.0f;
    thread_pool_run(pool, update_part, &update);
}
