/*
 * Exchanges that are done with and serve again, with the memory that bodies and answers grew into: a
 * worker that has warmed up allocates nothing for a request of a usual size.
 * Threads: one worker's.
 */
#ifndef SERVER_HTTP_EXCHANGE_POOL_H
#define SERVER_HTTP_EXCHANGE_POOL_H

#include <stddef.h>

struct exchange;

struct exchange_pool {
    struct exchange *first; /* the last that came back */
    size_t count;
};

/* An exchange that is zeroed but for memory that its body and reply may use; NULL without memory. */
struct exchange *exchange_pool_take(struct exchange_pool *pool);

/* Takes one back. Of many, and of large bodies and answers, the memory is freed. */
void exchange_pool_give(struct exchange_pool *pool, struct exchange *exchange);

/* Frees what came back; a zeroed pool is taken. */
void exchange_pool_release(struct exchange_pool *pool);

#endif
