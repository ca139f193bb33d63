/*
 * Candidates: runs of pieces that may be one digit, and the picture of each for the network.
 * Threads: any, each with its own memory.
 */
#ifndef CORE_NUMBER_CANDIDATES_H
#define CORE_NUMBER_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>

#include "core/number/limits.h"
#include "core/number/pieces.h"
#include "core/number/text_lines.h"
#include "core/preprocess/crop.h"
#include "core/preprocess/plane.h"
#include "core/preprocess/stroke.h"

/* Pixels of the plane that all candidates together may cover: 4 ms. */
#define CANDIDATE_PIXELS_MAX (16 * PLANE_PIXELS_MAX)

struct candidate {
    uint16_t first; /* piece */
    uint16_t end;   /* the piece after the last */
    struct box box; /* in pixels of the plane */
    uint64_t mass;
    uint64_t area;    /* sums over its pieces */
    uint64_t outline; /* sums over its pieces */
};

struct candidates {
    struct candidate items[NUMBER_CANDIDATES_MAX]; /* by their first piece, then by their last */
    size_t count;
};

struct candidates_scratch {
    struct stroke_scratch stroke;
    uint8_t pixels[CROP_PIXELS_MAX];
};

/*
 * Lists the runs of 1 to `pieces_max` pieces of a line whose size may be that of a digit: the longer side at least a
 * quarter of the line's height, not wider than 1.6 of it nor higher than 2.2, and without a gap of more than a third.
 * Returns false if there are more than `max_candidates` (1 to NUMBER_CANDIDATES_MAX), or if they cover more than
 * CANDIDATE_PIXELS_MAX pixels; the first ones are listed then.
 */
bool candidates_find(struct candidates *out, const struct pieces *pieces,
                     const struct text_lines *lines, size_t pieces_max, size_t max_candidates);

/*
 * Whether a candidate may share its first piece with the digit before it, as where the strokes of two digits coincide:
 * the piece is cut off on both sides.
 */
bool candidate_may_share(const struct candidate *candidate, const struct pieces *pieces);

/*
 * MNIST-normalises a candidate, as core/preprocess/ does with one digit: the pixels of its pieces and of no others, the
 * strokes made as thick as MNIST's, in the middle of out, [28][28]. `stroke_px` is the strokes' width in 1/100 px of
 * the plane.
 */
void candidate_render(uint8_t out[DIGIT_PIXELS], const struct candidate *candidate,
                      const struct plane *plane, const uint16_t *labels, uint32_t stroke_px,
                      struct candidates_scratch *scratch);

#endif
