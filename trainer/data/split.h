/*
 * The split of a data set into training and validation images, and the shuffle that decides it.
 */
#ifndef TRAINER_DATA_SPLIT_H
#define TRAINER_DATA_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "trainer/base/rng.h"

/* Shuffles items [count], count below 2^32 (Fisher and Yates). Threads: any. */
void shuffle(uint32_t *items, size_t count, struct rng rng);

/*
 * Writes the indices of `count` images, count below 2^32, to out [count] in a fixed random order.
 * The last n of them are the validation images of a training that has n. The order does not depend
 * on seed or recipe, so that validation figures of different trainings can be compared. Threads:
 * any.
 */
void split_images(uint32_t *out, size_t count);

#endif
