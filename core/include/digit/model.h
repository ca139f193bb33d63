/*
 * A trained network: loaded once, then immutable and shared by any number of threads.
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

/* The arithmetic that a model runs in. */
enum digit_precision {
    DIGIT_PRECISION_AUTO, /* int8 if the file has activation ranges and its layers allow it, else f32 */
    DIGIT_PRECISION_F32,  /* float32 */
    DIGIT_PRECISION_INT8, /* 8-bit integers; results are the same to the bit on all processors */
};

/* How to run a model; all zero is the fastest way. */
struct digit_model_options {
    enum digit_precision precision;
    const char *kernels; /* a name from digit_kernels_name; NULL: the fastest that run here */
};

/* Names of the kernels that run on this processor, the fastest first; NULL after the last. Threads: any. */
const char *digit_kernels_name(size_t index);

/* Properties of a model. Strings are owned by the model and never NULL. */
struct digit_model_info {
    const char *name;                  /* of the architecture, "digits" */
    const char *version;               /* first 12 hex digits of the file's SHA-256 */
    const char *sha256;                /* of the whole file, 64 hex digits */
    const char *labels[DIGIT_CLASSES]; /* name of each class */
    const char *kernels;               /* name of the kernels that run it, "avx2" */
    const char *precision;             /* "f32" or "int8" */
    size_t parameter_count;            /* trained parameters, without running statistics */
    size_t mac_count;                  /* multiply-accumulate operations per image */
    size_t golden_count; /* golden digits of the file (<digit/self_test.h>); 0: none */
    int preprocessing_version;
    float temperature;     /* divisor of the logits; 1 if the file has no calibration */
    float uncertain_above; /* threshold of uncertainty; 0.5 if the file has no calibration */
};

/*
 * Loads a model from a safetensors file (docs/model.md), validates everything in it and folds batch
 * normalisation into the convolutions. `options` NULL is all zero. The caller destroys the model.
 * Errors: IO, MALFORMED, UNSUPPORTED (dtype, preprocessing version, kernels that do not run here, INT8 for a
 * file without activation ranges or with layers that do not allow it), INVALID (names, shapes, architecture,
 * non-finite values), LIMIT, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status digit_model_load(struct digit_model **out, const char *path,
                                                    const struct digit_model_options *options,
                                                    struct digit_error *error);

/* Frees the model; its contexts must not be used afterwards. Does nothing if `model` is NULL. */
void digit_model_destroy(struct digit_model *model);

/* Never NULL; valid as long as the model. Threads: any. */
const struct digit_model_info *digit_model_info(const struct digit_model *model);

#endif
