#include "server/http/body.h"
#include "server/http/budget.h"

#include "tests/test.h"

/* With these options an allocation that is too large fails under a sanitizer as it does without. */
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

static struct budget budget = {.limit_bytes = SIZE_MAX};

TEST(body_keeps_what_fits_the_limit_exactly)
{
    struct body body = {0};
    body_init(&body, 10000, &budget);
    for (int i = 0; i < 1000; i++)
        body_append(&body, "0123456789", 10);
    assert_int_equal(body.refusal, BODY_NOT_REFUSED);
    assert_int_equal(body.size, 10000);
    assert_memory_equal(body.bytes + 9990, "0123456789", 10);
    body_release(&body);
}

TEST(body_keeps_nothing_once_it_is_too_large)
{
    struct body body = {0};
    body_init(&body, 9, &budget);
    body_append(&body, "01234", 5);
    body_append(&body, "56789", 5);
    assert_int_equal(body.refusal, BODY_TOO_LARGE);
    assert_null(body.bytes);
    body_append(&body, "x", 1);
    assert_null(body.bytes);
    assert_int_equal(body.size, 0);
    assert_int_equal(body.received_bytes, 11);
}

TEST(body_expect_decides_before_a_byte_has_come)
{
    struct body body = {0};
    body_init(&body, 9, &budget);
    body_expect(&body, 10);
    assert_int_equal(body.refusal, BODY_TOO_LARGE);
    body_release(&body);
    body_init(&body, 9, &budget);
    body_expect(&body, 9);
    assert_int_equal(body.refusal, BODY_NOT_REFUSED);
    body_append(&body, "012345678", 9);
    assert_int_equal(body.size, 9);
    body_release(&body);
}

TEST(body_notes_that_there_is_no_memory)
{
    /* As if so much had come. */
    struct body body = {0};
    body_init(&body, SIZE_MAX, &budget);
    body.size = body.capacity = SIZE_MAX / 2;
    body_append(&body, "x", 1);
    assert_int_equal(body.refusal, BODY_NO_MEMORY);
    assert_null(body.bytes);
    body_append(&body, "x", 1);
    assert_null(body.bytes);
    assert_int_equal(body.received_bytes, 2);
    assert_int_equal(atomic_load(&budget.taken_bytes), 0);
}

static size_t taken_bytes(void)
{
    return atomic_load(&budget.taken_bytes);
}

TEST(small_bodies_take_nothing_from_the_budget)
{
    static const uint8_t bytes[BODY_SMALL_BYTES];
    struct body body = {0};
    body_init(&body, SIZE_MAX, &budget);
    body_expect(&body, BODY_SMALL_BYTES);
    body_append(&body, bytes, BODY_SMALL_BYTES);
    assert_int_equal(taken_bytes(), 0);
    body_release(&body);
}

#define BIG ((size_t)8 << 20)

TEST(what_is_announced_takes_nothing)
{
    struct body bodies[8] = {{0}};
    for (size_t i = 0; i < 8; i++) {
        body_init(&bodies[i], BIG, &budget);
        body_expect(&bodies[i], BIG);
        body_append(&bodies[i], "x", 1);
        assert_int_equal(bodies[i].refusal, BODY_NOT_REFUSED);
        assert_true(bodies[i].capacity <= BODY_SMALL_BYTES);
    }
    assert_int_equal(taken_bytes(), 0);
    for (size_t i = 0; i < 8; i++)
        body_release(&bodies[i]);
}

/* Appends `total` bytes in pieces that do not divide it; returns how often the memory grew. */
static size_t append_in_pieces(struct body *body, size_t total)
{
    static const uint8_t piece[10007];
    size_t growths = 0;
    while (body->size < total) {
        size_t before = body->capacity;
        size_t left = total - body->size;
        body_append(body, piece, left < sizeof piece ? left : sizeof piece);
        assert_int_equal(body->refusal, BODY_NOT_REFUSED);
        assert_true(body->capacity <= BODY_SMALL_BYTES || body->capacity <= 2 * body->size);
        growths += body->capacity != before;
    }
    return growths;
}

