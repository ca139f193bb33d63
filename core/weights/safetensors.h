/*
 * The safetensors format (github.com/huggingface/safetensors), strictly: eight bytes of header
 * length (little-endian), a JSON header, then the tensors' bytes.
 *
 *     {"__metadata__": {"key": "text", ...},
 *      "conv1.weight": {"dtype": "F32", "shape": [16, 1, 3, 3], "data_offsets": [0, 576]}, ...}
 *
 * Taken are float32 tensors of rank 1 to 4 that cover the bytes behind the header without a gap or
 * an overlap. Threads: any, on different objects; reading one object is safe from many.
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
    size_t count;      /* elements */
    const float *data; /* [count] row-major */
};

struct safetensors_entry {
    const char *key;
    const char *value;
};

/*
 * Parses bytes [size_bytes], which may be freed afterwards; `where` names them in messages. The
 * caller destroys *out. Errors: MALFORMED (lengths, JSON, offsets, gaps, overlaps, a name twice),
 * UNSUPPORTED (dtype, rank), INVALID (the keys of a tensor, a value that is not finite), LIMIT
 * (header), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status safetensors_parse(struct safetensors **out, const uint8_t *bytes,
                                                     size_t size_bytes, const char *where,
                                                     struct digit_error *error);

/* NULL is taken. */
void safetensors_destroy(struct safetensors *file);

/* Borrowed from `file`. Tensors come in the order of their bytes. */
size_t safetensors_count(const struct safetensors *file);
const struct safetensor *safetensors_at(const struct safetensors *file, size_t index);
const struct safetensor *safetensors_find(const struct safetensors *file, const char *name);

/* The metadata value of a key, or NULL. */
const char *safetensors_metadata(const struct safetensors *file, const char *key);

/* All of the metadata, in the file's order; `index` below the count. Borrowed from `file`. */
size_t safetensors_metadata_count(const struct safetensors *file);
struct safetensors_entry safetensors_metadata_at(const struct safetensors *file, size_t index);

/*
 * Writes tensors, in order, and metadata to `path`, whole or not at all. Names and keys must
 * differ. Errors: IO, LIMIT (a header that safetensors_parse would refuse), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
safetensors_write(const char *path, const struct safetensor *tensors, size_t tensor_count,
                  const struct safetensors_entry *metadata, size_t metadata_count,
                  struct digit_error *error);

#endif
