/*
 * The pieces and candidates inside a reader; for the program that fits the weights, and for tests.
 */
#ifndef CORE_NUMBER_NUMBER_READER_PARTS_H
#define CORE_NUMBER_NUMBER_READER_PARTS_H

#include "core/number/candidates.h"
#include "core/number/features.h"

struct number_reader;

/* Valid until the next number_reader_propose. */
struct number_reader_parts {
    struct features_context context;
    const struct candidates *candidates;
};

struct number_reader_parts number_reader_parts_of(const struct number_reader *reader);

#endif
