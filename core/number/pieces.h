/*
 * The pieces of which digits are made: components, and parts of components between seams. A digit is a run of pieces
 * that follow each other within a line.
 * Threads: any, each with its own memory.
 */
#ifndef CORE_NUMBER_PIECES_H
#define CORE_NUMBER_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/number/seams.h"
#include "core/number/text_lines.h"
#include "core/preprocess/components.h"
#include "core/preprocess/measure.h"
#include "core/preprocess/plane.h"

#define PIECES_MAX (2 * COMPONENTS_MAX)
#define PIECE_NONE UINT16_MAX

struct piece {
    struct box box;    /* in pixels of the plane */
    uint64_t mass;     /* sum of its pixels' levels */
    uint64_t moment_x; /* sum of level * column */
    uint32_t area;     /* pixels of at least FOREGROUND_EDGE */
    /* Pixel sides between those and pixels below FOREGROUND_EDGE; cuts are no outline. */
    uint32_t outline;
    uint16_t line;
    uint16_t component;
    /* The pieces that a seam parts from it, PIECE_NONE if there are none, and the ink that each seam crosses, in 1/100
     * of a stroke's width. */
    uint16_t left;
    uint16_t right;
    uint16_t ink_left;
    uint16_t ink_right;
    uint8_t crossings_left; /* strokes that each seam crosses */
    uint8_t crossings_right;
};

struct pieces {
    /* Line by line; in a line from left to right by centres of mass. */
    struct piece items[PIECES_MAX];
    size_t count;
    size_t first_of_line[NUMBER_LINES_MAX + 1]; /* one more than lines: the count */
    uint32_t stroke_px[NUMBER_LINES_MAX]; /* width of a line's strokes, in 1/100 px; at least 1 */
    /* [PLANE_PIXELS_MAX], the caller's: the piece of each pixel of the plane, or PIECE_NONE. */
    uint16_t *labels;
};

struct pieces_scratch {
    struct seams_scratch seams;
    struct seams found;
    uint32_t of_runs[RUNS_MAX];           /* runs sorted by component */
    size_t first_run[COMPONENTS_MAX + 2]; /* the first of each component's in `of_runs` */
    /* The seams of all components, component by component, from left to right. */
    struct seam_kept {
        uint16_t columns[PLANE_SIDE_MAX_PX];
        uint16_t ink;
        uint16_t component;
        uint8_t crossings;
    } kept[COMPONENTS_MAX];
    size_t kept_count;
};

/*
 * Finds the seams of all components that are in a line. They are kept in the scratch memory, for pieces_cut. Sets
 * `out->stroke_px`. The first seams that are found are kept if there are more than COMPONENTS_MAX.
 */
void pieces_find_seams(struct pieces *out, const struct plane *plane,
                       const struct components *components, const struct text_lines *lines,
                       struct pieces_scratch *scratch);

/*
 * Cuts the components along those seams that cross at most `ink_max` (in 1/100 of a stroke's width), and writes all
 * of `out`, whose `labels` the caller has set. A seam that would leave a piece smaller than a square of the stroke's
 * width is not used.
 */
void pieces_cut(struct pieces *out, const struct plane *plane, const struct components *components,
                const struct text_lines *lines, uint32_t ink_max, struct pieces_scratch *scratch);

#endif
