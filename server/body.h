/*
 * A request's body as it arrives, held to a limit. What passes the limit is counted and not kept,
 * and what was kept before is freed.
 * Threads: one at a time for each body.
 */
#ifndef SERVER_BODY_H
#define SERVER_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct body {
    uint8_t *bytes; /* [size]; owned; NULL while nothing was kept */
    size_t size;
    size_t capacity;
    size_t limit_bytes;
    size_t received_bytes; /* kept or not */
    bool too_large;        /* the limit was passed */
    bool no_memory;        /* an allocation failed: nothing is kept either */
};

/* Makes an empty body. Allocates nothing. `body` is zeroed, or was one before, whose memory serves
 * again. */
void body_init(struct body *body, size_t limit_bytes);

/* Frees what was kept; the counts stay. */
void body_release(struct body *body);

/* Makes room for a body that announces `size` bytes, so that it is not moved as it grows. */
void body_expect(struct body *body, size_t size);

void body_append(struct body *body, const void *bytes, size_t size);

#endif
