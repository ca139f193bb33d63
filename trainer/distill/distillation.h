/*
 * What a training needs to learn from teachers: the trained models and, if the command line asks for
 * it, the cache of their logits.
 *
 *     const struct distillation_source source = {.teachers = "teachers", .cache = "teacher-cache", ...};
 *     status = distillation_open(&distillation, &source, thread_count, &error);
 *     status = fit(&result, &architecture, &data, &settings, &distillation, ...);
 *     distillation_close(&distillation);
 */
#ifndef TRAINER_DISTILL_DISTILLATION_H
#define TRAINER_DISTILL_DISTILLATION_H

#include <stddef.h>

#include <digit/status.h>

#include "trainer/data/idx.h"
#include "trainer/distill/teacher_cache.h"
#include "trainer/distill/teachers.h"

struct distillation {
    struct teachers *teachers;   /* NULL: the training has none; owned */
    struct teacher_cache *cache; /* NULL: none; owned */
};

/* All borrowed. */
struct distillation_source {
    const char *teachers;       /* folder of model files */
    const char *cache;          /* folder of the cache; NULL: none */
    const char *sample_digest;  /* of the settings that decide the samples (recipe_sample_digest) */
    const struct dataset *data; /* the training images */
    size_t sample_count;        /* of an epoch, one more than the largest sample number */
};

/*
 * Loads the teachers for `thread_count` threads and opens the cache, whose key is a digest of teachers,
 * training images and sample_digest: students share a cache if all of these are equal. The caller closes
 * `out`, which holds nothing on failure. Errors: those of teachers_open_folder and teacher_cache_create.
 */
DIGIT_MUST_CHECK enum digit_status distillation_open(struct distillation *out,
                                                     const struct distillation_source *source,
                                                     size_t thread_count,
                                                     struct digit_error *error);

/* Frees what the distillation owns and zeroes it; a zeroed one is taken too. */
void distillation_close(struct distillation *distillation);

#endif
