#include "server/http/exchange_pool.h"

#include <stdlib.h>

#include "server/http/exchange.h"

/* Exchanges that are kept, and bytes of the body and of the answer of each: 1.5 MiB a worker. */
#define MAX_KEPT       64
#define MAX_KEPT_BYTES BODY_SMALL_BYTES

struct exchange *exchange_pool_take(struct exchange_pool *pool)
{
    struct exchange *exchange = pool->first;
    if (exchange == NULL)
        return calloc(1, sizeof *exchange);
    pool->first = exchange->next;
    pool->count--;
    exchange->next = NULL;
    return exchange;
}

static void destroy_exchange(struct exchange *exchange)
{
    body_release(&exchange->body);
    reply_release(&exchange->reply);
    free(exchange);
}

void exchange_pool_give(struct exchange_pool *pool, struct exchange *exchange)
{
    if (pool->count == MAX_KEPT) {
        destroy_exchange(exchange);
        return;
    }
    if (exchange->body.capacity > MAX_KEPT_BYTES)
        body_release(&exchange->body);
    if (exchange->reply.body.capacity > MAX_KEPT_BYTES)
        reply_release(&exchange->reply);
    struct body body = {.bytes = exchange->body.bytes, .capacity = exchange->body.capacity};
    struct text text = exchange->reply.body;
    *exchange = (struct exchange){.body = body, .reply.body = text, .next = pool->first};
    pool->first = exchange;
    pool->count++;
}

void exchange_pool_release(struct exchange_pool *pool)
{
    while (pool->first != NULL) {
        struct exchange *exchange = pool->first;
        pool->first = exchange->next;
        destroy_exchange(exchange);
    }
    pool->count = 0;
}
