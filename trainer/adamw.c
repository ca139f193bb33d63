#include "trainer/adamw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct adamw {
    const struct parameter_table *table;
    struct adamw_settings settings;
    float *mean;   /* [table->total], m */
    float *square; /* [table->total], v */
    uint64_t step;
};

/* What a step needs, in the precision of the loop. */
struct step {
    float keep; /* 1 - rate * decay, or 1 */
    float beta1;
    float rest1; /* 1 - beta1 */
    float beta2;
    float rest2;
    float rate;      /* corrected for m's start at zero */
    float root_bias; /* square root of v's correction */
    float epsilon;
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

static struct step make_step(const struct adamw *adamw, double learning_rate)
{
    const struct adamw_settings *settings = &adamw->settings;
    double t = (double)adamw->step;
    return (struct step){
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

static void update_tensor(float *restrict p, float *restrict m, float *restrict v,
                          const float *restrict g, size_t count, const struct step *step)
{
    const struct step s = *step;
    for (size_t i = 0; i < count; i++) {
        m[i] = s.beta1 * m[i] + s.rest1 * g[i];
        v[i] = s.beta2 * v[i] + s.rest2 * g[i] * g[i];
        float scale = sqrtf(v[i]) / s.root_bias + s.epsilon;
        p[i] = s.keep * p[i] - s.rate * m[i] / scale;
    }
}

void adamw_update(struct adamw *adamw, float *parameters, const float *gradients,
                  double learning_rate)
{
    adamw->step++;
    const struct step decayed = make_step(adamw, learning_rate);
    struct step kept = decayed;
    kept.keep = 1.0f;
    for (size_t i = 0; i < adamw->table->count; i++) {
        const struct parameter *parameter = &adamw->table->items[i];
        if (!parameter_is_trained(parameter))
            continue;
        size_t at = parameter->offset;
        update_tensor(parameters + at, adamw->mean + at, adamw->square + at, gradients + at,
                      parameter->count, parameter->rank > 1 ? &decayed : &kept);
    }
}
