#include "server/http/body.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "server/http/budget.h"

#define FIRST_CAPACITY 4096

void body_init(struct body *body, size_t limit_bytes, struct budget *budget)
{
    *body = (struct body){.bytes = body->bytes,
                          .capacity = body->capacity,
                          .limit_bytes = limit_bytes,
                          .budget = budget};
}

void body_release(struct body *body)
{
    free(body->bytes);
    if (body->taken_bytes > 0)
        budget_give(body->budget, body->taken_bytes);
    body->taken_bytes = 0;
    body->bytes = NULL;
    body->size = 0;
    body->capacity = 0;
}

/* Frees what was kept. */
static void refuse_body(struct body *body, enum body_refusal refusal)
{
    body->refusal = refusal;
    body_release(body);
}

/*
 * Takes what the body needs from the budget to grow to `capacity` bytes; false if there is too
 * little.
 */
static bool take_from_budget(struct body *body, size_t capacity)
{
    if (capacity <= BODY_SMALL_BYTES)
        return true;
    if (!budget_take(body->budget, capacity - body->taken_bytes))
        return false;
    body->taken_bytes = capacity;
    return true;
}

/* Makes room for `capacity` bytes, more than before, or refuses the body. */
static void reserve_bytes(struct body *body, size_t capacity)
{
    if (!take_from_budget(body, capacity)) {
        refuse_body(body, BODY_OVER_BUDGET);
        return;
    }
    uint8_t *bytes = realloc(body->bytes, capacity);
    if (bytes == NULL) {
        refuse_body(body, BODY_NO_MEMORY);
        return;
    }
    body->bytes = bytes;
    body->capacity = capacity;
}

void body_expect(struct body *body, size_t size)
{
    if (size > body->limit_bytes)
        refuse_body(body, BODY_TOO_LARGE);
    else
        body->expected_bytes = size;
}

/*
 * Doubles the capacity until `needed` bytes, at most the limit, fit, but not beyond the bytes that
 * are expected: a body takes at most twice what has come, and in the end no more than it has.
 */
static void grow_to(struct body *body, size_t needed)
{
    size_t most = needed <= body->expected_bytes ? body->expected_bytes : body->limit_bytes;
    size_t capacity = body->capacity == 0 ? FIRST_CAPACITY : body->capacity;
    while (capacity < needed)
        capacity = capacity > most / 2 ? most : 2 * capacity;
    reserve_bytes(body, capacity);
}

void body_append(struct body *body, const void *bytes, size_t size)
{
    body->received_bytes += size;
    if (size > body->limit_bytes - body->size)
        refuse_body(body, BODY_TOO_LARGE);
    if (body->refusal == BODY_NOT_REFUSED && size > body->capacity - body->size)
        grow_to(body, body->size + size);
    if (body->refusal != BODY_NOT_REFUSED)
        return;
    memcpy(body->bytes + body->size, bytes, size);
    body->size += size;
}
