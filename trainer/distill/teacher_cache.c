#include "trainer/distill/teacher_cache.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <digit/image.h>
#include <digit/model.h>

#include "core/base/file.h"

#define PATH_BYTES 1200

/* The header of a cache file. The logits follow it, in the byte order of the machine. */
struct file_header {
    char magic[8];
    uint32_t byte_order;
    uint32_t samples;
    char key[72]; /* hex digits, then NULs; 72 leaves no padding in the struct */
};

_Static_assert(sizeof(struct file_header) == 88, "headers are compared with memcmp");

static const char MAGIC[8] = "dgtlogit";

#define BYTE_ORDER_MARK 0x01020304u

struct teacher_cache {
    char folder[PATH_BYTES - 64];
    struct file_header header;
    float *logits; /* [samples][DIGIT_CLASSES] */
    size_t epoch;
    bool is_final;
    bool is_filled; /* the logits were read from the epoch's file */
};

enum digit_status teacher_cache_create(struct teacher_cache **out, const char *folder,
                                       const char key[SHA256_HEX_BYTES], size_t samples,
                                       struct digit_error *error)
{
    *out = NULL;
    if (strlen(folder) >= sizeof(*out)->folder)
        return digit_fail(error, DIGIT_IO, "%s: the path is longer than %zu bytes", folder,
                          sizeof(*out)->folder - 1);
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return digit_fail(error, DIGIT_IO, "%s: cannot create the folder: %s", folder,
                          strerror(errno));
    struct teacher_cache *cache = calloc(1, sizeof *cache);
    float *logits = calloc(samples, DIGIT_CLASSES * sizeof *logits);
    if (cache == NULL || logits == NULL) {
        free(logits);
        free(cache);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to cache logits of %zu samples",
                          samples);
    }
    snprintf(cache->folder, sizeof cache->folder, "%s", folder);
    cache->header =
        (struct file_header){.byte_order = BYTE_ORDER_MARK, .samples = (uint32_t)samples};
    memcpy(cache->header.magic, MAGIC, sizeof MAGIC);
    memcpy(cache->header.key, key, SHA256_HEX_BYTES);
    cache->logits = logits;
    *out = cache;
    return DIGIT_OK;
}

void teacher_cache_destroy(struct teacher_cache *cache)
{
    if (cache == NULL)
        return;
    free(cache->logits);
    free(cache);
}

static size_t logits_bytes(const struct teacher_cache *cache)
{
    return cache->header.samples * DIGIT_CLASSES * sizeof(float);
}

static void file_path(char out[PATH_BYTES], const struct teacher_cache *cache)
{
    snprintf(out, PATH_BYTES, "%s/epoch-%04zu%s.logits", cache->folder, cache->epoch + 1,
             cache->is_final ? "-final" : "");
}

static enum digit_status read_file(struct teacher_cache *cache, const char *path,
                                   struct digit_error *error)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0, expected = sizeof cache->header + logits_bytes(cache);
    enum digit_status status = file_read(&bytes, &size_bytes, path, expected, error);
    if (status != DIGIT_OK)
        return status;
    if (size_bytes < sizeof cache->header ||
        memcmp(bytes, &cache->header, offsetof(struct file_header, samples)) != 0)
        status = digit_fail(error, DIGIT_MALFORMED, "%s: not a teacher cache file", path);
    else if (memcmp(bytes, &cache->header, sizeof cache->header) != 0)
        status = digit_fail(
            error, DIGIT_INVALID,
            "%s: made with other teachers, training images or augmentation settings", path);
    else if (size_bytes != expected)
        status = digit_fail(error, DIGIT_MALFORMED, "%s: %zu bytes, expected %zu", path, size_bytes,
                            expected);
    else
        memcpy(cache->logits, bytes + sizeof cache->header, logits_bytes(cache));
    cache->is_filled = status == DIGIT_OK;
    free(bytes);
    return status;
}

enum digit_status teacher_cache_begin_epoch(struct teacher_cache *cache, size_t epoch,
                                            bool is_final, struct digit_error *error)
{
    char path[PATH_BYTES];
    cache->epoch = epoch;
    cache->is_final = is_final;
    cache->is_filled = false;
    file_path(path, cache);
    return access(path, F_OK) == 0 ? read_file(cache, path, error) : DIGIT_OK;
}

bool teacher_cache_is_filled(const struct teacher_cache *cache)
{
    return cache->is_filled;
}

float *teacher_cache_entry(struct teacher_cache *cache, size_t sample)
{
    return cache->logits + sample * DIGIT_CLASSES;
}

enum digit_status teacher_cache_end_epoch(struct teacher_cache *cache, struct digit_error *error)
{
    if (cache->is_filled)
        return DIGIT_OK;
    char path[PATH_BYTES];
    file_path(path, cache);
    const struct file_part parts[] = {{&cache->header, sizeof cache->header},
                                      {cache->logits, logits_bytes(cache)}};
    return file_write(path, parts, sizeof parts / sizeof *parts, error);
}
