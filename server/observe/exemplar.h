/*
 * The latest value of a bucket and the request that it is of (an exemplar of OpenMetrics 1.0). One
 * thread writes it without waiting while any others read it: a sequence lock whose fields are all
 * atomic.
 *
 *     exemplar_write(&exemplar, request->id, 0.0004, clock_unix_ms());
 *     if (exemplar_read(&copy, &exemplar)) ...
 *
 * Threads: one at a time writes, any read.
 */
#ifndef SERVER_OBSERVE_EXEMPLAR_H
#define SERVER_OBSERVE_EXEMPLAR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXEMPLAR_LABEL "request_id"
/* OpenMetrics allows 128 characters for the names and values of an exemplar's labels together. */
#define EXEMPLAR_MAX_ID_LENGTH (128 - (sizeof EXEMPLAR_LABEL - 1))
#define EXEMPLAR_ID_WORDS      (EXEMPLAR_MAX_ID_LENGTH / sizeof(uint64_t) + 1)
#define EXEMPLAR_ID_BYTES      (EXEMPLAR_ID_WORDS * sizeof(uint64_t))

/* Zeroed, it has no value yet. */
struct exemplar {
    _Atomic uint64_t sequence; /* odd while it is being written; 0 before the first time */
    _Atomic uint64_t value;    /* the bits of a double */
    _Atomic uint64_t time_ms;
    _Atomic uint64_t id[EXEMPLAR_ID_WORDS]; /* NUL-terminated; what follows means nothing */
};

struct exemplar_copy {
    double value;
    uint64_t time_ms; /* since the Unix epoch */
    char id[EXEMPLAR_ID_BYTES];
};

/*
 * Replaces the exemplar. An `id` that is empty or longer than EXEMPLAR_MAX_ID_LENGTH is left out:
 * the exemplar stays as it was.
 */
void exemplar_write(struct exemplar *exemplar, const char *id, double value, uint64_t time_ms);

/*
 * Copies the exemplar. False if it has never been written, or if it was being written at each of a
 * few attempts.
 */
bool exemplar_read(struct exemplar_copy *out, const struct exemplar *exemplar);

#endif
