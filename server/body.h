/*
 * A request's body as it arrives, held to a limit and, where it is not small, to what all bodies may
 * take together. What passes either is counted and not kept, and what was kept before is freed.
 * Threads: one at a time for each body.
 */
#ifndef SERVER_BODY_H
#define SERVER_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct budget;

/* Room that no budget is asked for, nor given back. */
#define BODY_SMALL_BYTES 12288

struct body {
    uint8_t *bytes; /* [size]; owned; NULL while nothing was kept */
    size_t size;
    size_t capacity;
    size_t limit_bytes;
    struct budget *budget; /* of all bodies; borrowed */
    size_t taken_bytes;    /* from it */
    size_t received_bytes; /* kept or not */
    bool too_large;        /* the limit was passed */
    bool no_memory;        /* an allocation failed: nothing is kept either */
    bool over_budget;      /* nor where all bodies would take too much together */
};

/* Makes an empty body. Allocates nothing. `body` is zeroed, or was one before, whose memory, at most
 * BODY_SMALL_BYTES, serves again. `budget` outlives it. */
void body_init(struct body *body, size_t limit_bytes, struct budget *budget);

/* Frees what was kept and gives back what it took from the budget; the counts stay. */
void body_release(struct body *body);

/* Makes room for a body that announces `size` bytes, so that it is not moved as it grows. */
void body_expect(struct body *body, size_t size);

void body_append(struct body *body, const void *bytes, size_t size);

#endif
