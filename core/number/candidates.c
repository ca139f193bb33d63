#include "core/number/candidates.h"

#include <string.h>

#include "core/preprocess/compare.h"
#include "core/preprocess/frame.h"

/* A digit's size in tenths of the line's height. */
#define SIDE_MIN_TENTHS   3
#define WIDTH_MAX_TENTHS  16
#define HEIGHT_MAX_TENTHS 22
#define GAP_MAX_TENTHS    3

/* The longest side of a digit in its crop: 5 pixels and more for each of the 20 that it has in the result. */
#define SIDE_MAX_PX 72

/* Space around the digit in which strokes can grow, as in core/preprocess/crop.c. */
#define MARGIN_DIVISOR 10

_Static_assert(SIDE_MAX_PX <= CROP_DIGIT_MAX_PX, "a candidate fits a crop");
_Static_assert((PLANE_SIDE_MAX_PX + SIDE_MAX_PX - 1) / SIDE_MAX_PX <= 16,
               "the sum of sixteen pixels of a column times sixteen columns fits 16 bits");

static void add_piece(struct candidate *candidate, const struct piece *piece)
{
    candidate->box.left = smaller(candidate->box.left, piece->box.left);
    candidate->box.top = smaller(candidate->box.top, piece->box.top);
    candidate->box.right = larger(candidate->box.right, piece->box.right);
    candidate->box.bottom = larger(candidate->box.bottom, piece->box.bottom);
    candidate->mass += piece->mass;
    candidate->area += piece->area;
    candidate->outline += piece->outline;
    candidate->end++;
}

static bool is_too_large(const struct box *box, size_t height_px)
{
    return 10 * box_width(box) > WIDTH_MAX_TENTHS * height_px + 10 ||
           10 * box_height(box) > HEIGHT_MAX_TENTHS * height_px + 10;
}

/* Whether a piece stands too far right of the others to be a part of the same digit. */
static bool is_apart(const struct candidate *candidate, const struct piece *piece, size_t height_px)
{
    return 10 * piece->box.left > 10 * candidate->box.right + GAP_MAX_TENTHS * height_px + 10;
}

bool candidates_find(struct candidates *out, const struct pieces *pieces,
                     const struct text_lines *lines, size_t pieces_max, size_t max_candidates)
{
    size_t pixels = 0;
    out->count = 0;
    for (size_t first = 0; first < pieces->count; first++) {
        size_t line = pieces->items[first].line;
        size_t height_px = lines->items[line].height_px;
        size_t end = smaller(first + pieces_max, pieces->first_of_line[line + 1]);
        struct candidate candidate = {.first = (uint16_t)first,
                                      .end = (uint16_t)first,
                                      .box = {.left = SIZE_MAX, .top = SIZE_MAX}};
        for (size_t i = first; i < end; i++) {
            if (i > first && is_apart(&candidate, &pieces->items[i], height_px))
                break;
            add_piece(&candidate, &pieces->items[i]);
            if (is_too_large(&candidate.box, height_px))
                break;
            if (10 * box_longer_side(&candidate.box) < SIDE_MIN_TENTHS * height_px)
                continue;
            pixels += box_width(&candidate.box) * box_height(&candidate.box);
            if (out->count == max_candidates || pixels > CANDIDATE_PIXELS_MAX)
                return false;
            out->items[out->count++] = candidate;
        }
    }
    return true;
}

bool candidate_may_share(const struct candidate *candidate, const struct pieces *pieces)
{
    const struct piece *first = &pieces->items[candidate->first];
    return candidate->end - candidate->first > 1 && first->left != PIECE_NONE &&
           first->right != PIECE_NONE && first->left < candidate->first &&
           first->right > candidate->first && first->right < candidate->end;
}

/* Adds a row of the candidate's pixels to columns [width]. */
static void add_row(uint16_t *columns, const uint8_t *row, const uint16_t *labels, size_t width,
                    const struct candidate *candidate)
{
    uint16_t first = candidate->first;
    uint16_t count = (uint16_t)(candidate->end - candidate->first);
    for (size_t x = 0; x < width; x++)
        columns[x] = (uint16_t)(columns[x] + ((uint16_t)(labels[x] - first) < count ? row[x] : 0));
}

/* Means of factor x factor pixels; blocks at the end are filled with background. */
static void write_means(uint8_t *out, const uint16_t *columns, size_t width, size_t factor)
{
    for (size_t x = 0; x < width; x += factor) {
        uint32_t sum = 0;
        for (size_t i = x; i < smaller(x + factor, width); i++)
            sum += columns[i];
        *out++ = (uint8_t)(sum / (factor * factor));
    }
}

static size_t divide_up(size_t number, size_t divisor)
{
    return (number + divisor - 1) / divisor;
}

static void take_crop(struct crop *crop, const struct candidate *candidate, size_t factor,
                      const struct plane *plane, const uint16_t *labels)
{
    uint16_t columns[PLANE_SIDE_MAX_PX];
    const struct box *box = &candidate->box;
    size_t width = box_width(box);
    memset(crop->plane.pixels, 0, crop->plane.width_px * crop->plane.height_px);
    for (size_t y = box->top; y <= box->bottom; y += factor) {
        memset(columns, 0, width * sizeof *columns);
        for (size_t i = y; i < smaller(y + factor, box->bottom + 1); i++) {
            size_t at = i * plane->width_px + box->left;
            add_row(columns, plane->pixels + at, labels + at, width, candidate);
        }
        size_t down = (y - box->top) / factor + crop->margin_px;
        write_means(crop->plane.pixels + down * crop->plane.width_px + crop->margin_px, columns,
                    width, factor);
    }
}

void candidate_render(uint8_t out[DIGIT_PIXELS], const struct candidate *candidate,
                      const struct plane *plane, const uint16_t *labels, uint32_t stroke_px,
                      struct candidates_scratch *scratch)
{
    size_t side = box_longer_side(&candidate->box);
    size_t factor = divide_up(side, SIDE_MAX_PX);
    struct crop crop = {.plane = {.pixels = scratch->pixels}, .side_px = divide_up(side, factor)};
    crop.margin_px = divide_up(crop.side_px, MARGIN_DIVISOR);
    crop.plane.width_px = divide_up(box_width(&candidate->box), factor) + 2 * crop.margin_px;
    crop.plane.height_px = divide_up(box_height(&candidate->box), factor) + 2 * crop.margin_px;
    take_crop(&crop, candidate, factor, plane, labels);
    stroke_normalise(&crop, (uint32_t)((uint64_t)stroke_px * 20 / side), &scratch->stroke);
    frame_digit(out, &crop.plane);
}
