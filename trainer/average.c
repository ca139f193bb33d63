#include "trainer/average.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct average {
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
    *average = (struct average){.values = copy, .count = count, .decay = decay};
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

void average_update(struct average *average, const float *values)
{
    double t = (double)average->updates++;
    float keep = (float)fmin(average->decay, (1.0 + t) / (10.0 + t));
    float take = 1.0f - keep;
    float *mean = average->values;
    for (size_t i = 0; i < average->count; i++)
        mean[i] = keep * mean[i] + take * values[i];
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
