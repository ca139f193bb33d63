/*
 * Images of a data set as the server sees them when they are posted as PNGs: each becomes a picture of
 * 28x28 and goes through digit_image_preprocess.
 *
 *     struct as_pictures pictures;
 *     status = as_pictures_make(&pictures, images, count, team, &error);
 *     as_pictures_release(&pictures);
 */
#ifndef TRAINER_AS_PICTURES_H
#define TRAINER_AS_PICTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/team.h"

struct as_pictures {
    uint8_t *images; /* [count][28][28], black where a picture is refused; owned */
    bool *refused;   /* [count] nothing in it could be ink; owned */
    size_t refused_count;
};

/*
 * Makes them of images [count][28][28], 0 to 255; count above 0. Only the thread that made the team
 * may call it. On success the caller releases `out`; on failure it holds nothing. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status as_pictures_make(struct as_pictures *out, const uint8_t *images,
                                                    size_t count, struct team *team,
                                                    struct digit_error *error);

/* The same, where all have to be taken. Errors: besides, INVALID (one is refused: which, why). */
DIGIT_MUST_CHECK enum digit_status as_pictures_make_all(struct as_pictures *out,
                                                        const uint8_t *images, size_t count,
                                                        struct team *team,
                                                        struct digit_error *error);

/* Frees what `pictures` owns and zeroes it; a zeroed one is taken too. */
void as_pictures_release(struct as_pictures *pictures);

#endif
