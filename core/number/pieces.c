#include "core/number/pieces.h"

#include <string.h>

#include "core/preprocess/compare.h"
#include "core/preprocess/foreground.h"

/* Cells of dynamic programming for all seams of a picture: several times what a picture full of touching digits needs
 * and about 3 ms. */
#define BUDGET_CELLS (4 * PLANE_PIXELS_MAX)

/* Sorts the runs by component; those of small components come last. */
static void sort_runs(struct pieces_scratch *scratch, const struct components *components)
{
    size_t next[COMPONENTS_MAX + 1];
    memset(scratch->first_run, 0, sizeof scratch->first_run);
    for (size_t i = 0; i < components->run_count; i++)
        scratch->first_run[components->runs[i].component + 1]++;
    for (size_t i = 0; i <= COMPONENTS_MAX; i++) {
        scratch->first_run[i + 1] += scratch->first_run[i];
        next[i] = scratch->first_run[i];
    }
    for (size_t i = 0; i < components->run_count; i++)
        scratch->of_runs[next[components->runs[i].component]++] = (uint32_t)i;
}

static bool is_foreground(const struct plane *plane, size_t x, size_t y)
{
    return x < plane->width_px && y < plane->height_px &&
           plane->pixels[y * plane->width_px + x] >= FOREGROUND_EDGE;
}

/* Sides of a foreground pixel at which there is none. Left and above of the plane, coordinates wrap to large numbers. */
static uint32_t count_sides(const struct plane *plane, size_t x, size_t y)
{
    return (uint32_t)(!is_foreground(plane, x - 1, y) + !is_foreground(plane, x + 1, y) +
                      !is_foreground(plane, x, y - 1) + !is_foreground(plane, x, y + 1));
}

/* Mean width of strokes with that area and outline in 1/100 px, as stroke_width (core/preprocess/stroke.h); at least
 * 1. */
static uint32_t stroke_of(uint64_t area, uint64_t outline)
{
    uint64_t width = outline == 0 ? 0 : area * 8 * 113 * 100 / (outline * 355);
    return width == 0 ? 1 : (uint32_t)width;
}

static void measure_strokes(struct pieces *pieces, const struct plane *plane,
                            const struct components *components, const struct text_lines *lines)
{
    uint64_t area[NUMBER_LINES_MAX] = {0}, outline[NUMBER_LINES_MAX] = {0};
    for (size_t i = 0; i < components->run_count; i++) {
        const struct run *run = &components->runs[i];
        if (run->component == COMPONENT_NONE ||
            lines->of_component[run->component] == TEXT_LINE_NONE)
            continue;
        size_t line = lines->of_component[run->component];
        for (size_t x = run->first; x < run->end; x++)
            if (is_foreground(plane, x, run->row)) {
                area[line]++;
                outline[line] += count_sides(plane, x, run->row);
            }
    }
    for (size_t i = 0; i < lines->count; i++)
        pieces->stroke_px[i] = stroke_of(area[i], outline[i]);
}

static void keep_seams(struct pieces_scratch *scratch, size_t component, size_t rows)
{
    const struct seams *found = &scratch->found;
    for (size_t i = 0; i < found->count && scratch->kept_count < COMPONENTS_MAX; i++) {
        struct seam_kept *kept = &scratch->kept[scratch->kept_count++];
        memcpy(kept->columns, found->items[i].columns, rows * sizeof *kept->columns);
        kept->ink = (uint16_t)found->items[i].ink;
        kept->component = (uint16_t)component;
        kept->crossings = (uint8_t)smaller(found->items[i].crossings, UINT8_MAX);
    }
}

void pieces_find_seams(struct pieces *out, const struct plane *plane,
                       const struct components *components, const struct text_lines *lines,
                       struct pieces_scratch *scratch)
{
    size_t budget_cells = BUDGET_CELLS;
    sort_runs(scratch, components);
    measure_strokes(out, plane, components, lines);
    scratch->kept_count = 0;
    for (size_t i = 0; i < components->count; i++) {
        size_t line = lines->of_component[i];
        if (line == TEXT_LINE_NONE)
            continue;
        struct seams_measure measure = {.height_px = lines->items[line].height_px,
                                        .stroke_px = out->stroke_px[line],
                                        .budget_cells = budget_cells};
        size_t first = scratch->first_run[i];
        seams_find(&scratch->found, &measure, plane, components, i, scratch->of_runs + first,
                   scratch->first_run[i + 1] - first, &scratch->seams);
        budget_cells = measure.budget_cells;
        keep_seams(scratch, i, box_height(&components->items[i].box));
    }
}

