/*
 * Images of a data set as the server sees them when they are posted as PNGs: each is a picture of
 * 28x28 and goes through digit_preprocess.
 *
 *     uint8_t *pictures;
 *     status = preprocessed_make(&pictures, images, count, pool, &error);
 *     free(pictures);
 */
#ifndef TRAINER_EVAL_PREPROCESSED_H
#define TRAINER_EVAL_PREPROCESSED_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/base/thread_pool.h"

/*
 * Makes them, [count][28][28], of images [count][28][28], 0 to 255; count above 0. Only the thread
 * that made the pool may call it. The caller frees `out`. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status preprocessed_make(uint8_t **out, const uint8_t *images,
                                                     size_t count, struct thread_pool *pool,
                                                     struct digit_error *error);

#endif
