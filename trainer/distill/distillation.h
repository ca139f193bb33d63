/*
 * The teachers of a training (knowledge distillation) and, optionally, a cache of their logits.
 *
 *     const struct distillation_source source = {.teachers = "models", .cache = "cache", ...};
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
    struct teachers *teachers;   /* NULL: no teachers; owned */
    struct teacher_cache *cache; /* NULL: no cache; owned */
};

/* All borrowed. */
struct distillation_source {
    const char *teachers;       /* folder of model files */
    const char *cache;          /* folder of the cache; NULL: no cache */
    const char *sample_digest;  /* of the recipe: recipe_sample_digest */
    const struct dataset *data; /* the training images */
    size_t sample_count;        /* in an epoch: the largest sample number plus 1 */
};

/*
 * Loads the teachers for `thread_count` threads and opens the cache. The key of the cache is a
 * digest of the teachers, the training images and sample_digest: trainings for which all of these
 * are equal can share a cache. The caller closes `out`; on failure it is zeroed. Errors: those of
 * teachers_open_folder and teacher_cache_create.
 */
DIGIT_MUST_CHECK enum digit_status distillation_open(struct distillation *out,
                                                     const struct distillation_source *source,
                                                     size_t thread_count,
                                                     struct digit_error *error);

/* Frees the teachers and the cache and zeroes `distillation`, which may be zeroed already. */
void distillation_close(struct distillation *distillation);

#endif
