/*
 * Memory for one decoding: taken from an arena as long as there is room in it, else from malloc.
 * Threads: any, on different arenas.
 */
#ifndef CORE_IMAGE_ARENA_H
#define CORE_IMAGE_ARENA_H

#include <stddef.h>

#include <digit/image.h>

/* `size_bytes` bytes for any type; NULL without memory. `arena` NULL is one without room. */
void *arena_take(struct digit_image_arena *arena, size_t size_bytes);

/* Gives back what arena_take gave, in any order; NULL is taken. What lies in the arena stays there
 * until it is emptied. */
void arena_give(const struct digit_image_arena *arena, void *block);

#endif
