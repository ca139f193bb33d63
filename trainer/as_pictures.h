/*
 * Images of a data set as the server sees them when they are posted as PNGs: each is a picture of
 * 28x28 and goes through digit_preprocess.
 *
 *     uint8_t *pictures;
 *     status = as_pictures_make(&pictures, images, count, team, &error);
 *     free(pictures);
 */
#ifndef TRAINER_AS_PICTURES_H
#define TRAINER_AS_PICTURES_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/team.h"

/*
 * Makes them, [count][28][28], of images [count][28][28], 0 to 255; count above 0. Only the thread
 * that made the team may call it. The caller frees `out`. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status as_pictures_make(uint8_t **out, const uint8_t *images,
                                                    size_t count, struct team *team,
                                                    struct digit_error *error);

#endif
