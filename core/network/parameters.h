/*
 * The tensors of an architecture, with PyTorch's names and shapes, and their offsets in one flat array of
 * float32, in the order of the layers.
 *
 *     conv2d       NAME.weight [out][in][kernel height][kernel width] (OIHW), NAME.bias [out]
 *     batchnorm2d  NAME.weight, NAME.bias, NAME.running_mean, NAME.running_var [channels]
 *     dense        NAME.weight [out][in], NAME.bias [out]
 */
#ifndef CORE_NETWORK_PARAMETERS_H
#define CORE_NETWORK_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/network/architecture.h"

#define PARAMETERS_MAX       (4 * ARCHITECTURE_MAX_LAYERS)
#define PARAMETER_NAME_BYTES (ARCHITECTURE_NAME_BYTES + 16)
#define PARAMETER_MAX_RANK   4

enum parameter_role {
    PARAMETER_WEIGHT,
    PARAMETER_BIAS,
    PARAMETER_SCALE, /* weight of a batch normalisation */
    PARAMETER_SHIFT, /* bias of a batch normalisation */
    PARAMETER_RUNNING_MEAN,
    PARAMETER_RUNNING_VAR,
};

struct parameter {
    char name[PARAMETER_NAME_BYTES]; /* "conv1.weight" */
    enum parameter_role role;
    size_t layer; /* index into the architecture's layers */
    size_t rank;
    size_t shape[PARAMETER_MAX_RANK];
    size_t offset; /* of the first element in the flat array */
    size_t count;  /* number of elements */
};

struct parameter_table {
    size_t count;
    struct parameter items[PARAMETERS_MAX];
    size_t total; /* number of elements of the flat array */
};

/* Lists the tensors of `architecture`. */
void parameter_table_init(struct parameter_table *out, const struct architecture *architecture);

/* Whether the optimiser updates the parameter; running statistics are not trained. */
bool parameter_is_trained(const struct parameter *parameter);

/* The number of elements of all trained parameters. */
size_t parameter_table_trained(const struct parameter_table *table);

/* The offset of the layer's parameter with that role; SIZE_MAX if there is none. */
size_t parameter_offset(const struct parameter_table *table, size_t layer,
                        enum parameter_role role);

#endif
