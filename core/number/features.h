/*
 * Features of a candidate as a digit of its line, and of a piece that is left out. Lengths are shares of the line's
 * height; the ink that a seam crosses is in strokes.
 * Threads: any.
 */
#ifndef CORE_NUMBER_FEATURES_H
#define CORE_NUMBER_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/context.h>

#include "core/number/candidates.h"
#include "core/number/pieces.h"
#include "core/number/text_lines.h"
#include "core/preprocess/plane.h"

/* Of a candidate, whichever digit it is. "Below" and "above" a limit: by how much, 0 on the other side. */
enum candidate_feature {
    CANDIDATE_IS_DIGIT,   /* 1 */
    CANDIDATE_CONFIDENCE, /* logarithm of the largest probability, at least -2.5 */
    CANDIDATE_DOUBT,      /* 1 - the largest probability */
    CANDIDATE_CUTS,       /* seams that part it from pieces outside */
    CANDIDATE_CUT_INK,    /* ink of those */
    CANDIDATE_CROSSINGS,  /* strokes that those cross beyond one each */
    CANDIDATE_ODDS,       /* logarithm of the odds of the likeliest digit, -2 to 9, in tenths */
    CANDIDATE_HEIGHT,     /* logarithm of its height, -2 to 1 */
    CANDIDATE_ASPECT,     /* logarithm of width over height, -2 to 1.5 */
    CANDIDATE_INK, /* logarithm of its ink over that of a stroke as long as the line is high, -3 to 3 */
    CANDIDATE_UNCUT, /* seams inside that cross less than one and a half strokes: 1.5 - ink, summed */
    CANDIDATE_UNITED,     /* components in it beyond the first */
    CANDIDATE_GAPS,       /* empty columns between its pieces */
    CANDIDATE_LOW,        /* height below 0.8: its logarithm, summed with the next */
    CANDIDATE_VERY_LOW,   /* height below 0.5 */
    CANDIDATE_HIGH,       /* height above 1.2 */
    CANDIDATE_RAISED,     /* its bottom edge above the line's by more than 0.1 */
    CANDIDATE_LOWERED,    /* its top edge below the line's by more than 0.1 */
    CANDIDATE_OUTSIDE,    /* its centre off the line's by more than 0.3 */
    CANDIDATE_WIDE,       /* width over height above 1: its logarithm, summed with the next */
    CANDIDATE_VERY_WIDE,  /* width over height above 1.4 */
    CANDIDATE_LITTLE_INK, /* less than a stroke as long as the line is high: logarithm */
    CANDIDATE_MUCH_INK,   /* more than three such strokes: logarithm */
    CANDIDATE_AT_EDGE,    /* touches the plane's edge */
    CANDIDATE_OVERLAPPED, /* share of columns that it shares with the pieces before and after it, other than by a cut */
    CANDIDATE_DOUBTED_CUT, /* doubt times the cuts */
    CANDIDATE_DOUBTED_LOW, /* doubt times how low it is */
    CANDIDATE_SHARED,      /* 1 if its first piece is also the last one of the digit before */
    CANDIDATE_SHARED_INK, /* then, the logarithm of that piece's ink over that of a stroke as long as the line is high,
                              -3 to 3 */
    CANDIDATE_FEATURES,
};

/* Features of a candidate as a certain digit. */
enum class_feature {
    CLASS_PROBABILITY, /* logarithm of the digit's probability, at least -7 */
    CLASS_SHAPE, /* squared deviation of the logarithm of width over height from the digit's mean, at most 9 */
    CLASS_FEATURES,
};

/* Features of a piece that is dropped. */
enum drop_feature {
    DROP_IS_DROPPED, /* 1 */
    DROP_INK, /* logarithm of its ink over that of a stroke as long as the line is high, -4 to 1.5 */
    DROP_MUCH_INK,    /* the same plus 1.5, at least 0 */
    DROP_HEIGHT,      /* height above 0.3 */
    DROP_AT_EDGE,     /* touches the plane's edge */
    DROP_HEIGHT_EDGE, /* height above 0.3, if it touches the plane's edge */
    DROP_CUTS,        /* seams that part it from others */
    DROP_CUT_INK,     /* ink of those */
    DROP_LIKE_DIGIT, /* probability of the likeliest digit times height, of the piece as a candidate alone */
    DROP_OUTSIDE, /* its centre off the line's, above 0.4 */
    DROP_WIDE,    /* width over height above 1.5: logarithm */
    DROP_FEATURES,
};

/* Where candidates and pieces stand. */
struct features_context {
    const struct plane *plane;
    const struct pieces *pieces;
    const struct text_lines *lines;
};

/* `shared`: read together with a digit before it that ends with the candidate's first piece. */
void features_of_candidate(double out[CANDIDATE_FEATURES], const struct features_context *context,
                           const struct candidate *candidate,
                           const struct digit_prediction *prediction, bool shared);

void features_of_class(double out[CLASS_FEATURES], const struct candidate *candidate,
                       const struct digit_prediction *prediction, size_t digit);

/* `alone`: the prediction for the piece as a candidate of its own; NULL if it is too small for one. */
void features_of_drop(double out[DROP_FEATURES], const struct features_context *context,
                      size_t piece, const struct digit_prediction *alone);

#endif
