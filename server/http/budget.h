/*
 * Bytes that many have in common, such as the memory of all bodies that are on their way.
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
    size_t limit_bytes;
};

/* Takes all of `bytes`, or, where the limit does not leave so many, none: false. */
bool budget_take(struct budget *budget, size_t bytes);

/* Gives back what was taken. */
void budget_give(struct budget *budget, size_t bytes);

#endif
