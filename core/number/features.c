#include "core/number/features.h"

#include <math.h>
#include <stdbool.h>

#include "core/preprocess/compare.h"

#define CONFIDENCE_LOG_MIN  (-2.5)
#define PROBABILITY_LOG_MIN (-7.0)
#define SHAPE_MAX           9.0
#define INK_LOG_MIN         (-4.0)
#define INK_LOG_MAX         1.5

/* The logarithm of width over height of a digit's box. */
static const struct {
    double mean;
    double standard_deviation;
} shapes[DIGIT_CLASSES] = {
    /* of 1,500 of MNIST's training images for each digit */
    {-0.11, 0.20}, {-0.91, 0.47}, {-0.07, 0.23}, {-0.23, 0.22}, {-0.24, 0.21},
    {-0.06, 0.28}, {-0.34, 0.22}, {-0.28, 0.22}, {-0.29, 0.23}, {-0.40, 0.21},
};

static double least(double a, double b)
{
    return a < b ? a : b;
}

static double most(double a, double b)
{
    return a > b ? a : b;
}

/* By how much a value exceeds a limit. */
static double beyond(double value, double limit)
{
    return most(value - limit, 0);
}

static bool touches_edge(const struct box *box, const struct plane *plane)
{
    return box->left == 0 || box->top == 0 || box->right + 1 == plane->width_px ||
           box->bottom + 1 == plane->height_px;
}

/* The logarithm of an amount of ink, where a stroke as long as the line is high has 0. */
static double ink_log(uint64_t mass, const struct features_context *context, size_t line)
{
    double stroke = (double)context->pieces->stroke_px[line] / 100;
    double height = (double)context->lines->items[line].height_px;
    return log((double)mass / (255 * stroke * height));
}

/* Columns that two boxes share, as a share of the narrower one's. */
static double share_across(const struct box *a, const struct box *b)
{
    size_t first = larger(a->left, b->left);
    size_t end = smaller(a->right, b->right) + 1;
    if (end <= first)
        return 0;
    return (double)(end - first) / (double)smaller(box_width(a), box_width(b));
}

static bool is_inside(const struct candidate *candidate, size_t piece)
{
    return piece >= candidate->first && piece < candidate->end;
}

static void add_seam(double *features, const struct candidate *candidate, size_t other,
                     uint16_t ink, uint8_t crossings, bool is_right)
{
    if (other == PIECE_NONE)
        return;
    double strokes = ink / 100.0;
    if (!is_inside(candidate, other)) {
        features[CANDIDATE_CUTS]++;
        features[CANDIDATE_CUT_INK] += strokes;
        features[CANDIDATE_CROSSINGS] += beyond(crossings, 1);
    } else if (is_right) {
        features[CANDIDATE_UNCUT] += beyond(1.5, strokes);
    }
}

/* How the candidate is composed of pieces and parted from others. */
static void add_composition(double *features, const struct features_context *context,
                            const struct candidate *candidate, double height)
{
    const struct piece *items = context->pieces->items;
    size_t right = items[candidate->first].box.right;
    for (size_t i = candidate->first; i < candidate->end; i++) {
        const struct piece *piece = &items[i];
        add_seam(features, candidate, piece->left, piece->ink_left, piece->crossings_left, false);
        add_seam(features, candidate, piece->right, piece->ink_right, piece->crossings_right, true);
        if (i > candidate->first &&
            (piece->left == PIECE_NONE || !is_inside(candidate, piece->left)))
            features[CANDIDATE_UNITED]++;
        if (piece->box.left > right + 1)
            features[CANDIDATE_GAPS] += (double)(piece->box.left - right - 1) / height;
        right = larger(right, piece->box.right);
    }
}

static void add_neighbour(double *features, const struct features_context *context,
                          const struct candidate *candidate, size_t neighbour)
{
    const struct piece *piece = &context->pieces->items[neighbour];
    bool is_cut = (piece->right != PIECE_NONE && is_inside(candidate, piece->right)) ||
                  (piece->left != PIECE_NONE && is_inside(candidate, piece->left));
    if (!is_cut)
        features[CANDIDATE_OVERLAPPED] += share_across(&candidate->box, &piece->box);
}

static void add_place(double *features, const struct text_line *line, const struct box *box)
{
    double height = (double)line->height_px;
    double middle = text_line_middle(line, (double)(box->left + box->right) / 2);
    double bottom = ((double)box->bottom - middle) / height;
    double top = ((double)box->top - middle) / height;
    features[CANDIDATE_RAISED] = beyond(0.5 - bottom, 0.1);
    features[CANDIDATE_LOWERED] = beyond(top + 0.5, 0.1);
    features[CANDIDATE_OUTSIDE] = beyond(fabs(top + bottom) / 2, 0.3);
}

