#include "core/number/seams.h"

#include <stdbool.h>
#include <string.h>

#include "core/preprocess/compare.h"
#include "core/preprocess/foreground.h"

/* Fractions of a digit's height. */
#define NARROW_FIFTHS             2  /* narrower components are not cut */
#define MARGIN_DIVISOR            10 /* no seam starts closer to the component's sides */
#define STEP_DIVISOR              20 /* from one band's middle to the next */
#define REACH_DIVISOR             5  /* of a band to either side of its middle */
#define DISTANCE_DIVISOR          12 /* between seams */
#define DISTANCE_DIVISOR_MUCH_INK 8

#define MUCH_INK 250 /* in 1/100 of a stroke's width */

/* Depths in 1/100 of a stroke's width, of which the middle of a stroke has 50, and that of two side by side 100. Up to
 * DEPTH_SINGLE and from DEPTH_SOLID on, ink counts whole; from DEPTH_DOUBLE to DEPTH_TRIPLE it counts
 * COST_DOUBLE / 256. */
#define DEPTH_SINGLE 60
#define DEPTH_DOUBLE 90
#define DEPTH_TRIPLE 140
#define DEPTH_SOLID  250
#define COST_DOUBLE  64

/* What a step to a neighbouring column costs, in levels of a pixel. */
#define STEP_COST 12

/* The component's ink in its box. */
struct field {
    const struct box *box;
    size_t width;
    size_t height;
    struct seams_scratch *scratch;
};

static void copy_ink(const struct field *field, const struct plane *plane,
                     const struct components *components, const uint32_t *of_runs, size_t run_count)
{
    memset(field->scratch->ink, 0, field->width * field->height);
    for (size_t i = 0; i < run_count; i++) {
        const struct run *run = &components->runs[of_runs[i]];
        memcpy(field->scratch->ink + (run->row - field->box->top) * field->width + run->first -
                   field->box->left,
               plane->pixels + run->row * plane->width_px + run->first,
               (size_t)run->end - run->first);
    }
}

static uint8_t nearer(uint8_t depth, uint32_t other)
{
    return (uint8_t)(other < depth ? other : depth);
}

/* Distances to the background in thirds of a pixel, by two passes with weights 3 and 4 (Borgefors 1986). */
static void measure_depth(const struct field *field)
{
    uint8_t *depth = field->scratch->depth;
    size_t width = field->width, height = field->height;
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            uint8_t *at = depth + y * width + x;
            *at = field->scratch->ink[y * width + x] >= FOREGROUND_EDGE ? UINT8_MAX : 0;
            *at = nearer(*at, x > 0 ? at[-1] + 3u : 3);
            *at = nearer(*at, y > 0 ? *(at - width) + 3u : 3);
            *at = nearer(*at, x > 0 && y > 0 ? *(at - width - 1) + 4u : 4);
            *at = nearer(*at, x + 1 < width && y > 0 ? *(at - width + 1) + 4u : 4);
        }
    for (size_t y = height; y-- > 0;)
        for (size_t x = width; x-- > 0;) {
            uint8_t *at = depth + y * width + x;
            *at = nearer(*at, x + 1 < width ? at[1] + 3u : 3);
            *at = nearer(*at, y + 1 < height ? at[width] + 3u : 3);
            *at = nearer(*at, x + 1 < width && y + 1 < height ? at[width + 1] + 4u : 4);
            *at = nearer(*at, x > 0 && y + 1 < height ? at[width - 1] + 4u : 4);
        }
}

