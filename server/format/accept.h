/*
 * Which of several media types the header Accept prefers (RFC 9110 sections 12.4.2 and 12.5.1).
 *
 *     static const char *const offers[] = {"text/plain; version=0.0.4", "application/json"};
 *     size_t chosen = accept_choose("application/json;q=0.5, text/plain;q=0.3", offers, 2);
 *
 * Threads: any.
 */
#ifndef SERVER_FORMAT_ACCEPT_H
#define SERVER_FORMAT_ACCEPT_H

#include <stddef.h>

/*
 * The index of the offer [count] that `accept` gives the highest weight, the first of them if
 * several have it. `count` if it accepts none. A NULL or blank `accept` accepts everything alike.
 * Offers are media types in lower case; of their parameters, `version` and `charset` count.
 *
 * The weight of an offer is that of the most specific media range that matches it: a range with
 * more of these parameters is more specific. A range does not match if the value of one of them
 * differs from the offer's, whatever the letter case. Other parameters do not matter: Prometheus 3
 * adds `escaping`, which asks for nothing that an answer without special names is not. A range that breaks the
 * grammar, is longer than ACCEPT_RANGE_BYTES or has a weight that is not 0 to 1 with at most three
 * decimals matches nothing.
 */
size_t accept_choose(const char *accept, const char *const *offers, size_t count);

#define ACCEPT_RANGE_BYTES 255

#endif
