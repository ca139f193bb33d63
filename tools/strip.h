/*
 * Pictures side by side in one PNG (W3C PNG, third edition), by libpng.
 * Threads: any.
 */
#ifndef TOOLS_STRIP_H
#define TOOLS_STRIP_H

#include <stddef.h>

#include <digit/status.h>

#include "core/preprocess/plane.h"

/* Each picture, as large as fits, has a square of this side, its outline included. */
#define STRIP_PANEL_PX 112
#define STRIP_GAP_PX   6

/*
 * Writes `count` pictures, at least 1, into a grey PNG at `path`, in a row, each in the middle of its
 * square and in a thin outline; transparent around them, and where a picture's `pixels` is NULL. Larger
 * pictures become smaller by means, smaller ones larger by repetition. Errors: NO_MEMORY; IO, with libpng's
 * reason.
 */
DIGIT_MUST_CHECK enum digit_status strip_write(const char *path, const struct plane *pictures,
                                               size_t count, struct digit_error *error);

#endif
