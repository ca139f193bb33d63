#include "core/image/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#define ALIGNMENT_BYTES alignof(max_align_t)

void *arena_take(struct digit_image_arena *arena, size_t size_bytes)
{
    if (arena == NULL || size_bytes > arena->size_bytes - arena->used_bytes)
        return malloc(size_bytes);
    void *block = arena->bytes + arena->used_bytes;
    size_t left_bytes = arena->size_bytes - arena->used_bytes;
    size_t taken_bytes = (size_bytes + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
    arena->used_bytes += taken_bytes < left_bytes ? taken_bytes : left_bytes;
    return block;
}

void arena_give(const struct digit_image_arena *arena, void *block)
{
    uintptr_t at = (uintptr_t)block;
    uintptr_t first = arena != NULL ? (uintptr_t)arena->bytes : 0;
    if (arena == NULL || at < first || at - first >= arena->size_bytes)
        free(block);
}
