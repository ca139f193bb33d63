/*
 * Hard examples, which an epoch oversamples: the training images that teachers are least sure of. Most
 * digits are read alike by every network; a student comes nearer to its teachers on the others if it
 * meets them more often, augmented anew each time.
 *
 *     status = hard_examples_select(&hard_examples, &settings, &data, trained, count, teachers, pool, &error);
 *     size_t image = hard_examples_image(&hard_examples, sample);
 *     hard_examples_release(&hard_examples);
 *
 * Samples of an epoch are numbered: below the data's count a sample is the image of that index; behind
 * follow all hard examples in the order of their indices, as often as they are oversampled.
 */
#ifndef TRAINER_DISTILL_HARD_EXAMPLES_H
#define TRAINER_DISTILL_HARD_EXAMPLES_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/base/thread_pool.h"
#include "trainer/data/idx.h"
#include "trainer/distill/teachers.h"

struct hard_example_settings {
    size_t count;         /* images to oversample; 0: none */
    size_t extra_samples; /* of each in an epoch, beside the first; 1 or more */
};

struct hard_examples {
    size_t data_count;
    size_t count;     /* of images */
    uint32_t *images; /* [count] indices in ascending order; owned */
};

/*
 * Selects among the images of `data` that `trained` [trained_count] names the settings->count ones, at most
 * trained_count, for which the teachers' answer to the image without augmentation has the greatest
 * entropy (Shannon 1948); of equal ones that with the lower index. Where settings->count is 0, teachers
 * and pool may be NULL. The same for any number of threads; only the thread that created the pool may call.
 * The caller releases `out`, which holds nothing on failure. Errors: NO_MEMORY, those of
 * teachers_answer.
 */
DIGIT_MUST_CHECK enum digit_status
hard_examples_select(struct hard_examples *out, const struct hard_example_settings *settings,
                     const struct dataset *data, const uint32_t *trained, size_t trained_count,
                     struct teachers *teachers, struct thread_pool *pool,
                     struct digit_error *error);

/* Frees what `hard_examples` owns and zeroes it; a zeroed one is taken too. */
void hard_examples_release(struct hard_examples *hard_examples);

/* Index of the image that `sample` is of. Threads: any. */
size_t hard_examples_image(const struct hard_examples *hard_examples, size_t sample);

/* Samples of an epoch beside one of each image. */
size_t hard_examples_extra(const struct hard_example_settings *settings);

#endif
