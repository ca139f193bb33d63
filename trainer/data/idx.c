#include "trainer/data/idx.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include <digit/image.h>
#include <digit/model.h>

#include "core/base/bytes.h"
#include "core/base/file.h"

#define MAGIC_IMAGES 0x00000803u /* unsigned bytes, three dimensions */
#define MAGIC_LABELS 0x00000801u /* unsigned bytes, one dimension */

#define MAX_FILE_BYTES ((size_t)DATASET_MAX_IMAGES * DIGIT_PIXELS + 16)
#define GZIP_ONLY      (16 + MAX_WBITS) /* inflateInit2: a gzip wrapper and nothing else */

/*
 * A file that is read sequentially. No more bytes are inflated than the header promises, so the
 * size of a gzip file's contents cannot exhaust the memory.
 */
struct source {
    char *path;
    uint8_t *bytes;
    size_t size_bytes;
    size_t taken; /* bytes read of an uncompressed file */
    bool compressed;
    z_stream stream;
};

static void source_close(struct source *source)
{
    if (source->compressed)
        inflateEnd(&source->stream);
    free(source->bytes);
    free(source->path);
    memset(source, 0, sizeof *source);
}

/* Sets source->path to the uncompressed file or, if it does not exist, to the compressed one. */
static enum digit_status source_find(struct source *source, bool *compressed, const char *folder,
                                     const char *name, struct digit_error *error)
{
    if (asprintf(&source->path, "%s/%s.gz", folder, name) < 0) {
        source->path = NULL;
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for its path", name);
    }
    char *suffix = source->path + strlen(source->path) - 3;
    *suffix = '\0';
    *compressed = access(source->path, F_OK) != 0;
    if (!*compressed)
        return DIGIT_OK;
    *suffix = '.';
    if (access(source->path, F_OK) != 0)
        return digit_fail(error, DIGIT_IO, "%s: neither %s nor %s.gz exists", folder, name, name);
    return DIGIT_OK;
}

static enum digit_status source_start_inflating(struct source *source, struct digit_error *error)
{
    source->stream.next_in = source->bytes;
    source->stream.avail_in = (uInt)source->size_bytes; /* at most MAX_FILE_BYTES, below 2^32 */
    if (inflateInit2(&source->stream, GZIP_ONLY) != Z_OK)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory to decompress it", source->path);
    source->compressed = true;
    return DIGIT_OK;
}

static enum digit_status source_open(struct source *out, const char *folder, const char *name,
                                     struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    bool compressed = false;
    enum digit_status status = source_find(out, &compressed, folder, name, error);
    if (status == DIGIT_OK)
        status = file_read(&out->bytes, &out->size_bytes, out->path, MAX_FILE_BYTES, error);
    if (status == DIGIT_OK && compressed)
        status = source_start_inflating(out, error);
    if (status != DIGIT_OK)
        source_close(out);
    return status;
}

static enum digit_status fail_short(const struct source *source, size_t missing,
                                    struct digit_error *error)
{
    return digit_fail(error, DIGIT_MALFORMED, "%s: %zu bytes shorter than its header says",
                      source->path, missing);
}

static enum digit_status fail_gzip(const struct source *source, struct digit_error *error)
{
    const char *reason = source->stream.msg != NULL ? source->stream.msg : "it is truncated";
    return digit_fail(error, DIGIT_MALFORMED, "%s: not a valid gzip file: %s", source->path,
                      reason);
}

static enum digit_status inflate_exactly(struct source *source, void *out, size_t size_bytes,
                                         struct digit_error *error)
{
    z_stream *stream = &source->stream;
    stream->next_out = out;
    stream->avail_out = (uInt)size_bytes;
    while (stream->avail_out > 0) {
        int result = inflate(stream, Z_NO_FLUSH);
        if (result == Z_STREAM_END)
            break;
        if (result == Z_MEM_ERROR)
            return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory to decompress it",
                              source->path);
        if (result != Z_OK)
            return fail_gzip(source, error);
    }
    return stream->avail_out > 0 ? fail_short(source, stream->avail_out, error) : DIGIT_OK;
}

/* Reads the next size_bytes, at most MAX_FILE_BYTES. */
static enum digit_status source_read(struct source *source, void *out, size_t size_bytes,
                                     struct digit_error *error)
{
    if (source->compressed)
        return inflate_exactly(source, out, size_bytes, error);
    size_t left = source->size_bytes - source->taken;
    if (left < size_bytes)
        return fail_short(source, size_bytes - left, error);
    memcpy(out, source->bytes + source->taken, size_bytes);
    source->taken += size_bytes;
    return DIGIT_OK;
}

static enum digit_status check_gzip_ended(struct source *source, struct digit_error *error)
{
    uint8_t extra;
    source->stream.next_out = &extra;
    source->stream.avail_out = 1;
    int result = inflate(&source->stream, Z_NO_FLUSH);
    if (source->stream.avail_out == 0)
        return digit_fail(error, DIGIT_MALFORMED,
                          "%s: its decompressed contents are longer than their header says",
                          source->path);
    if (result != Z_STREAM_END)
        return fail_gzip(source, error);
    if (source->stream.avail_in > 0)
        return digit_fail(error, DIGIT_MALFORMED, "%s: %u bytes follow the gzip data", source->path,
                          source->stream.avail_in);
    return DIGIT_OK;
}

static enum digit_status source_check_ended(struct source *source, struct digit_error *error)
{
    if (source->compressed)
        return check_gzip_ended(source, error);
    if (source->taken < source->size_bytes)
        return digit_fail(error, DIGIT_MALFORMED, "%s: %zu bytes longer than its header says",
                          source->path, source->size_bytes - source->taken);
    return DIGIT_OK;
}

