/*
 * What the hypotheses about a picture of numbers say: each votes for its two most probable strings, with a weight by its
 * score.
 *
 *     probability of a string = sum over hypotheses of weight * probability of the string under the hypothesis
 *     weight = exp(score), normalised
 *
 * Threads: any, on different objects.
 */
#ifndef CORE_READ_NUMBER_VOTES_H
#define CORE_READ_NUMBER_VOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/number/number_reader.h"

/* Two polarities with each of the five hypotheses of core/read/number_planes.c. */
#define NUMBER_VOTES_MAX 10

struct number_string {
    uint8_t digits[NUMBER_DIGITS_MAX]; /* 0 to 9 each */
    size_t count;
    double probability; /* under its hypothesis */
};

struct number_vote {
    struct number_string first, second;
    unsigned steps; /* of the hypothesis: bits of enum digit_step */
    double score;
};

struct number_votes {
    struct number_vote items[NUMBER_VOTES_MAX];
    size_t count;
};

/* Adds the vote of a reading; there must be room. */
void number_votes_add(struct number_votes *votes, const struct number_reading *reading,
                      unsigned steps, double score);

/*
 * The probability of a string over all votes, 0 to 1; 0 without votes. Without `seconds`, only the votes' first strings
 * count: the weights were fitted so, and a wrong plane's second string says little about a right one.
 */
double number_votes_probability(const struct number_votes *votes,
                                const struct number_string *string, bool seconds);

/*
 * The index of the vote whose first string is the most probable one; of several votes for it, that with the highest
 * score. There is at least one vote.
 */
size_t number_votes_winner(const struct number_votes *votes);

/* The most probable string but the first one of `winner`; NULL if there is none. */
const struct number_string *number_votes_second(const struct number_votes *votes, size_t winner);

#endif
