#include "core/number/text_lines.h"

#include <stdbool.h>

#include "core/preprocess/compare.h"

/* A component that may be a digit, in 1 / LARGE_DIVISOR of the height of a digit. */
#define LARGE_DIVISOR 3

/* A piece of a frame or a ruled line is longer than LONG_DIGITS digits are high; no digit is TALL_DIGITS high. */
#define LONG_DIGITS 3
#define TALL_DIGITS 4

/* The components and what is found about each. */
struct view {
    const struct components *components;
    const struct plane *plane;
    bool dropped[COMPONENTS_MAX];
    uint16_t leader[COMPONENTS_MAX]; /* union-find over large components */
    size_t height_px;                /* of a digit */
};

static const struct box *box_of(const struct view *view, size_t index)
{
    return &view->components->items[index].box;
}

static bool contains(const struct box *outer, const struct box *inner)
{
    return outer->left < inner->left && outer->right > inner->right && outer->top < inner->top &&
           outer->bottom > inner->bottom;
}

/* Whether a component may be a digit in the frame or the sheet that another one would be. */
static bool is_worth_a_frame(const struct view *view, const struct component *outer,
                             const struct component *inner)
{
    if (!contains(&outer->box, &inner->box))
        return false;
    size_t width = box_width(&outer->box);
    size_t height = box_height(&outer->box);
    bool around_all =
        5 * width >= 4 * view->plane->width_px && 5 * height >= 4 * view->plane->height_px;
    size_t inner_height = box_height(&inner->box);
    return around_all ? 50 * inner->mass >= outer->mass && 6 * inner_height >= height
                      : 10 * inner->mass >= outer->mass && 5 * inner_height >= 2 * height;
}

/* Whether a component has foreground on both sides of `inner` in most of its rows: digits in a row, whose boxes may
 * contain that of a lower one, have not. */
static bool stands_around(const struct components *components, size_t index,
                          const struct box *inner)
{
    size_t left = 0, right = 0, left_row = SIZE_MAX, right_row = SIZE_MAX;
    for (size_t i = 0; i < components->run_count; i++) {
        const struct run *run = &components->runs[i];
        if (run->component != index || run->row < inner->top || run->row > inner->bottom)
            continue;
        left += run->first < inner->left && left_row != run->row;
        left_row = run->first < inner->left ? run->row : left_row;
        right += run->end > inner->right && right_row != run->row;
        right_row = run->end > inner->right ? run->row : right_row;
    }
    return 4 * left >= 3 * box_height(inner) && 4 * right >= 3 * box_height(inner);
}

/* Whether the component encloses another one, as a printed box or the edge of the paper does: the heaviest that may be
 * a digit. */
static bool is_frame(const struct view *view, size_t index)
{
    const struct components *components = view->components;
    const struct component *heaviest = NULL;
    for (size_t i = 0; i < components->count; i++) {
        const struct component *inner = &components->items[i];
        if (is_worth_a_frame(view, &components->items[index], inner) &&
            (heaviest == NULL || inner->mass > heaviest->mass))
            heaviest = inner;
    }
    return heaviest != NULL && stands_around(components, index, &heaviest->box);
}

/* Whether the component covers half of a side of the plane. */
static bool lies_along_edge(const struct view *view, size_t index)
{
    const size_t *along = view->components->items[index].along;
    return 2 * along[0] >= view->plane->height_px || 2 * along[1] >= view->plane->height_px ||
           2 * along[2] >= view->plane->width_px || 2 * along[3] >= view->plane->width_px;
}

/* The height that half of the foreground does not exceed; components along an edge count only if there are no
 * others. 0 if all components are dropped. */
static size_t median_height(const struct view *view, bool along_edges)
{
    uint64_t masses[PLANE_SIDE_MAX_PX + 1] = {0};
    uint64_t all = 0, below = 0;
    for (size_t i = 0; i < view->components->count; i++)
        if (!view->dropped[i] && (along_edges || !lies_along_edge(view, i))) {
            masses[box_height(box_of(view, i))] += view->components->items[i].mass;
            all += view->components->items[i].mass;
        }
    for (size_t height = 1; all > 0; height++) {
        below += masses[height];
        if (2 * below >= all)
            return height;
    }
    return along_edges ? 0 : median_height(view, true);
}

