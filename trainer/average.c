#include "trainer/average.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trainer/kernels/train_kernels.h"

struct average {
    const struct train_kernels *kernels;
    float *values; /* [count] */
    size_t count;
    double decay;
    uint64_t updates;
};

enum digit_status average_create(struct average **out, const float *values, size_t count,
                                 double decay, struct digit_error *error)
{
    *out = NULL;
    struct average *average = calloc(1, sizeof *average);
    float *copy = calloc(count, sizeof *copy);
    if (average == NULL || copy == NULL) {
        free(copy);
        free(average);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to average %zu parameters", count);
    }
    memcpy(copy, values, count * sizeof *copy);
    *average = (struct average){.kernels = train_kernels_for(kernels_select()),
                                .values = copy,
                                .count = count,
                                .decay = decay};
    *out = average;
    return DIGIT_OK;
}

void average_destroy(struct average *average)
{
    if (average == NULL)
        return;
    free(average->values);
    free(average);
}

/* One update at work, shared by a team. */
struct update {
    struct average *average;
    const float *values;
    float keep;
};

static void update_share(void *job, size_t member, size_t members)
{
    const struct update *update = job;
    struct average *average = update->average;
    size_t first = average->count * member / members;
    size_t end = average->count * (member + 1) / members;
    average->kernels->average(average->values + first, update->values + first, end - first,
                              update->keep);
}

void average_update(struct average *average, const float *values, struct team *team)
{
    double t = (double)average->updates++;
    struct update update = {average, values, (float)fmin(average->decay, (1.0 + t) / (10.0 + t))};
    team_run(team, update_share, &update);
}

void average_restore(struct average *average, const float *values, uint64_t updates)
{
    memcpy(average->values, values, average->count * sizeof *average->values);
    average->updates = updates;
}

const float *average_values(const struct average *average)
{
    return average->values;
}
