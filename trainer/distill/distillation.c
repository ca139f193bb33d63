#include "trainer/distill/distillation.h"

#include <string.h>

#include "core/base/sha256.h"

/* The cache key: a digest of teachers, training images and the settings that determine the
 * samples. */
static void make_key(char key[SHA256_HEX_BYTES], const struct teachers *teachers,
                     const struct distillation_source *source)
{
    struct sha256_part parts[TEACHERS_MAX + 2];
    size_t count = teachers_count(teachers);
    for (size_t i = 0; i < count; i++) {
        const char *sha256 = teachers_info(teachers, i)->sha256;
        parts[i] = (struct sha256_part){sha256, strlen(sha256)};
    }
    parts[count] = (struct sha256_part){source->data->sha256, strlen(source->data->sha256)};
    parts[count + 1] = (struct sha256_part){source->sample_digest, strlen(source->sample_digest)};
    sha256_hex(key, parts, count + 2);
}

enum digit_status distillation_open(struct distillation *out,
                                    const struct distillation_source *source, size_t thread_count,
                                    struct digit_error *error)
{
    char key[SHA256_HEX_BYTES];
    *out = (struct distillation){NULL, NULL};
    enum digit_status status =
        teachers_open_folder(&out->teachers, source->teachers, thread_count, error);
    if (status == DIGIT_OK && source->cache != NULL) {
        make_key(key, out->teachers, source);
        status = teacher_cache_create(&out->cache, source->cache, key, source->sample_count, error);
    }
    if (status != DIGIT_OK)
        distillation_close(out);
    return status;
}

void distillation_close(struct distillation *distillation)
{
    teacher_cache_destroy(distillation->cache);
    teachers_destroy(distillation->teachers);
    *distillation = (struct distillation){NULL, NULL};
}
