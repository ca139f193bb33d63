/*
 * An architecture: the list of a network's layers with all shapes, as architecture_read.h reads it from
 * JSON (config/architectures/, docs/model.md). The input is 28x28 with one channel, the output ten logits.
 * Threads: read-only after it was read; any.
 */
#ifndef CORE_NETWORK_ARCHITECTURE_H
#define CORE_NETWORK_ARCHITECTURE_H

#include <stddef.h>

#define ARCHITECTURE_MAX_LAYERS 64
#define ARCHITECTURE_NAME_BYTES 33

enum layer_type {
    LAYER_CONV2D,
    LAYER_BATCHNORM2D,
    LAYER_RELU,
    LAYER_MAXPOOL2D,
    LAYER_FLATTEN,
    LAYER_DENSE,
    LAYER_DROPOUT,
};

struct shape {
    size_t channels;
    size_t height;
    size_t width;
};

/* Height first, as in PyTorch: (height, width). */
struct extent {
    size_t height;
    size_t width;
};

struct layer {
    enum layer_type type;
    char name[ARCHITECTURE_NAME_BYTES]; /* "conv1"; empty for layers without parameters */
    struct shape in;
    struct shape out;
    struct extent kernel;  /* conv2d, maxpool2d */
    struct extent stride;  /* conv2d, maxpool2d */
    struct extent padding; /* conv2d: rows or columns of zeros on each side */
    int has_bias;          /* conv2d, dense */
    float epsilon;         /* batchnorm2d: added to the variance */
    float probability;     /* dropout: of setting an activation to zero */
};

struct architecture {
    char name[ARCHITECTURE_NAME_BYTES];
    size_t layer_count;
    struct layer layers[ARCHITECTURE_MAX_LAYERS];
};

/* The name of a layer type in JSON, "conv2d". */
const char *layer_type_name(enum layer_type type);

size_t shape_elements(const struct shape *shape);

/* Multiply-accumulate operations of a layer per image; 0 for other layers than conv2d and dense. */
size_t layer_macs(const struct layer *layer);

/* Multiply-accumulate operations of all layers per image. */
size_t architecture_macs(const struct architecture *architecture);

#endif