/* Whether a component is too long or too high for what is written. */
static bool is_oversized(const struct view *view, size_t index)
{
    size_t width = box_width(box_of(view, index));
    size_t height = box_height(box_of(view, index));
    bool is_long = larger(width, height) > LONG_DIGITS * view->height_px;
    bool is_thin = LARGE_DIVISOR * smaller(width, height) < view->height_px;
    return height > TALL_DIGITS * view->height_px ||
           (is_long && (is_thin || lies_along_edge(view, index)));
}

static void drop_frames(struct view *view)
{
    for (size_t i = 0; i < view->components->count; i++)
        view->dropped[i] = is_frame(view, i);
    view->height_px = median_height(view, false);
    for (size_t i = 0; i < view->components->count; i++)
        view->dropped[i] = view->dropped[i] || is_oversized(view, i);
}

static bool is_large(const struct view *view, size_t index)
{
    return !view->dropped[index] &&
           LARGE_DIVISOR * box_height(box_of(view, index)) >= view->height_px;
}

/* Whether two components overlap vertically by two fifths of the lower one's height. */
static bool are_level(const struct box *a, const struct box *b)
{
    size_t top = larger(a->top, b->top);
    size_t end = smaller(a->bottom, b->bottom) + 1;
    return end > top && 5 * (end - top) >= 2 * smaller(box_height(a), box_height(b));
}

static uint16_t find_leader(struct view *view, size_t index)
{
    while (view->leader[index] != index) {
        view->leader[index] = view->leader[view->leader[index]];
        index = view->leader[index];
    }
    return (uint16_t)index;
}

/* Pixels from one interval to another; 0 if they overlap. */
static size_t distance(size_t first_a, size_t last_a, size_t first_b, size_t last_b)
{
    if (last_a < first_b)
        return first_b - last_a;
    return last_b < first_a ? first_a - last_b : 0;
}

static size_t distance_across(const struct box *a, const struct box *b)
{
    return distance(a->left, a->right, b->left, b->right);
}

/* Joins each large component with the nearest one to its right, and with those that it overlaps. */
static void join_neighbours(struct view *view)
{
    size_t count = view->components->count;
    for (size_t i = 0; i < count; i++)
        view->leader[i] = (uint16_t)i;
    for (size_t i = 0; i < count; i++) {
        size_t nearest = count, least = SIZE_MAX;
        const struct box *box = box_of(view, i);
        for (size_t j = 0; is_large(view, i) && j < count; j++) {
            const struct box *other = box_of(view, j);
            if (j == i || !is_large(view, j) || !are_level(box, other) || other->left < box->left)
                continue;
            size_t across = distance_across(box, other);
            if (across == 0)
                view->leader[find_leader(view, j)] = find_leader(view, i);
            else if (across < least) {
                least = across;
                nearest = j;
            }
        }
        if (nearest < count)
            view->leader[find_leader(view, nearest)] = find_leader(view, i);
    }
}

/* The large component that lies nearest to a small one. */
static size_t nearest_large(const struct view *view, size_t index)
{
    const struct box *box = box_of(view, index);
    size_t nearest = index, least = SIZE_MAX;
    for (size_t i = 0; i < view->components->count; i++) {
        const struct box *other = box_of(view, i);
        size_t down = distance(box->top, box->bottom, other->top, other->bottom);
        size_t away = larger(distance_across(box, other), down);
        if (is_large(view, i) && away < least) {
            least = away;
            nearest = i;
        }
    }
    return nearest;
}

/* A line in the making: sums over its large components, weighted by their width. */
struct draft {
    uint16_t leader;
    uint64_t mass;
    double weight;
    double x;
    double y;
};

static size_t find_drafts(struct draft *drafts, struct view *view)
{
    size_t count = 0;
    for (size_t i = 0; i < view->components->count; i++)
        if (is_large(view, i) && find_leader(view, i) == i)
            drafts[count++] = (struct draft){.leader = (uint16_t)i};
    for (size_t i = 0; i < view->components->count; i++) {
        const struct box *box = box_of(view, i);
        if (!is_large(view, i))
            continue;
        struct draft *draft = drafts;
        while (draft->leader != find_leader(view, i))
            draft++;
        double weight = (double)box_width(box);
        draft->mass += view->components->items[i].mass;
        draft->weight += weight;
        draft->x += weight * (double)(box->left + box->right) / 2;
        draft->y += weight * (double)(box->top + box->bottom) / 2;
    }
    return count;
}

