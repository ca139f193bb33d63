/*
 * A limit on memory that is shared: on the bytes that all request bodies being received take
 * together.
 *
 *     struct budget budget = {.limit_bytes = 67108864};
 *     if (budget_take(&budget, 8192))
 *         budget_give(&budget, 8192);
 *
 * Threads: any.
 */
#ifndef SERVER_HTTP_BUDGET_H
#define SERVER_HTTP_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct budget {
    atomic_size_t taken_bytes;
    atomic_size_t limit_bytes; /* may change; what has been taken stays taken */
};

/* Takes `bytes`. False, and nothing is taken, if the limit does not leave so many. */
bool budget_take(struct budget *budget, size_t bytes);

/* Gives back bytes that were taken. */
void budget_give(struct budget *budget, size_t bytes);

#endif
