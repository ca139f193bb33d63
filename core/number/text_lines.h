/*
 * Lines of writing: which components stand side by side, how high the digits of a line are and how it slopes.
 * Threads: any.
 */
#ifndef CORE_NUMBER_TEXT_LINES_H
#define CORE_NUMBER_TEXT_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "core/number/limits.h"
#include "core/preprocess/components.h"
#include "core/preprocess/plane.h"

#define TEXT_LINE_NONE NUMBER_LINES_MAX

struct text_line {
    size_t height_px; /* of a digit: median over the line's width */
    double middle_x;  /* the centre line goes through this point, in px of the plane */
    double middle_y;
    double slope;  /* px down for each px to the right */
    uint64_t mass; /* of the line's components */
};

struct text_lines {
    struct text_line items[NUMBER_LINES_MAX]; /* from top to bottom */
    size_t count;
    size_t found;                          /* lines; more than `count` if that is `max_lines` */
    uint16_t of_component[COMPONENTS_MAX]; /* line of each component; TEXT_LINE_NONE: dropped */
    size_t dropped;        /* components in no line: frames, shadows, ruled lines, lines too many */
    uint64_t dropped_mass; /* of those */
};

/*
 * Groups the components into at most `max_lines` (1 to NUMBER_LINES_MAX) lines of writing. `plane` is where they
 * were found.
 * - A component around another one of at least two fifths of its height is a frame and dropped. So is one
 *   that is longer than three digits and lies along an edge of the plane or is thin, and one that is higher than
 *   four. The height of a digit is here the median over all foreground.
 * - Components of at least a third of that height are a line if each overlaps its nearest neighbour vertically by at
 *   least two fifths of the lower one's height. Smaller ones belong to the nearest line.
 * If there are components, and not all are dropped, there is at least one line.
 */
void text_lines_find(struct text_lines *out, const struct components *components,
                     const struct plane *plane, size_t max_lines);

/* The y of the line's centre at column x, in px of the plane. */
double text_line_middle(const struct text_line *line, double x);

#endif
