#include "server/http/exchange_pool.h"

#include <string.h>

#include "server/http/budget.h"
#include "server/http/exchange.h"
#include "tests/test.h"

static struct budget budget = {.limit_bytes = SIZE_MAX};

/* Takes an exchange and gives it a body and an answer of `size` bytes each. */
static struct exchange *use(struct exchange_pool *pool, size_t size)
{
    static const char bytes[100000];
    struct exchange *exchange = exchange_pool_take(pool);
    assert_non_null(exchange);
    reply_init(&exchange->reply, "id");
    body_init(&exchange->body, sizeof bytes, &budget);
    body_append(&exchange->body, bytes, size);
    text_append_bytes(&exchange->reply.body, bytes, size);
    exchange->counted = true;
    return exchange;
}

TEST(an_exchange_serves_again_with_its_memory)
{
    struct exchange_pool pool = {0};
    struct exchange *first = use(&pool, 1000);
    const uint8_t *body = first->body.bytes;
    const char *chars = first->reply.body.chars;
    exchange_pool_give(&pool, first);
    struct exchange *second = exchange_pool_take(&pool);
    assert_ptr_equal(second, first);
    assert_false(second->counted);
    assert_null(second->next);
    assert_int_equal(second->body.size, 0);
    assert_int_equal(second->body.received_bytes, 0);
    exchange_pool_give(&pool, second);
    second = use(&pool, 1000);
    assert_ptr_equal(second->body.bytes, body);
    assert_ptr_equal(second->reply.body.chars, chars);
    assert_int_equal(second->body.size, 1000);
    assert_int_equal(second->reply.body.size, 1000);
    exchange_pool_give(&pool, second);
    exchange_pool_release(&pool);
    exchange_pool_release(&pool);
}

TEST(large_memory_is_not_kept)
{
    struct exchange_pool pool = {0};
    struct exchange *exchange = use(&pool, 100000);
    exchange_pool_give(&pool, exchange);
    assert_null(exchange->body.bytes);
    assert_null(exchange->reply.body.chars);
    assert_int_equal(exchange->body.capacity, 0);
    exchange_pool_release(&pool);
}

TEST(no_more_than_some_are_kept)
{
    struct exchange_pool pool = {0};
    struct exchange *exchanges[100];
    for (size_t i = 0; i < 100; i++)
        exchanges[i] = use(&pool, 10);
    for (size_t i = 0; i < 100; i++)
        exchange_pool_give(&pool, exchanges[i]);
    assert_int_equal(pool.count, 64);
    exchange_pool_release(&pool);
    assert_int_equal(pool.count, 0);
    assert_null(pool.first);
}

TEST_MAIN(cmocka_unit_test(an_exchange_serves_again_with_its_memory),
          cmocka_unit_test(large_memory_is_not_kept), cmocka_unit_test(no_more_than_some_are_kept))
