/*
 * Bounds of one reading of a number. They bound the memory, and together with the plane's size the time.
 */
#ifndef CORE_NUMBER_LIMITS_H
#define CORE_NUMBER_LIMITS_H

#include <stddef.h>

/* The largest values that the fields of struct number_limits may have, and their defaults. */
#define NUMBER_LINES_MAX          64
#define NUMBER_LINES_DEFAULT      32
#define NUMBER_CANDIDATES_MAX     4096
#define NUMBER_CANDIDATES_DEFAULT 512
#define NUMBER_DIGITS_MAX         256
#define NUMBER_DIGITS_DEFAULT     128

/* Each is an upper limit that is itself allowed, at least 1. */
struct number_limits {
    size_t max_lines; /* lines of writing; of more, those with the most foreground are read */
    /* Pictures of 28x28 for the network; of more, cuts and unions are left out. */
    size_t max_candidates;
    size_t max_digits; /* digits of a result */
};

#endif
