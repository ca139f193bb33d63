/*
 * The contents of a model file beyond what digit_model_load keeps: the tensors as they were
 * trained, before batch normalisation is folded into convolutions, and all metadata, among it the
 * training card.
 *
 *     struct model_file file;
 *     status = model_file_open(&file, "models/digits.safetensors", &error);
 *     const struct safetensor *weight = safetensors_find(file.tensors, "conv1.weight");
 *     model_file_release(&file);
 *
 * Threads: any may read an object at the same time.
 */
#ifndef TRAINER_EXPORT_MODEL_FILE_H
#define TRAINER_EXPORT_MODEL_FILE_H

#include <digit/status.h>

#include "core/network/architecture.h"
#include "core/weights/safetensors.h"

struct model_file {
    struct safetensors *tensors; /* owned */
    struct architecture architecture;
    const char *training; /* training card (docs/model.md) or NULL; borrowed from tensors */
};

/*
 * Reads the file's tensors and architecture. Does not check that they match, which digit_model_load
 * does. On success the caller releases `out`; on failure it is zeroed. Errors: IO, MALFORMED,
 * UNSUPPORTED, INVALID (no architecture), LIMIT, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status model_file_open(struct model_file *out, const char *path,
                                                   struct digit_error *error);

/*
 * Writes `file` to `path` atomically. Metadata are changed by safetensors_set_metadata before; the
 * tensors and all other metadata are the same to the byte. Errors: NO_MEMORY, those of
 * safetensors_write.
 */
DIGIT_MUST_CHECK enum digit_status model_file_write(const char *path, const struct model_file *file,
                                                    struct digit_error *error);

/* Frees the memory of `file` and zeroes it; it may be zeroed already. */
void model_file_release(struct model_file *file);

#endif