TEST(memory_grows_with_what_has_come_and_ends_at_what_was_announced)
{
    struct body body = {0};
    body_init(&body, 2 * BIG, &budget);
    body_expect(&body, BIG + 1);
    assert_true(append_in_pieces(&body, BIG + 1) <= 12);
    assert_int_equal(body.capacity, BIG + 1);
    assert_int_equal(taken_bytes(), BIG + 1);
    body_release(&body);
    assert_int_equal(taken_bytes(), 0);
}

TEST(more_than_was_announced_is_kept_up_to_the_limit)
{
    struct body body = {0};
    body_init(&body, 3 * BODY_SMALL_BYTES, &budget);
    body_expect(&body, 10);
    append_in_pieces(&body, 3 * BODY_SMALL_BYTES);
    body_append(&body, "x", 1);
    assert_int_equal(body.refusal, BODY_TOO_LARGE);
}

TEST(larger_ones_take_all_their_room_and_give_it_back)
{
    static const uint8_t bytes[5 * BODY_SMALL_BYTES];
    struct body announced = {0}, chunked = {0};
    body_init(&announced, sizeof bytes, &budget);
    body_init(&chunked, sizeof bytes, &budget);
    body_expect(&announced, sizeof bytes);
    body_append(&announced, bytes, sizeof bytes);
    assert_int_equal(taken_bytes(), sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i += BODY_SMALL_BYTES)
        body_append(&chunked, bytes, BODY_SMALL_BYTES);
    assert_int_equal(taken_bytes(), sizeof bytes + chunked.capacity);
    body_append(&chunked, bytes, 1); /* too large */
    assert_int_equal(taken_bytes(), sizeof bytes);
    body_release(&announced);
    body_release(&announced);
    assert_int_equal(taken_bytes(), 0);
}

TEST(a_body_over_the_budget_is_not_kept)
{
    static const uint8_t bytes[BODY_SMALL_BYTES + 1];
    struct budget small = {.limit_bytes = BODY_SMALL_BYTES};
    struct body announced = {0}, chunked = {0};
    body_init(&announced, SIZE_MAX, &small);
    body_expect(&announced, sizeof bytes);
    assert_int_equal(announced.refusal, BODY_NOT_REFUSED);
    body_append(&announced, bytes, sizeof bytes);
    assert_int_equal(announced.refusal, BODY_OVER_BUDGET);
    assert_null(announced.bytes);
    body_init(&chunked, SIZE_MAX, &small);
    body_append(&chunked, bytes, 1000);
    assert_int_equal(chunked.refusal, BODY_NOT_REFUSED);
    body_append(&chunked, bytes, sizeof bytes);
    assert_int_equal(chunked.refusal, BODY_OVER_BUDGET);
    body_append(&chunked, bytes, 1);
    assert_null(chunked.bytes);
    assert_int_equal(chunked.received_bytes, 1001 + sizeof bytes);
    assert_int_equal(atomic_load(&small.taken_bytes), 0);
}

TEST_MAIN(cmocka_unit_test(body_keeps_what_fits_the_limit_exactly),
          cmocka_unit_test(body_keeps_nothing_once_it_is_too_large),
          cmocka_unit_test(body_expect_decides_before_a_byte_has_come),
          cmocka_unit_test(body_notes_that_there_is_no_memory),
          cmocka_unit_test(small_bodies_take_nothing_from_the_budget),
          cmocka_unit_test(what_is_announced_takes_nothing),
          cmocka_unit_test(memory_grows_with_what_has_come_and_ends_at_what_was_announced),
          cmocka_unit_test(more_than_was_announced_is_kept_up_to_the_limit),
          cmocka_unit_test(larger_ones_take_all_their_room_and_give_it_back),
          cmocka_unit_test(a_body_over_the_budget_is_not_kept))
