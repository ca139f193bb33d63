#include "core/preprocess/groups.h"

#include <string.h>

#define EDGE_WEIGHT_DIVISOR  8
#define DIGIT_MASS_DIVISOR   4
#define DIGIT_HEIGHT_DIVISOR 2
#define PART_MASS_DIVISOR    20
#define PART_GAP_DIVISOR     4

static struct group group_of(const struct component *component, const struct plane *plane)
{
    return (struct group){
        .left = component->left,
        .top = component->top,
        .right = component->right,
        .bottom = component->bottom,
        .mass = component->mass,
        .touches_edge = component->left == 0 || component->top == 0 ||
                        component->right + 1 == plane->width_px ||
                        component->bottom + 1 == plane->height_px,
    };
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t height_of(const struct group *group)
{
    return group->bottom - group->top + 1;
}

static size_t width_of(const struct group *group)
{
    return group->right - group->left + 1;
}

static struct group unite(const struct group *a, const struct group *b)
{
    return (struct group){
        .left = smaller(a->left, b->left),
        .top = smaller(a->top, b->top),
        .right = larger(a->right, b->right),
        .bottom = larger(a->bottom, b->bottom),
        .mass = a->mass + b->mass,
        .touches_edge = a->touches_edge || b->touches_edge,
    };
}

/* Free pixels between two intervals; 0 if they touch or overlap. */
static size_t gap(size_t first_a, size_t last_a, size_t first_b, size_t last_b)
{
    if (last_a < first_b)
        return first_b - last_a - 1;
    return last_b < first_a ? first_a - last_b - 1 : 0;
}

static size_t gap_between(const struct group *a, const struct group *b)
{
    return larger(gap(a->left, a->right, b->left, b->right),
                  gap(a->top, a->bottom, b->top, b->bottom));
}

/* Columns that both have. */
static size_t shared_width(const struct group *a, const struct group *b)
{
    size_t first = larger(a->left, b->left);
    size_t end = smaller(a->right, b->right) + 1;
    return end > first ? end - first : 0;
}

/* Two pieces of one digit: one stands above the other, or they are close and narrow together. */
static bool are_one(const struct group *a, const struct group *b)
{
    struct group both = unite(a, b);
    size_t height = height_of(&both);
    if (gap(a->top, a->bottom, b->top, b->bottom) > height / PART_GAP_DIVISOR)
        return false;
    if (2 * shared_width(a, b) >= smaller(width_of(a), width_of(b)))
        return true;
    return width_of(&both) <= height && 8 * gap_between(a, b) <= height;
}

/* Along half of a side of the picture. */
static bool lies_along_edge(const struct component *component, const struct plane *plane)
{
    return 2 * component->along[0] >= plane->height_px ||
           2 * component->along[1] >= plane->height_px ||
           2 * component->along[2] >= plane->width_px || 2 * component->along[3] >= plane->width_px;
}

/* Fills half of its box, and that is more than a stroke is thick. */
static bool is_solid(const struct group *group, const struct plane *plane)
{
    size_t width = width_of(group);
    size_t height = height_of(group);
    size_t shorter = smaller(plane->width_px, plane->height_px);
    return 4 * smaller(width, height) >= shorter && 2 * group->mass >= 255 * width * height;
}

/* Around a smaller component that may be a digit: a box that was printed for it, or the edge of the
 * paper. */
static bool encloses(const struct component *outer, const struct component *inner,
                     const struct plane *plane)
{
    size_t width = outer->right - outer->left + 1;
    size_t height = outer->bottom - outer->top + 1;
    size_t inner_height = inner->bottom - inner->top + 1;
    bool edge = 5 * width >= 4 * plane->width_px && 5 * height >= 4 * plane->height_px;
    if (outer->left >= inner->left || outer->right <= inner->right || outer->top >= inner->top ||
        outer->bottom <= inner->bottom)
        return false;
    if (edge)
        return 50 * inner->mass >= outer->mass && 6 * inner_height >= height;
    return 10 * inner->mass >= outer->mass && 5 * inner_height >= 2 * height;
}

static bool is_frame(const struct component *component, const struct components *components,
                     const struct plane *plane)
{
    struct group group = group_of(component, plane);
    for (size_t i = 0; i < components->count; i++)
        if (encloses(component, &components->items[i], plane))
            return true;
    return lies_along_edge(component, plane) || (group.touches_edge && is_solid(&group, plane));
}

static uint64_t weight_of(const struct component *component, const struct components *components,
                          const struct plane *plane)
{
    bool suspect =
        is_frame(component, components, plane) || group_of(component, plane).touches_edge;
    return component->mass / (suspect ? EDGE_WEIGHT_DIVISOR : 1);
}

static size_t find_main(const struct components *components, const struct plane *plane)
{
    size_t main = 0;
    for (size_t i = 1; i < components->count; i++)
        if (weight_of(&components->items[i], components, plane) >
            weight_of(&components->items[main], components, plane))
            main = i;
    return main;
}

/* Each component that is large enough to be a digit becomes a group. */
static void seed(struct groups *groups, const struct components *components,
                 const struct plane *plane)
{
    size_t main = find_main(components, plane);
    struct group largest = group_of(&components->items[main], plane);
    for (size_t i = 0; i < components->count; i++) {
        const struct component *component = &components->items[i];
        struct group group = group_of(component, plane);
        bool digit = !is_frame(component, components, plane) &&
                     DIGIT_MASS_DIVISOR * group.mass >= largest.mass &&
                     DIGIT_HEIGHT_DIVISOR * height_of(&group) >= height_of(&largest);
        if (i == main || digit) {
            groups->of_component[i] = (uint16_t)groups->count;
            groups->items[groups->count++] = group;
        }
    }
}

/* Puts group `b` into group `a`, a < b, and the last group in its place. */
static void merge(struct groups *groups, const struct components *components, size_t a, size_t b)
{
    size_t last = --groups->count;
    groups->items[a] = unite(&groups->items[a], &groups->items[b]);
    groups->items[b] = groups->items[last];
    for (size_t i = 0; i < components->count; i++) {
        if (groups->of_component[i] == b)
            groups->of_component[i] = (uint16_t)a;
        if (groups->of_component[i] == last)
            groups->of_component[i] = (uint16_t)b;
    }
}

static bool merge_any(struct groups *groups, const struct components *components)
{
    for (size_t a = 0; a < groups->count; a++)
        for (size_t b = a + 1; b < groups->count; b++)
            if (are_one(&groups->items[a], &groups->items[b])) {
                merge(groups, components, a, b);
                return true;
            }
    return false;
}

/* The group that a small piece belongs to; COMPONENT_NONE if it is dirt. */
static uint16_t find_owner(const struct groups *groups, const struct group *piece)
{
    uint16_t owner = COMPONENT_NONE;
    size_t nearest = SIZE_MAX;
    for (size_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->items[i];
        size_t distance = gap_between(group, piece);
        size_t side = larger(width_of(group), height_of(group));
        if (PART_GAP_DIVISOR * distance <= side && PART_MASS_DIVISOR * piece->mass >= group->mass &&
            distance < nearest) {
            owner = (uint16_t)i;
            nearest = distance;
        }
    }
    return owner;
}

static void add_parts(struct groups *groups, const struct components *components,
                      const struct plane *plane)
{
    struct groups seeds = *groups;
    for (size_t i = 0; i < components->count; i++) {
        if (groups->of_component[i] != COMPONENT_NONE)
            continue;
        struct group piece = group_of(&components->items[i], plane);
        uint16_t owner = is_frame(&components->items[i], components, plane)
                             ? COMPONENT_NONE
                             : find_owner(&seeds, &piece);
        groups->of_component[i] = owner;
        if (owner == COMPONENT_NONE)
            groups->dropped++;
        else
            groups->items[owner] = unite(&groups->items[owner], &piece);
    }
}

static void swap(struct groups *groups, const struct components *components, size_t a, size_t b)
{
    struct group group = groups->items[a];
    groups->items[a] = groups->items[b];
    groups->items[b] = group;
    for (size_t i = 0; i < components->count; i++) {
        if (groups->of_component[i] == a)
            groups->of_component[i] = (uint16_t)b;
        else if (groups->of_component[i] == b)
            groups->of_component[i] = (uint16_t)a;
    }
}

/* By the middle of the box. */
static void sort(struct groups *groups, const struct components *components)
{
    for (size_t i = 1; i < groups->count; i++)
        for (size_t j = i; j > 0; j--) {
            const struct group *here = &groups->items[j];
            const struct group *before = &groups->items[j - 1];
            if (before->left + before->right <= here->left + here->right)
                break;
            swap(groups, components, j - 1, j);
        }
}

void groups_find(struct groups *out, const struct components *components, const struct plane *plane)
{
    out->count = 0;
    out->main = 0;
    out->dropped = 0;
    for (size_t i = 0; i < components->count; i++)
        out->of_component[i] = COMPONENT_NONE;
    if (components->count == 0)
        return;
    seed(out, components, plane);
    while (out->count > 1 && merge_any(out, components))
        ;
    add_parts(out, components, plane);
    sort(out, components);
    for (size_t i = 1; i < out->count; i++)
        if (out->items[i].mass > out->items[out->main].mass)
            out->main = i;
}

void groups_unite(struct groups *out, const struct components *components,
                  const struct plane *plane)
{
    out->count = components->count > 0;
    out->main = 0;
    out->dropped = 0;
    for (size_t i = 0; i < components->count; i++) {
        struct group piece = group_of(&components->items[i], plane);
        out->items[0] = i == 0 ? piece : unite(&out->items[0], &piece);
        out->of_component[i] = 0;
    }
}
