#include "trainer/net/ema.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trainer/net/kernels/train_kernels.h"

struct ema {
    const struct train_kernels *kernels;
    float *values; /* [count] */
    size_t count;
    double decay;
    uint64_t updates;
};

enum digit_status ema_create(struct ema **out, const float *values, size_t count, double decay,
                             struct digit_error *error)
{
    *out = NULL;
    struct ema *ema = calloc(1, sizeof *ema);
    float *copy = calloc(count, sizeof *copy);
    if (ema == NULL || copy == NULL) {
        free(copy);
        free(ema);
        return digit_fail(error, DIGIT_NO_MEMORY,
                          "no memory for the moving average of %zu parameters", count);
    }
    memcpy(copy, values, count * sizeof *copy);
    *ema = (struct ema){.kernels = train_kernels_for(kernels_select()),
                        .values = copy,
                        .count = count,
                        .decay = decay};
    *out = ema;
    return DIGIT_OK;
}

void ema_destroy(struct ema *ema)
{
    if (ema == NULL)
        return;
    free(ema->values);
    free(ema);
}

/* The job of one update, shared by the threads. */
struct update {
    struct ema *ema;
    const float *values;
    float keep;
};

static void update_part(void *job, size_t thread, size_t thread_count)
{
    const struct update *update = job;
    struct ema *ema = update->ema;
    size_t first = ema->count * thread / thread_count;
    size_t end = ema->count * (thread + 1) / thread_count;
    ema->kernels->ema(ema->values + first, update->values + first, end - first, update->keep);
}

void ema_update(struct ema *ema, const float *values, struct thread_pool *pool)
{
    double t = (double)ema->updates++;
    struct update update = {ema, values, (float)fmin(ema->decay, (1.0 + t) / (10.0 + t))};
    thread_pool_run(pool, update_part, &update);
}

void ema_restore(struct ema *ema, const float *values, uint64_t updates)
{
    memcpy(ema->values, values, ema->count * sizeof *ema->values);
    ema->updates = updates;
}

const float *ema_values(const struct ema *ema)
{
    return ema->values;
}
