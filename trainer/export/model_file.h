/*
 * What a model file says beyond the model itself: its tensors as they were trained, batch
 * normalisation not folded in, and what it tells of its training.
 *
 *     struct model_file file;
 *     status = model_file_open(&file, "models/digits.safetensors", &error);
 *     const struct safetensor *weight = safetensors_find(file.tensors, "conv1.weight");
 *     model_file_release(&file);
 *
 * Threads: reading one object is safe from many.
 */
#ifndef TRAINER_EXPORT_MODEL_FILE_H
#define TRAINER_EXPORT_MODEL_FILE_H

#include <digit/status.h>

#include "core/network/architecture.h"
#include "core/weights/safetensors.h"

struct model_file {
    struct safetensors *tensors; /* owned */
    struct architecture architecture;
    const char *training; /* JSON object (docs/model.md), or NULL; borrowed from tensors */
};

/*
 * Reads the file's tensors and architecture, but holds neither against the other: that is what
 * digit_model_load does. On success the caller releases `out`; on failure it holds nothing.
 * Errors: IO, MALFORMED, UNSUPPORTED, INVALID (no architecture), LIMIT, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status model_file_open(struct model_file *out, const char *path,
                                                   struct digit_error *error);

/*
 * Writes the file anew to `path`, whole or not at all, with metadata `key` as `value`: tensors and all
 * other metadata are those of `file`, to the byte. Errors: those of safetensors_write.
 */
DIGIT_MUST_CHECK enum digit_status model_file_rewrite(const char *path,
                                                      const struct model_file *file,
                                                      const char *key, const char *value,
                                                      struct digit_error *error);

/* Frees what `file` owns and zeroes it; a zeroed one is taken too. */
void model_file_release(struct model_file *file);

#endif