/* What ink of each depth counts, in 1 / 256. A pixel's centre is half a pixel less deep than measured. */
static void find_shares(uint16_t shares[UINT8_MAX + 1], uint32_t stroke_px)
{
    for (uint32_t i = 0; i <= UINT8_MAX; i++) {
        uint32_t depth = (2 * i - smaller(2 * i, 3)) * 100 * 100 / (6 * stroke_px);
        uint32_t saved = 0;
        if (depth > DEPTH_SINGLE && depth < DEPTH_SOLID)
            saved = (uint32_t)smaller((depth - DEPTH_SINGLE) * 256 / (DEPTH_DOUBLE - DEPTH_SINGLE),
                                      (DEPTH_SOLID - depth) * 256 / (DEPTH_SOLID - DEPTH_TRIPLE));
        saved = (uint32_t)smaller(saved, 256);
        saved = saved * (256 - COST_DOUBLE) / 256;
        shares[i] = (uint16_t)(256 - saved);
    }
}

/* Replaces depths by what each pixel costs. */
static void find_costs(const struct field *field, uint32_t stroke_px)
{
    uint16_t shares[UINT8_MAX + 1];
    uint8_t *depth = field->scratch->depth;
    measure_depth(field);
    find_shares(shares, stroke_px);
    for (size_t i = 0; i < field->width * field->height; i++)
        depth[i] = (uint8_t)(field->scratch->ink[i] * shares[depth[i]] / 256);
}

/* One row of dynamic programming: to[x + 1] is the least cost of a path from the box's edge to column x. Both rows have
 * a wall of high cost at either end. */
static void step_row(uint32_t *to, int8_t *steps, const uint32_t *from, const uint8_t *costs,
                     size_t width)
{
    for (size_t x = 0; x < width; x++) {
        uint32_t straight = from[x + 1];
        uint32_t left = from[x] + STEP_COST;
        uint32_t right = from[x + 2] + STEP_COST;
        uint32_t least = straight < left ? straight : left;
        least = least < right ? least : right;
        steps[x] = (int8_t)(least == straight ? 0 : least == left ? -1 : 1);
        to[x + 1] = least + costs[x];
    }
}

/* Paths from the box's top to its middle row, and from its bottom to the row below. Returns the costs of those that end
 * at each column: costs[side][x + 1]. */
static void find_paths(const struct field *field)
{
    struct seams_scratch *scratch = field->scratch;
    size_t width = field->width, height = field->height, middle = height / 2;
    for (size_t side = 0; side < 2; side++) {
        uint32_t *from = scratch->costs[side], *to = scratch->spare;
        memset(from, 0, (width + 2) * sizeof *from);
        size_t rows = side == 0 ? middle : height - middle;
        for (size_t i = 0; i < rows; i++) {
            size_t at = (side == 0 ? i : height - 1 - i) * width;
            from[0] = from[width + 1] = UINT32_MAX / 2;
            step_row(to, scratch->steps + at, from, scratch->depth + at, width);
            memcpy(from, to, (width + 2) * sizeof *from);
        }
    }
}

/* Follows a path from the middle to the box's top (`down` is -1) or bottom (1). Adds what it crosses. */
static void trace_path(struct seam *out, const struct field *field, size_t x, size_t first_row,
                       size_t rows, ptrdiff_t down, uint32_t *levels)
{
    const struct seams_scratch *scratch = field->scratch;
    size_t y = first_row;
    bool inside = false;
    for (size_t i = 0; i < rows; i++, y = (size_t)((ptrdiff_t)y + down)) {
        size_t at = y * field->width + x;
        bool foreground = scratch->ink[at] >= FOREGROUND_EDGE;
        out->columns[y] = (uint16_t)(field->box->left + x);
        out->middle += out->columns[y];
        out->crossings += foreground && !inside;
        inside = foreground;
        *levels += scratch->depth[at];
        x = (size_t)((ptrdiff_t)x + scratch->steps[at]);
    }
}

/* The best seam through column x of the middle row. */
static void trace_seam(struct seam *out, const struct field *field, size_t x, uint32_t stroke_px)
{
    size_t middle = field->height / 2;
    const uint8_t *ink = field->scratch->ink + middle * field->width + x;
    uint32_t levels = 0;
    out->crossings = 0;
    out->middle = 0;
    trace_path(out, field, x, middle, field->height - middle, 1, &levels);
    if (middle > 0) {
        trace_path(out, field, x, middle - 1, middle, -1, &levels);
        /* A stroke across the middle was counted by both paths. */
        out->crossings -= ink[0] >= FOREGROUND_EDGE && *(ink - field->width) >= FOREGROUND_EDGE;
    }
    out->ink = (uint32_t)((uint64_t)levels * 100 * 100 / ((uint64_t)255 * stroke_px));
}

