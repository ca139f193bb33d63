/*
 * The lattice of readings. Its nodes are the places before, between and behind the pieces; a path from the first node to
 * the last passes over each piece once, by an arc that reads pieces as a digit, or by one that drops a piece. A path's
 * weight is the exponential function of the sum of its arcs' scores; a string's probability is the share that the paths
 * of this string have in the weight of all.
 * Threads: any, each with its own memory.
 */
#ifndef CORE_NUMBER_LATTICE_H
#define CORE_NUMBER_LATTICE_H

#include <stddef.h>
#include <stdint.h>

#include <digit/model.h>

#include "core/number/limits.h"
#include "core/number/pieces.h"

#define LATTICE_NODES_MAX (PIECES_MAX + 1)
#define LATTICE_ARCS_MAX  (2 * NUMBER_CANDIDATES_MAX)

/* Readings that are kept at each node: the most probable strings so far. */
#define LATTICE_WIDTH 12

/* Classes of an arc that are followed: those with the highest scores. */
#define LATTICE_CLASSES 3

/* The largest exact count of digits that can be asked for. */
#define LATTICE_EXACT_MAX 32

#define LATTICE_STRINGS 2

struct lattice_arc {
    uint16_t from; /* node, below `to` */
    uint16_t to;
    float scores[DIGIT_CLASSES];
};

/* What is to be solved; all is the caller's. */
struct lattice {
    const struct lattice_arc *arcs; /* [arc_count], any order */
    size_t arc_count;
    const float *drops; /* [node_count - 1]: score of dropping the piece behind each node */
    size_t node_count;  /* 1 to LATTICE_NODES_MAX */
};

struct lattice_digit {
    uint16_t arc;
    uint8_t digit;
};

struct lattice_string {
    double probability; /* 0 to 1; of no digits: of the string without digits */
    double score;       /* of its best path */
    size_t count;       /* digits */
    struct lattice_digit digits[NUMBER_DIGITS_MAX]; /* of its best path, in order */
};

struct lattice_solution {
    double score;                                   /* logarithm of the weight of all paths */
    struct lattice_string strings[LATTICE_STRINGS]; /* the most probable first; distinct */
    size_t string_count;
    size_t found_digits; /* of the first string; more than its count if that is max_digits */
};

struct lattice_scratch;

/* Memory for lattice_solve; the caller frees it with free. NULL: no memory. */
struct lattice_scratch *lattice_scratch_create(void);

/*
 * Finds the most probable strings. `exact`: 0, or the number of digits that the string must have, 1 to
 * LATTICE_EXACT_MAX; probabilities are among those strings then, and string_count is 0 if no path has so many digits,
 * or if all that have are less probable than 1e-300.
 * Strings of more than `max_digits` digits are cut to them. Deterministic up to the C library's exp and log.
 */
void lattice_solve(struct lattice_solution *out, const struct lattice *lattice, size_t exact,
                   size_t max_digits, struct lattice_scratch *scratch);

/* After lattice_solve that found a string: the probability that piece `index` is part of a digit `digit`. */
double lattice_piece_probability(const struct lattice *lattice, size_t index, size_t digit,
                                 const struct lattice_scratch *scratch);

#endif
