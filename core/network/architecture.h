/*
 * An architecture: the list of layers with every shape worked out. Read strictly from JSON
 * (config/architectures/, docs/model.md); the input is one 28x28 channel, the output ten logits.
 * Threads: read-only after reading; share freely.
 */
#ifndef CORE_NETWORK_ARCHITECTURE_H
#define CORE_NETWORK_ARCHITECTURE_H

#include <stddef.h>

#include <digit/status.h>

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

/* Rows first, as PyTorch has it: (height, width). */
struct extent {
    size_t height;
    size_t width;
};

struct layer {
    enum layer_type type;
    char name[ARCHITECTURE_NAME_BYTES]; /* "conv1"; given to layers with parameters, else empty */
    struct shape in;
    struct shape out;
    struct extent kernel;  /* conv2d, maxpool2d */
    struct extent stride;  /* conv2d, maxpool2d */
    struct extent padding; /* conv2d: zeros on each side */
    int has_bias;          /* conv2d, dense */
    float epsilon;         /* batchnorm2d: added to the variance */
    float probability;     /* dropout: of zeroing */
};

struct architecture {
    char name[ARCHITECTURE_NAME_BYTES];
    size_t layer_count;
    struct layer layers[ARCHITECTURE_MAX_LAYERS];
};

/* The name that a layer's type has in JSON, "conv2d". */
const char *layer_type_name(enum layer_type type);

size_t shape_elements(const struct shape *shape);

/*
 * Parses text [size_bytes]. `where` names it in messages.
 * Errors: MALFORMED (not JSON), INVALID (an unknown key, a wrong type, a value out of range, a name
 * twice, a shape that cannot follow from the last one, an output that is not ten logits), LIMIT
 * (layers, parameters, activations), NO_MEMORY. Messages name the layer by number and type.
 */
DIGIT_MUST_CHECK enum digit_status architecture_parse(struct architecture *out, const char *text,
                                                      size_t size_bytes, const char *where,
                                                      struct digit_error *error);

/* Reads and parses a file. Errors: IO too. */
DIGIT_MUST_CHECK enum digit_status architecture_load(struct architecture *out, const char *path,
                                                     struct digit_error *error);

/*
 * The architecture as compact JSON that architecture_parse reads back to the same; the caller frees
 * *out. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
architecture_format(char **out, const struct architecture *architecture, struct digit_error *error);

/* Multiply-accumulates of a layer for one image; 0 for what is neither convolution nor dense. */
size_t layer_macs(const struct layer *layer);

/* Those of all layers. */
size_t architecture_macs(const struct architecture *architecture);

#endif