/* The runs of one component, and its seams that are in use. */
struct cutting {
    const struct plane *plane;
    const struct components *components;
    const struct box *box;
    const uint32_t *of_runs;
    size_t run_count;
    const struct seam_kept *seams[SEAMS_MAX];
    size_t seam_count;
};

/* The end of the part of a run that lies before seam `index`, or of the run if there is no such seam. */
static size_t part_end(const struct cutting *cutting, const struct run *run, size_t index)
{
    if (index == cutting->seam_count)
        return run->end;
    size_t column = cutting->seams[index]->columns[run->row - cutting->box->top];
    return smaller(column, run->end);
}

static void add_part(struct piece *piece, const uint8_t *row, size_t y, size_t first, size_t end)
{
    for (size_t x = first; x < end; x++) {
        piece->mass += row[x];
        piece->moment_x += row[x] * (uint64_t)x;
    }
    piece->box.left = smaller(piece->box.left, first);
    piece->box.right = larger(piece->box.right, end - 1);
    piece->box.top = smaller(piece->box.top, y);
    piece->box.bottom = larger(piece->box.bottom, y);
}

/* Measures the pieces [seam_count + 1] between the seams. */
static void measure_parts(struct piece *parts, const struct cutting *cutting)
{
    for (size_t i = 0; i <= cutting->seam_count; i++)
        parts[i] = (struct piece){.box = {.left = SIZE_MAX, .top = SIZE_MAX}};
    for (size_t i = 0; i < cutting->run_count; i++) {
        const struct run *run = &cutting->components->runs[cutting->of_runs[i]];
        const uint8_t *row = cutting->plane->pixels + run->row * cutting->plane->width_px;
        size_t first = run->first;
        for (size_t part = 0; part <= cutting->seam_count; part++) {
            size_t end = part_end(cutting, run, part);
            if (end > first) {
                add_part(&parts[part], row, run->row, first, end);
                first = end;
            }
        }
    }
}

/* Takes out the seams next to a part that is too small, one at a time, the one with more ink first. */
static void merge_small_parts(struct piece *parts, struct cutting *cutting, uint64_t least_mass)
{
    for (size_t i = 0; i <= cutting->seam_count && cutting->seam_count > 0;) {
        if (parts[i].mass >= least_mass) {
            i++;
            continue;
        }
        size_t seam = i;
        if (i == cutting->seam_count ||
            (i > 0 && cutting->seams[i - 1]->ink > cutting->seams[i]->ink))
            seam = i - 1;
        cutting->seam_count--;
        for (size_t k = seam; k < cutting->seam_count; k++)
            cutting->seams[k] = cutting->seams[k + 1];
        measure_parts(parts, cutting);
        i = 0;
    }
}

static void label_parts(uint16_t *labels, const struct cutting *cutting, size_t first_piece)
{
    for (size_t i = 0; i < cutting->run_count; i++) {
        const struct run *run = &cutting->components->runs[cutting->of_runs[i]];
        uint16_t *row = labels + run->row * cutting->plane->width_px;
        size_t x = run->first;
        for (size_t part = 0; part <= cutting->seam_count; part++)
            for (size_t end = part_end(cutting, run, part); x < end; x++)
                row[x] = (uint16_t)(first_piece + part);
    }
}

