#include "server/body.h"

#include <stdlib.h>
#include <string.h>

#include "server/budget.h"

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

/* Whether nothing is kept of it any more. */
static bool is_refused(const struct body *body)
{
    return body->too_large || body->no_memory || body->over_budget;
}

/* Takes what room for `capacity` bytes needs from the budget, or notes that it does not have it. */
static bool take_from_budget(struct body *body, size_t capacity)
{
    if (capacity <= BODY_SMALL_BYTES)
        return true;
    body->over_budget = !budget_take(body->budget, capacity - body->taken_bytes);
    if (!body->over_budget)
        body->taken_bytes = capacity;
    return !body->over_budget;
}

/* Makes room for `capacity` bytes, at most the limit and more than before, or notes why there is
 * none. */
static void reserve(struct body *body, size_t capacity)
{
    if (!take_from_budget(body, capacity)) {
        body_release(body);
        return;
    }
    uint8_t *bytes = realloc(body->bytes, capacity);
    if (bytes == NULL) {
        body->no_memory = true;
        body_release(body);
        return;
    }
    body->bytes = bytes;
    body->capacity = capacity;
}

void body_expect(struct body *body, size_t size)
{
    if (size > body->limit_bytes)
        body->too_large = true;
    else if (size > body->capacity)
        reserve(body, size);
}

/* Doubles the room until `needed` bytes, at most the limit, fit. */
static void grow(struct body *body, size_t needed)
{
    size_t capacity = body->capacity == 0 ? FIRST_CAPACITY : body->capacity;
    while (capacity < needed)
        capacity = capacity > body->limit_bytes / 2 ? body->limit_bytes : 2 * capacity;
    reserve(body, capacity);
}

void body_append(struct body *body, const void *bytes, size_t size)
{
    body->received_bytes += size;
    if (size > body->limit_bytes - body->size)
        body->too_large = true;
    if (is_refused(body)) {
        body_release(body);
        return;
    }
    if (size > body->capacity - body->size)
        grow(body, body->size + size);
    if (is_refused(body))
        return;
    memcpy(body->bytes + body->size, bytes, size);
    body->size += size;
}
