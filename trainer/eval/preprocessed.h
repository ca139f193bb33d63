/*
 * The images of a data set as the server would pass them to the network if they were posted as
 * PNGs: each is a picture of 28x28 px that goes through digit_preprocess. The warnings of the
 * receipts are not kept: in an evaluation of these images, only the network makes an answer uncertain.
 *
 *     uint8_t *preprocessed;
 *     status = preprocessed_make(&preprocessed, images, count, pool, &error);
 *     free(preprocessed);
 */
#ifndef TRAINER_EVAL_PREPROCESSED_H
#define TRAINER_EVAL_PREPROCESSED_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/base/thread_pool.h"

/*
 * Preprocesses images [count][28][28], 0 to 255, into out [count][28][28], which the caller frees;
 * count above 0. The result does not depend on the number of threads. Only the thread that created
 * the pool may call this function. Errors: NO_MEMORY; out is NULL then.
 */
DIGIT_MUST_CHECK enum digit_status preprocessed_make(uint8_t **out, const uint8_t *images,
                                                     size_t count, struct thread_pool *pool,
                                                     struct digit_error *error);

#endif