/* The column from `first` to end - 1 of the middle row through which the seam of the least cost goes. */
static size_t best_column(const struct field *field, size_t first, size_t end)
{
    const uint32_t *above = field->scratch->costs[0], *below = field->scratch->costs[1];
    size_t best = first;
    for (size_t x = first; x < end; x++)
        if (above[x + 1] + below[x + 1] < above[best + 1] + below[best + 1])
            best = x;
    return best;
}

static bool crosses(const struct seam *left, const struct seam *right, size_t height)
{
    for (size_t y = 0; y < height; y++)
        if (left->columns[y] > right->columns[y])
            return true;
    return false;
}

/* Whether two seams, the first one left of the second, cannot both be used. */
static bool compete(const struct seam *left, const struct seam *right, const struct field *field,
                    size_t height_px)
{
    size_t divisor =
        larger(left->ink, right->ink) > MUCH_INK ? DISTANCE_DIVISOR_MUCH_INK : DISTANCE_DIVISOR;
    return right->middle - left->middle < (height_px / divisor + 1) * field->height ||
           crosses(left, right, field->height);
}

/* Where a seam would stand among the others; SEAMS_MAX if a better one competes with it. `*replaced` is the number of
 * worse ones from there on that it replaces. */
static size_t place_of(const struct seams *seams, const struct seam *seam,
                       const struct field *field, size_t height_px, size_t *replaced)
{
    size_t place = 0;
    while (place < seams->count && seams->items[place].middle < seam->middle)
        place++;
    size_t first = place, end = place;
    while (first > 0 && compete(&seams->items[first - 1], seam, field, height_px))
        if (seams->items[--first].ink <= seam->ink)
            return SEAMS_MAX;
    while (end < seams->count && compete(seam, &seams->items[end], field, height_px))
        if (seams->items[end++].ink <= seam->ink)
            return SEAMS_MAX;
    *replaced = end - first;
    return first;
}

static void insert_seam(struct seams *seams, const struct seam *seam, const struct field *field,
                        size_t height_px)
{
    size_t replaced = 0;
    size_t place = place_of(seams, seam, field, height_px, &replaced);
    if (place == SEAMS_MAX || seams->count - replaced == SEAMS_MAX)
        return;
    memmove(seams->items + place + 1, seams->items + place + replaced,
            (seams->count - place - replaced) * sizeof *seams->items);
    seams->items[place] = *seam;
    seams->count = seams->count + 1 - replaced;
}

void seams_find(struct seams *out, struct seams_measure *measure, const struct plane *plane,
                const struct components *components, size_t index, const uint32_t *of_runs,
                size_t run_count, struct seams_scratch *scratch)
{
    const struct box *box = &components->items[index].box;
    const struct field field = {box, box_width(box), box_height(box), scratch};
    size_t margin = measure->height_px / MARGIN_DIVISOR + 1;
    size_t step = measure->height_px / STEP_DIVISOR + 1;
    size_t cells = field.width * field.height;
    out->count = 0;
    if (5 * field.width < NARROW_FIFTHS * measure->height_px || field.width <= 2 * margin ||
        cells > measure->budget_cells)
        return;
    measure->budget_cells -= cells;
    copy_ink(&field, plane, components, of_runs, run_count);
    find_costs(&field, measure->stroke_px);
    find_paths(&field);
    for (size_t x = margin; x < field.width - margin; x += step) {
        struct seam seam;
        trace_seam(&seam, &field, best_column(&field, x, smaller(x + step, field.width - margin)),
                   measure->stroke_px);
        if (seam.ink <= SEAM_INK_MAX)
            insert_seam(out, &seam, &field, measure->height_px);
    }
}
