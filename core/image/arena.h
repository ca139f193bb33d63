/*
 * Memory for one decoding: from an arena while it has room, else from malloc.
 * Threads: any, on different arenas.
 */
#ifndef CORE_IMAGE_ARENA_H
#define CORE_IMAGE_ARENA_H

#include <stddef.h>

#include <digit/image.h>

/* Allocates `size_bytes` bytes, aligned for any type; NULL without memory. `arena` NULL: from malloc. */
void *arena_take(struct digit_image_arena *arena, size_t size_bytes);

/* Frees a block from arena_take; in any order; does nothing if `block` is NULL. Memory within the arena is
 * reused only after the arena is emptied. */
void arena_give(const struct digit_image_arena *arena, void *block);

#endif
