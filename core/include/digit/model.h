/*
 * A trained network: loaded once, immutable, shared by any number of threads.
 *
 *     struct digit_model *model;
 *     if (digit_model_load(&model, "models/digits.safetensors", NULL, &error) != DIGIT_OK) ...
 *     printf("%s %s\n", digit_model_info(model)->name, digit_model_info(model)->version);
 *     digit_model_destroy(model);
 */
#ifndef DIGIT_MODEL_H
#define DIGIT_MODEL_H

#include <stddef.h>

#include <digit/status.h>

#define DIGIT_CLASSES 10

struct digit_model;

/* What a network computes in. */
enum digit_precision {
    DIGIT_PRECISION_AUTO, /* whole numbers if the file has ranges and its layers can, otherwise floats */
    DIGIT_PRECISION_F32,
    DIGIT_PRECISION_INT8, /* whole numbers of eight bits, the same to the bit on all processors */
};

/* How a model is to be run; all zero is the fastest way. */
struct digit_model_options {
    enum digit_precision precision;
    const char *kernels; /* a name of digit_kernels_name; NULL: the fastest that run here */
};

/* Names of the kernels that run on this processor, the fastest first; NULL behind the last. */
const char *digit_kernels_name(size_t index);

/* What is known of a model; every string is owned by the model and never NULL. */
struct digit_model_info {
    const char *name;                  /* the architecture's name, "digits" */
    const char *version;               /* first 12 hex digits of the file's SHA-256 */
    const char *sha256;                /* of the whole file, 64 hex digits */
    const char *labels[DIGIT_CLASSES]; /* what each class is called */
    const char *kernels;               /* which kernels run it, "avx2" */
    const char *precision;             /* "f32" or "int8" */
    size_t parameter_count;            /* trained numbers, running statistics left out */
    size_t mac_count;                  /* multiply-accumulates for one image */
    int preprocessing_version;
    float temperature;     /* that logits are divided by; 1 if the file does not say */
    float uncertain_above; /* an answer of more uncertainty is uncertain; 0.5 if it does not say */
};

/*
 * Reads a safetensors file (docs/model.md), checks its every claim, folds batch normalisation into
 * the convolutions before it and returns a model that the caller owns. `options` NULL is all zero.
 * Errors: IO, MALFORMED, UNSUPPORTED (dtype, preprocessing version, kernels that do not run here,
 * INT8 for a file without ranges or layers that cannot), INVALID (names, shapes, architecture,
 * non-finite values), LIMIT, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status digit_model_load(struct digit_model **out, const char *path,
                                                    const struct digit_model_options *options,
                                                    struct digit_error *error);

/* Frees the model; no context made for it may be used afterwards. NULL is taken. */
void digit_model_destroy(struct digit_model *model);

/* Never NULL, valid as long as the model. Threads: any. */
const struct digit_model_info *digit_model_info(const struct digit_model *model);

#endif
