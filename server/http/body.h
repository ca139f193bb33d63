/*
 * A request's body while it is received. Its memory grows with what has come. It is held to a limit
 * of its own and, unless it is small, to a budget that all bodies share. Bytes beyond either are
 * counted and dropped, and what was kept before is freed. Threads: one at a time for each body.
 */
#ifndef SERVER_HTTP_BODY_H
#define SERVER_HTTP_BODY_H

#include <stddef.h>
#include <stdint.h>

struct budget;

/* A body of up to so many bytes takes nothing from the budget. */
#define BODY_SMALL_BYTES 12288

/* Why nothing of a body is kept. */
enum body_refusal {
    BODY_NOT_REFUSED,
    BODY_TOO_LARGE,   /* it has more than limit_bytes */
    BODY_NO_MEMORY,   /* an allocation failed */
    BODY_OVER_BUDGET, /* all bodies together would take more than the budget */
};

struct body {
    uint8_t *bytes; /* [size]; owned; NULL while nothing is kept */
    size_t size;
    size_t capacity;
    size_t limit_bytes;
    size_t expected_bytes; /* by Content-Length; 0 if it is not known */
    struct budget *budget; /* of all bodies; borrowed */
    size_t taken_bytes;    /* from the budget */
    size_t received_bytes; /* kept or not */
    enum body_refusal refusal;
};

/*
 * Makes an empty body. Allocates nothing. `body` is zeroed, or a body that was used before: its
 * memory, of at most BODY_SMALL_BYTES, is used again. `budget` outlives the body.
 */
void body_init(struct body *body, size_t limit_bytes, struct budget *budget);

/* Frees what was kept and gives back what the body took from the budget; the counts stay. */
void body_release(struct body *body);

/*
 * Tells the body that its Content-Length is `size`, before a byte of it has come. Sets `refusal` if
 * it is larger than the limit. It takes no memory: what a client only announces costs nothing and
 * keeps nobody else out.
 */
void body_expect(struct body *body, size_t size);

/* Adds a piece to the body, or only counts it and sets `refusal` if the body cannot be kept. */
void body_append(struct body *body, const void *bytes, size_t size);

#endif