static void add_size(double *features, const struct features_context *context,
                     const struct candidate *candidate, size_t line)
{
    double height =
        log((double)box_height(&candidate->box) / (double)context->lines->items[line].height_px);
    double aspect = log((double)box_width(&candidate->box) / (double)box_height(&candidate->box));
    double ink = ink_log(candidate->mass, context, line);
    features[CANDIDATE_HEIGHT] = least(most(height, -2), 1);
    features[CANDIDATE_ASPECT] = least(most(aspect, -2), 1.5);
    features[CANDIDATE_INK] = least(most(ink, -3), 3);
    features[CANDIDATE_LOW] = beyond(log(0.8), height);
    features[CANDIDATE_VERY_LOW] = beyond(log(0.5), height);
    features[CANDIDATE_HIGH] = beyond(height, log(1.2));
    features[CANDIDATE_WIDE] = beyond(aspect, 0);
    features[CANDIDATE_VERY_WIDE] = beyond(aspect, log(1.4));
    features[CANDIDATE_LITTLE_INK] = beyond(0, ink);
    features[CANDIDATE_MUCH_INK] = beyond(ink, log(3));
}

void features_of_candidate(double out[CANDIDATE_FEATURES], const struct features_context *context,
                           const struct candidate *candidate,
                           const struct digit_prediction *prediction, bool shared)
{
    const struct pieces *pieces = context->pieces;
    size_t line = pieces->items[candidate->first].line;
    const struct text_line *text_line = &context->lines->items[line];
    for (size_t i = 0; i < CANDIDATE_FEATURES; i++)
        out[i] = 0;
    out[CANDIDATE_IS_DIGIT] = 1;
    out[CANDIDATE_CONFIDENCE] = most(log((double)prediction->confidence), CONFIDENCE_LOG_MIN);
    double odds = log(most((double)prediction->confidence, 1e-6) /
                      most((double)prediction->uncertainty, 1e-6));
    out[CANDIDATE_ODDS] = least(most(odds, -2), 9) / 10;
    out[CANDIDATE_DOUBT] = (double)prediction->uncertainty;
    add_composition(out, context, candidate, (double)text_line->height_px);
    if (candidate->first > pieces->first_of_line[line])
        add_neighbour(out, context, candidate, candidate->first - 1u);
    if (candidate->end < pieces->first_of_line[line + 1])
        add_neighbour(out, context, candidate, candidate->end);
    add_place(out, text_line, &candidate->box);
    add_size(out, context, candidate, line);
    out[CANDIDATE_SHARED] = shared;
    if (shared) {
        double ink = ink_log(pieces->items[candidate->first].mass, context, line);
        out[CANDIDATE_SHARED_INK] = least(most(ink, -3), 3);
    }
    out[CANDIDATE_AT_EDGE] = touches_edge(&candidate->box, context->plane);
    out[CANDIDATE_DOUBTED_CUT] = out[CANDIDATE_DOUBT] * out[CANDIDATE_CUTS];
    out[CANDIDATE_DOUBTED_LOW] = out[CANDIDATE_DOUBT] * out[CANDIDATE_LOW];
}

void features_of_class(double out[CLASS_FEATURES], const struct candidate *candidate,
                       const struct digit_prediction *prediction, size_t digit)
{
    double aspect = log((double)box_width(&candidate->box) / (double)box_height(&candidate->box));
    double deviation = (aspect - shapes[digit].mean) / shapes[digit].standard_deviation;
    out[CLASS_PROBABILITY] =
        most(log((double)prediction->probabilities[digit]), PROBABILITY_LOG_MIN);
    out[CLASS_SHAPE] = least(deviation * deviation, SHAPE_MAX);
}

void features_of_drop(double out[DROP_FEATURES], const struct features_context *context,
                      size_t piece, const struct digit_prediction *alone)
{
    const struct piece *item = &context->pieces->items[piece];
    const struct text_line *line = &context->lines->items[item->line];
    double height = (double)box_height(&item->box) / (double)line->height_px;
    double ink = ink_log(item->mass, context, item->line);
    double middle = text_line_middle(line, (double)(item->box.left + item->box.right) / 2);
    double off =
        fabs((double)(item->box.top + item->box.bottom) / 2 - middle) / (double)line->height_px;
    bool at_edge = touches_edge(&item->box, context->plane);
    ink = least(most(ink, INK_LOG_MIN), INK_LOG_MAX);
    out[DROP_IS_DROPPED] = 1;
    out[DROP_INK] = ink;
    out[DROP_MUCH_INK] = beyond(ink, -1.5);
    out[DROP_HEIGHT] = beyond(height, 0.3);
    out[DROP_AT_EDGE] = at_edge;
    out[DROP_HEIGHT_EDGE] = at_edge ? beyond(height, 0.3) : 0;
    out[DROP_CUTS] = (item->left != PIECE_NONE) + (item->right != PIECE_NONE);
    out[DROP_CUT_INK] = (item->ink_left + item->ink_right) / 100.0;
    out[DROP_LIKE_DIGIT] = alone == NULL ? 0 : (double)alone->confidence * least(height, 1);
    out[DROP_OUTSIDE] = beyond(off, 0.4);
    out[DROP_WIDE] =
        beyond(log((double)box_width(&item->box) / (double)box_height(&item->box)), log(1.5));
}
