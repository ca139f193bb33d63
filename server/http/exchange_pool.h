/*
 * Completed exchanges for reuse, with the memory that their bodies and answers have grown to. After
 * the first requests a worker therefore allocates nothing for a request of usual size.
 * Threads: one worker's.
 */
#ifndef SERVER_HTTP_EXCHANGE_POOL_H
#define SERVER_HTTP_EXCHANGE_POOL_H

#include <stddef.h>

struct exchange;

struct exchange_pool {
    struct exchange *first; /* the one given back last */
    size_t count;
};

/*
 * An exchange that is zeroed, except that its body and reply may have memory from an earlier use;
 * NULL if there is no memory.
 */
struct exchange *exchange_pool_take(struct exchange_pool *pool);

/*
 * Gives an exchange back. The pool frees large bodies and answers, and exchanges beyond its size.
 */
void exchange_pool_give(struct exchange_pool *pool, struct exchange *exchange);

/* Frees the exchanges in the pool; a zeroed pool is allowed. */
void exchange_pool_release(struct exchange_pool *pool);

#endif