/* Reads a 32-bit big-endian number, the format of every number in an IDX header. */
static enum digit_status source_read_u32(struct source *source, uint32_t *out,
                                         struct digit_error *error)
{
    uint8_t bytes[4];
    enum digit_status status = source_read(source, bytes, sizeof bytes, error);
    if (status == DIGIT_OK)
        *out = bytes_be32(bytes);
    return status;
}

static enum digit_status check_magic(struct source *source, uint32_t expected,
                                     struct digit_error *error)
{
    uint32_t magic;
    enum digit_status status = source_read_u32(source, &magic, error);
    if (status == DIGIT_OK && magic != expected)
        status = digit_fail(error, DIGIT_MALFORMED,
                            "%s: magic number 0x%08" PRIx32 ", expected 0x%08" PRIx32, source->path,
                            magic, expected);
    return status;
}

static enum digit_status read_count(struct source *source, size_t *out, struct digit_error *error)
{
    uint32_t count;
    enum digit_status status = source_read_u32(source, &count, error);
    if (status != DIGIT_OK)
        return status;
    if (count == 0)
        return digit_fail(error, DIGIT_INVALID, "%s: contains no images or labels", source->path);
    if (count > DATASET_MAX_IMAGES)
        return digit_fail(error, DIGIT_LIMIT, "%s: %" PRIu32 " items, the limit is %d",
                          source->path, count, DATASET_MAX_IMAGES);
    *out = count;
    return DIGIT_OK;
}

static enum digit_status check_side(struct source *source, const char *what,
                                    struct digit_error *error)
{
    uint32_t side;
    enum digit_status status = source_read_u32(source, &side, error);
    if (status == DIGIT_OK && side != DIGIT_SIDE_PX)
        status = digit_fail(error, DIGIT_UNSUPPORTED, "%s: %" PRIu32 " %s, must be %d",
                            source->path, side, what, DIGIT_SIDE_PX);
    return status;
}

/* Allocates *out, which the caller frees even on failure, and reads the rest of the file into
 * it. */
static enum digit_status read_body(struct source *source, uint8_t **out, size_t size_bytes,
                                   struct digit_error *error)
{
    *out = malloc(size_bytes);
    if (*out == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for %zu bytes", source->path,
                          size_bytes);
    enum digit_status status = source_read(source, *out, size_bytes, error);
    return status == DIGIT_OK ? source_check_ended(source, error) : status;
}

static enum digit_status read_images(struct source *source, struct dataset *out,
                                     struct digit_error *error)
{
    enum digit_status status = check_magic(source, MAGIC_IMAGES, error);
    if (status == DIGIT_OK)
        status = read_count(source, &out->count, error);
    if (status == DIGIT_OK)
        status = check_side(source, "rows", error);
    if (status == DIGIT_OK)
        status = check_side(source, "columns", error);
    if (status == DIGIT_OK)
        status = read_body(source, &out->images, out->count * DIGIT_PIXELS, error);
    return status;
}

static enum digit_status check_labels(const struct source *source, const struct dataset *dataset,
                                      struct digit_error *error)
{
    for (size_t i = 0; i < dataset->count; i++)
        if (dataset->labels[i] >= DIGIT_CLASSES)
            return digit_fail(error, DIGIT_INVALID, "%s: label %zu is %d, the largest is %d",
                              source->path, i, dataset->labels[i], DIGIT_CLASSES - 1);
    return DIGIT_OK;
}

static enum digit_status read_labels(struct source *source, struct dataset *out,
                                     struct digit_error *error)
{
    size_t count = 0;
    enum digit_status status = check_magic(source, MAGIC_LABELS, error);
    if (status == DIGIT_OK)
        status = read_count(source, &count, error);
    if (status == DIGIT_OK && count != out->count)
        status = digit_fail(error, DIGIT_INVALID, "%s: %zu labels for %zu images", source->path,
                            count, out->count);
    if (status == DIGIT_OK)
        status = read_body(source, &out->labels, out->count, error);
    if (status == DIGIT_OK)
        status = check_labels(source, out, error);
    return status;
}

typedef enum digit_status read_function(struct source *source, struct dataset *out,
                                        struct digit_error *error);

static enum digit_status load_file(struct dataset *out, const char *folder, const char *part,
                                   const char *kind, read_function *read_contents,
                                   struct digit_error *error)
{
    char name[64];
    snprintf(name, sizeof name, "%s-%s-ubyte", part, kind);
    struct source source;
    enum digit_status status = source_open(&source, folder, name, error);
    if (status != DIGIT_OK)
        return status;
    status = read_contents(&source, out, error);
    source_close(&source);
    return status;
}

enum digit_status dataset_load(struct dataset *out, const char *folder, const char *part,
                               struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    enum digit_status status = load_file(out, folder, part, "images-idx3", read_images, error);
    if (status == DIGIT_OK)
        status = load_file(out, folder, part, "labels-idx1", read_labels, error);
    if (status != DIGIT_OK) {
        dataset_release(out);
        return status;
    }
    const struct sha256_part parts[] = {{out->images, out->count * DIGIT_PIXELS},
                                        {out->labels, out->count}};
    sha256_hex(out->sha256, parts, 2);
    return DIGIT_OK;
}

void dataset_release(struct dataset *dataset)
{
    free(dataset->images);
    free(dataset->labels);
    memset(dataset, 0, sizeof *dataset);
}
