#include "bench/random_model.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <digit/image.h>
#include <digit/preprocess.h>

#include "core/network/architecture.h"
#include "core/network/architecture_read.h"
#include "core/network/model.h"
#include "core/network/parameters.h"
#include "core/network/quantisation.h"

/* SplitMix64 (Steele, Lea and Flood 2014), mapped to -1 to 1. */
static float next_uniform(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (float)((z ^ z >> 31) >> 40) * 0x1p-23f - 1;
}

/* Weights are uniform within He's bound sqrt(6 / fan-in), so that activations neither vanish nor
 * overflow. Batch normalisations are the identity. */
static void fill_parameter(float *values, const struct parameter *parameter, uint64_t *state)
{
    const bool is_weight = parameter->role == PARAMETER_WEIGHT;
    const bool is_one =
        parameter->role == PARAMETER_SCALE || parameter->role == PARAMETER_RUNNING_VAR;
    const float fan_in = (float)parameter->count / (float)parameter->shape[0];
    const float bound = sqrtf(6 / fan_in);

    for (size_t i = 0; i < parameter->count; i++)
        values[parameter->offset + i] = is_weight ? bound * next_uniform(state) : (float)is_one;
}

/* Arbitrary activation ranges: the speed of int8 inference does not depend on them. */
static struct quantisation make_ranges(const struct architecture *architecture)
{
    struct quantisation ranges = {.mean = MODEL_MNIST_MEAN, .deviation = MODEL_MNIST_DEVIATION};

    for (size_t i = 0; i < architecture->layer_count; i++) {
        const enum layer_type type = architecture->layers[i].type;

        if (type == LAYER_CONV2D || type == LAYER_DENSE)
            ranges.ranges[ranges.count++] = 4;
    }
    ranges.count--; /* the last layer gives logits, which have no range */
    return ranges;
}

static enum digit_status create_model(struct digit_model **out,
                                      const struct architecture *architecture,
                                      const struct parameter_table *table,
                                      const struct digit_model_options *options,
                                      struct digit_error *error)
{
    const struct model_preprocessing preprocessing = {.version = DIGIT_PREPROCESSING_VERSION,
                                                      .mean = MODEL_MNIST_MEAN,
                                                      .deviation = MODEL_MNIST_DEVIATION};
    const struct quantisation ranges = make_ranges(architecture);
    float *values = calloc(table->total, sizeof *values);
    uint64_t state = 1;

    if (values == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for %zu parameters", table->total);
    for (size_t i = 0; i < table->count; i++)
        fill_parameter(values, &table->items[i], &state);

    const enum digit_status status =
        model_create(out, architecture, values, &preprocessing, &ranges, options, error);

    free(values);
    return status;
}

enum digit_status random_model_create(struct digit_model **out, const char *path,
                                      const struct digit_model_options *options,
                                      struct digit_error *error)
{
    struct architecture architecture;
    struct parameter_table table;
    const enum digit_status status = architecture_load(&architecture, path, error);

    if (status != DIGIT_OK)
        return status;
    parameter_table_init(&table, &architecture);
    return create_model(out, &architecture, &table, options, error);
}

void random_octets_fill(uint8_t *octets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        octets[i] = (uint8_t)(i * 2654435761u % 256);
}
