/*
 * A trained network: loaded once, immutable, shared by any number of threads.
 *
 *     struct digit_model *model;
 *     if (digit_model_load(&model, "models/digits.safetensors", &error) != DIGIT_OK) ...
 *     printf("%s %s\n", digit_model_info(model)->name, digit_model_info(model)->version);
 *     digit_model_destroy(model);
 */
#ifndef DIGIT_MODEL_H
#define DIGIT_MODEL_H

#include <stddef.h>

#include <digit/status.h>

#define DIGIT_CLASSES 10

struct digit_model;

/* What is known of a model; every string is owned by the model and never NULL. */
struct digit_model_info {
    const char *name;                  /* the architecture's name, "digits" */
    const char *version;               /* first 12 hex digits of the file's SHA-256 */
    const char *sha256;                /* of the whole file, 64 hex digits */
    const char *labels[DIGIT_CLASSES]; /* what each class is called */
    const char *kernels;               /* which kernels run it, "avx2" */
    size_t parameter_count;            /* trained numbers, running statistics left out */
    size_t mac_count;                  /* multiply-accumulates for one image */
    int preprocessing_version;
};

/*
 * Reads a safetensors file (docs/model.md), checks its every claim, folds batch normalisation into
 * the convolutions before it and returns a model that the caller owns.
 * Errors: IO, MALFORMED, UNSUPPORTED (dtype, preprocessing version), INVALID (names, shapes,
 * architecture, non-finite values), LIMIT, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status digit_model_load(struct digit_model **out, const char *path,
                                                    struct digit_error *error);

/* Frees the model; no context made for it may be used afterwards. NULL is taken. */
void digit_model_destroy(struct digit_model *model);

/* Never NULL, valid as long as the model. Threads: any. */
const struct digit_model_info *digit_model_info(const struct digit_model *model);

#endif
