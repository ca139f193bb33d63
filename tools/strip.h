/*
 * Writes pictures side by side into one PNG (W3C PNG, third edition) with libpng.
 * Threads: any.
 */
#ifndef TOOLS_STRIP_H
#define TOOLS_STRIP_H

#include <stddef.h>

#include <digit/status.h>

#include "core/preprocess/plane.h"

/* Side of the square panel of each picture, its outline included, and the gap between panels. */
#define STRIP_PANEL_PX 112
#define STRIP_GAP_PX   6

/*
 * Writes `count` pictures, at least 1, in a row into a grey-and-alpha PNG at `path`. Each picture is
 * scaled to fit its panel, centred and outlined; the rest of a panel is transparent, and so is the panel
 * of a picture whose `pixels` is NULL. Reducing takes means, enlarging repeats pixels. Errors:
 * NO_MEMORY; IO, with libpng's reason.
 */
DIGIT_MUST_CHECK enum digit_status strip_write(const char *path, const struct plane *pictures,
                                               size_t count, struct digit_error *error);

#endif