/* Appends the pieces of one component. */
static void add_pieces(struct pieces *pieces, struct cutting *cutting, size_t component,
                       size_t line)
{
    struct piece parts[SEAMS_MAX + 1];
    uint64_t stroke = pieces->stroke_px[line];
    measure_parts(parts, cutting);
    merge_small_parts(parts, cutting, 255 * stroke * stroke / (100 * 100) + 1);
    label_parts(pieces->labels, cutting, pieces->count);
    for (size_t i = 0; i <= cutting->seam_count; i++) {
        struct piece *piece = &pieces->items[pieces->count];
        *piece = parts[i];
        piece->line = (uint16_t)line;
        piece->component = (uint16_t)component;
        piece->left = i == 0 ? PIECE_NONE : (uint16_t)(pieces->count - 1);
        piece->right = i == cutting->seam_count ? PIECE_NONE : (uint16_t)(pieces->count + 1);
        piece->ink_left = i == 0 ? 0 : cutting->seams[i - 1]->ink;
        piece->crossings_left = i == 0 ? 0 : cutting->seams[i - 1]->crossings;
        piece->crossings_right = i == cutting->seam_count ? 0 : cutting->seams[i]->crossings;
        piece->ink_right = i == cutting->seam_count ? 0 : cutting->seams[i]->ink;
        pieces->count++;
    }
}

static bool stands_before(const struct piece *a, const struct piece *b)
{
    if (a->line != b->line)
        return a->line < b->line;
    return a->moment_x * b->mass < b->moment_x * a->mass;
}

/* Sorts the pieces. places: [count], where each piece went. */
static void sort_pieces(uint16_t *places, struct pieces *pieces)
{
    uint16_t from[PIECES_MAX];
    for (size_t i = 0; i < pieces->count; i++) {
        struct piece piece = pieces->items[i];
        size_t place = i;
        for (; place > 0 && stands_before(&piece, &pieces->items[place - 1]); place--) {
            pieces->items[place] = pieces->items[place - 1];
            from[place] = from[place - 1];
        }
        pieces->items[place] = piece;
        from[place] = (uint16_t)i;
    }
    for (size_t i = 0; i < pieces->count; i++)
        places[from[i]] = (uint16_t)i;
}

/* Replaces the numbers of pieces from before the sorting, and measures area and outline of each. */
static void renumber(struct pieces *pieces, const struct plane *plane,
                     const struct components *components, const uint16_t *places)
{
    for (size_t i = 0; i < pieces->count; i++) {
        struct piece *piece = &pieces->items[i];
        piece->left = piece->left == PIECE_NONE ? PIECE_NONE : places[piece->left];
        piece->right = piece->right == PIECE_NONE ? PIECE_NONE : places[piece->right];
    }
    for (size_t i = 0; i < components->run_count; i++) {
        const struct run *run = &components->runs[i];
        uint16_t *row = pieces->labels + run->row * plane->width_px;
        for (size_t x = run->first; x < run->end && row[x] != PIECE_NONE; x++) {
            row[x] = places[row[x]];
            if (!is_foreground(plane, x, run->row))
                continue;
            pieces->items[row[x]].area++;
            pieces->items[row[x]].outline += count_sides(plane, x, run->row);
        }
    }
}

static void find_lines(struct pieces *pieces, const struct text_lines *lines)
{
    size_t piece = 0;
    for (size_t line = 0; line <= lines->count; line++) {
        while (piece < pieces->count && pieces->items[piece].line < line)
            piece++;
        pieces->first_of_line[line] = piece;
    }
}

void pieces_cut(struct pieces *out, const struct plane *plane, const struct components *components,
                const struct text_lines *lines, uint32_t ink_max, struct pieces_scratch *scratch)
{
    uint16_t places[PIECES_MAX];
    size_t seam = 0;
    out->count = 0;
    memset(out->labels, 0xff, plane->width_px * plane->height_px * sizeof *out->labels);
    for (size_t i = 0; i < components->count; i++) {
        struct cutting cutting = {.plane = plane,
                                  .components = components,
                                  .box = &components->items[i].box,
                                  .of_runs = scratch->of_runs + scratch->first_run[i],
                                  .run_count = scratch->first_run[i + 1] - scratch->first_run[i]};
        for (; seam < scratch->kept_count && scratch->kept[seam].component == i; seam++)
            if (scratch->kept[seam].ink <= ink_max)
                cutting.seams[cutting.seam_count++] = &scratch->kept[seam];
        if (lines->of_component[i] != TEXT_LINE_NONE)
            add_pieces(out, &cutting, i, lines->of_component[i]);
    }
    sort_pieces(places, out);
    renumber(out, plane, components, places);
    find_lines(out, lines);
}