/* Keeps the `max_lines` drafts with the most foreground and sorts them from top to bottom. */
static size_t select_drafts(struct draft *drafts, size_t count, size_t max_lines)
{
    while (count > max_lines) {
        size_t least = 0;
        for (size_t i = 1; i < count; i++)
            if (drafts[i].mass < drafts[least].mass)
                least = i;
        drafts[least] = drafts[--count];
    }
    for (size_t i = 1; i < count; i++) {
        struct draft draft = drafts[i];
        size_t place = i;
        for (; place > 0 && draft.y / draft.weight < drafts[place - 1].y / drafts[place - 1].weight;
             place--)
            drafts[place] = drafts[place - 1];
        drafts[place] = draft;
    }
    return count;
}

/* Gives each component its line and counts those without one. */
static void assign_components(struct text_lines *lines, struct view *view,
                              const struct draft *drafts)
{
    for (size_t i = 0; i < view->components->count; i++) {
        size_t large = is_large(view, i) ? i : nearest_large(view, i);
        uint16_t leader = find_leader(view, large);
        size_t line = 0;
        while (line < lines->count && drafts[line].leader != leader)
            line++;
        if (view->dropped[i] || line == lines->count) {
            lines->of_component[i] = TEXT_LINE_NONE;
            lines->dropped++;
            lines->dropped_mass += view->components->items[i].mass;
            continue;
        }
        lines->of_component[i] = (uint16_t)line;
        lines->items[line].mass += view->components->items[i].mass;
    }
}

/* The height that the large components of half of the line's width do not exceed. */
static size_t line_height(const struct text_lines *lines, const struct view *view, size_t line)
{
    size_t widths[PLANE_SIDE_MAX_PX + 1] = {0};
    size_t all = 0, below = 0, height = 0;
    for (size_t i = 0; i < view->components->count; i++)
        if (lines->of_component[i] == line && is_large(view, i)) {
            /* A narrow digit, such as a 1, tells as much as a wide one. */
            size_t weight = larger(box_width(box_of(view, i)), box_height(box_of(view, i)) / 2);
            widths[box_height(box_of(view, i))] += weight;
            all += weight;
        }
    while (2 * below < all)
        below += widths[++height];
    return height;
}

/* Fits the centre line to the large components, weighted by their width. A line that is short for its height is taken
 * as level: its slope would be that of two digits' sizes. */
static void fit_slope(struct text_line *line, const struct text_lines *lines,
                      const struct view *view, size_t index)
{
    double across = (double)(2 * line->height_px * line->height_px);
    double weights = 1, products = 0, squares = 0;
    for (size_t i = 0; i < view->components->count; i++) {
        const struct box *box = box_of(view, i);
        if (lines->of_component[i] != index || !is_large(view, i))
            continue;
        double x = (double)(box->left + box->right) / 2 - line->middle_x;
        double y = (double)(box->top + box->bottom) / 2 - line->middle_y;
        double weight = (double)box_width(box);
        weights += weight;
        products += weight * x * y;
        squares += weight * x * x;
    }
    line->slope = products / (squares + weights * across);
}

void text_lines_find(struct text_lines *out, const struct components *components,
                     const struct plane *plane, size_t max_lines)
{
    struct view view = {.components = components, .plane = plane};
    struct draft drafts[COMPONENTS_MAX];
    *out = (struct text_lines){0};
    drop_frames(&view);
    join_neighbours(&view);
    out->found = find_drafts(drafts, &view);
    out->count = select_drafts(drafts, out->found, max_lines);
    assign_components(out, &view, drafts);
    for (size_t i = 0; i < out->count; i++) {
        struct text_line *line = &out->items[i];
        line->height_px = line_height(out, &view, i);
        line->middle_x = drafts[i].x / drafts[i].weight;
        line->middle_y = drafts[i].y / drafts[i].weight;
        fit_slope(line, out, &view, i);
    }
}

double text_line_middle(const struct text_line *line, double x)
{
    return line->middle_y + line->slope * (x - line->middle_x);
}
