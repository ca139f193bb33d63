/*
 * Which of the training images are held out for validation, and the shuffle by which that is decided.
 */
#ifndef TRAINER_DATA_SPLIT_H
#define TRAINER_DATA_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "trainer/base/rng.h"

/* Fisher and Yates' shuffle of items [count], count below 2^32. Threads: any. */
void shuffle(uint32_t *items, size_t count, struct rng rng);

/*
 * Writes the indices of `count` images, count below 2^32, to out [count]: a training that holds out n
 * images holds out the last n of them. The same for all seeds and recipes, so that their validation
 * figures can be compared. Threads: any.
 */
void split_images(uint32_t *out, size_t count);

#endif
