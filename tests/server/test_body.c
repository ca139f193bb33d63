#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/body.h"

/* Under a sanitizer an allocation that cannot be made fails, as it does without. */
const char *__asan_default_options(void);
const char *__tsan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

const char *__tsan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void body_keeps_what_fits_the_limit_exactly(void **state)
{
    (void)state;
    struct body body = {0};
    body_init(&body, 10000);
    for (int i = 0; i < 1000; i++)
        body_append(&body, "0123456789", 10);
    assert_false(body.too_large);
    assert_int_equal(body.size, 10000);
    assert_memory_equal(body.bytes + 9990, "0123456789", 10);
    body_release(&body);
}

static void body_keeps_nothing_once_it_is_too_large(void **state)
{
    (void)state;
    struct body body = {0};
    body_init(&body, 9);
    body_append(&body, "01234", 5);
    body_append(&body, "56789", 5);
    assert_true(body.too_large);
    assert_null(body.bytes);
    body_append(&body, "x", 1);
    assert_null(body.bytes);
    assert_int_equal(body.size, 0);
    assert_int_equal(body.received_bytes, 11);
}

static void body_expect_decides_before_a_byte_has_come(void **state)
{
    (void)state;
    struct body body = {0};
    body_init(&body, 9);
    body_expect(&body, 10);
    assert_true(body.too_large);
    body_release(&body);
    body_init(&body, 9);
    body_expect(&body, 9);
    assert_false(body.too_large);
    assert_int_equal(body.capacity, 9);
    body_append(&body, "012345678", 9);
    assert_int_equal(body.size, 9);
    assert_int_equal(body.capacity, 9);
    body_release(&body);
}

static void body_notes_that_there_is_no_memory(void **state)
{
    (void)state;
    struct body body = {0};
    body_init(&body, SIZE_MAX);
    body_expect(&body, SIZE_MAX / 2 + 1);
    assert_true(body.no_memory);
    body_append(&body, "x", 1);
    assert_null(body.bytes);
    assert_int_equal(body.received_bytes, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(body_keeps_what_fits_the_limit_exactly),
        cmocka_unit_test(body_keeps_nothing_once_it_is_too_large),
        cmocka_unit_test(body_expect_decides_before_a_byte_has_come),
        cmocka_unit_test(body_notes_that_there_is_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
