/*
 * Strict reader and writer of the safetensors format (github.com/huggingface/safetensors): the length of the
 * header in eight bytes (little-endian), a JSON header, then the bytes of the tensors.
 *
 *     {"__metadata__": {"key": "text", ...},
 *      "conv1.weight": {"dtype": "F32", "shape": [16, 1, 3, 3], "data_offsets": [0, 576]}, ...}
 *
 * Supported are float32 tensors of rank 1 to 4 that cover the bytes after the header without gaps or overlaps.
 * Threads: any, on different objects; several threads may read one object.
 */
#ifndef CORE_WEIGHTS_SAFETENSORS_H
#define CORE_WEIGHTS_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#define SAFETENSORS_MAX_RANK         4
#define SAFETENSORS_MAX_HEADER_BYTES (1024 * 1024)

struct safetensors;

struct safetensor {
    const char *name;
    size_t rank;
    size_t shape[SAFETENSORS_MAX_RANK];
    size_t count;      /* number of elements */
    const float *data; /* [count] row-major */
};

struct safetensors_entry {
    const char *key;
    const char *value;
};

/*
 * Parses bytes [size_bytes], which may be freed afterwards; `where` names them in messages. The caller destroys
 * *out. Errors: MALFORMED (lengths, JSON, offsets, gaps, overlaps, a name given twice), UNSUPPORTED (dtype,
 * rank), INVALID (the keys of a tensor, a value that is not finite), LIMIT (size of the header), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status safetensors_parse(struct safetensors **out, const uint8_t *bytes,
                                                     size_t size_bytes, const char *where,
                                                     struct digit_error *error);

/* Does nothing if `file` is NULL. */
void safetensors_destroy(struct safetensors *file);

/* The tensors, in the order of their bytes; borrowed from `file`. safetensors_find: NULL if there is none. */
size_t safetensors_count(const struct safetensors *file);
const struct safetensor *safetensors_at(const struct safetensors *file, size_t index);
const struct safetensor *safetensors_find(const struct safetensors *file, const char *name);

/* The value of a metadata key, borrowed from `file`; NULL if there is none. */
const char *safetensors_metadata(const struct safetensors *file, const char *key);

/*
 * Sets the value of a metadata key, which is added as the last one if there is none, to a copy of `value`. The
 * key's value of before must not be used afterwards. Threads: none may read `file` meanwhile.
 * Errors: INVALID (the file has no metadata), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status safetensors_set_metadata(struct safetensors *file,
                                                            const char *key, const char *value,
                                                            struct digit_error *error);

/* All metadata, in the order of the file; `index` is below the count. Borrowed from `file`. */
size_t safetensors_metadata_count(const struct safetensors *file);
struct safetensors_entry safetensors_metadata_at(const struct safetensors *file, size_t index);

/*
 * Writes metadata and tensors, in order, to `path`, whole or not at all. Names and keys must be unique.
 * Errors: IO, LIMIT (a header that safetensors_parse would refuse), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
safetensors_write(const char *path, const struct safetensor *tensors, size_t tensor_count,
                  const struct safetensors_entry *metadata, size_t metadata_count,
                  struct digit_error *error);

#endif
