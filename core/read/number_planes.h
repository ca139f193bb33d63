/*
 * The hypotheses about a picture of numbers: planes of its foreground, one after another.
 *
 *     number_planes_begin(&planes);
 *     while (number_planes_next(&planes, preprocessor))
 *         ... preprocessor->plane and its components, made by planes.steps
 *
 * Threads: any, on different objects.
 */
#ifndef CORE_READ_NUMBER_PLANES_H
#define CORE_READ_NUMBER_PLANES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/preprocess/preprocessor.h"

struct number_planes {
    size_t next; /* index into the table of hypotheses, for one polarity and then for the other */
    unsigned steps; /* of the present plane: bits of enum digit_step */
    float log_prior;
    struct preprocessor_foreground usual; /* what the usual steps found */
    bool has_usual;
};

/* Begins with the first hypothesis. preprocessor_begin is called before number_planes_next. */
void number_planes_begin(struct number_planes *out);

/* Makes the next plane that is worth a trial; false if there is none. */
bool number_planes_next(struct number_planes *planes, struct digit_preprocessor *preprocessor);

#endif
