/*
 * Hard examples: the training images for which the teachers' prediction is least certain. An epoch
 * oversamples them. On most digits all networks agree; on the hard ones a student agrees with its
 * teachers more often if it is trained on them more often, with a new augmentation each time.
 *
 *     status = hard_examples_select(&hard_examples, &settings, &data, trained, count, teachers,
 *                                   pool, &error);
 *     size_t image = hard_examples_image(&hard_examples, sample);
 *     hard_examples_release(&hard_examples);
 *
 * The samples of an epoch are numbered. A sample below the data's count is the image of that index.
 * The numbers from there on are the hard examples in the order of their indices, repeated
 * extra_samples times.
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
    size_t count;         /* number of images to oversample; 0: none */
    size_t extra_samples; /* additional samples of each of them in an epoch; 1 or more */
};

struct hard_examples {
    size_t data_count; /* number of images in the data set */
    size_t count;      /* number of hard examples */
    uint32_t *images;  /* [count] indices in ascending order; owned */
};

/*
 * Selects settings->count (at most trained_count) of the images whose indices are trained
 * [trained_count]: those for which the teachers' prediction on the image without augmentation has
 * the highest entropy (Shannon 1948),
 *
 *     entropy = -sum over i of p[i] * log(p[i]),     p = softmax(logits)
 *
 * and among equal ones those with the lowest index. If settings->count is 0, teachers and pool may
 * be NULL. The result does not depend on the number of threads. Only the thread that created the
 * pool may call it. The caller releases `out`; on failure it has no hard examples. Errors:
 * NO_MEMORY, those of teachers_predict.
 */
DIGIT_MUST_CHECK enum digit_status
hard_examples_select(struct hard_examples *out, const struct hard_example_settings *settings,
                     const struct dataset *data, const uint32_t *trained, size_t trained_count,
                     struct teachers *teachers, struct thread_pool *pool,
                     struct digit_error *error);

/* Frees the indices; afterwards there are no hard examples. Zeroed ones are allowed. */
void hard_examples_release(struct hard_examples *hard_examples);

/* Index of the image of a sample. Threads: any. */
size_t hard_examples_image(const struct hard_examples *hard_examples, size_t sample);

/* Number of samples in an epoch in addition to one of each image. */
size_t hard_examples_extra(const struct hard_example_settings *settings);

#endif
