#include "core/image/arena.h"

#include <stdalign.h>
#include <string.h>

#include "tests/test.h"

#define ROOM_BYTES 100

static alignas(max_align_t) unsigned char room[ROOM_BYTES];

static int lies_in_room(const void *block)
{
    return (uintptr_t)block >= (uintptr_t)room && (uintptr_t)block < (uintptr_t)room + ROOM_BYTES;
}

TEST(blocks_lie_in_the_arena_as_long_as_they_fit)
{
    struct digit_image_arena arena = {.bytes = room, .size_bytes = ROOM_BYTES};
    unsigned char *first = arena_take(&arena, 33), *second = arena_take(&arena, 1);
    assert_true(lies_in_room(first) && lies_in_room(second));
    assert_true(second >= first + 33);
    assert_int_equal((uintptr_t)second % alignof(max_align_t), 0);
    unsigned char *large = arena_take(&arena, ROOM_BYTES), *rest = arena_take(&arena, 1);
    assert_false(lies_in_room(large));
    assert_true(lies_in_room(rest));
    memset(first, 1, 33);
    memset(large, 2, ROOM_BYTES);
    arena_give(&arena, second);
    arena_give(&arena, large);
    arena_give(&arena, first);
    arena_give(&arena, rest);
    arena_give(&arena, NULL);
}

TEST(the_last_byte_is_given_and_none_beyond)
{
    struct digit_image_arena arena = {.bytes = room, .size_bytes = ROOM_BYTES};
    void *all = arena_take(&arena, ROOM_BYTES), *more = arena_take(&arena, 1);
    assert_true(lies_in_room(all));
    assert_false(lies_in_room(more));
    assert_int_equal(arena.used_bytes, ROOM_BYTES);
    arena_give(&arena, more);
}

TEST(without_an_arena_memory_is_mallocs)
{
    void *block = arena_take(NULL, 10);
    assert_non_null(block);
    assert_false(lies_in_room(block));
    arena_give(NULL, block);
}

TEST_MAIN(cmocka_unit_test(blocks_lie_in_the_arena_as_long_as_they_fit),
          cmocka_unit_test(the_last_byte_is_given_and_none_beyond),
          cmocka_unit_test(without_an_arena_memory_is_mallocs))
