#include "core/preprocess/groups.h"

#include <string.h>

#include "core/preprocess/compare.h"

#define EDGE_WEIGHT_DIVISOR  8
#define DIGIT_MASS_DIVISOR   4
#define DIGIT_HEIGHT_DIVISOR 2
#define PART_MASS_DIVISOR    20
#define PART_GAP_DIVISOR     4

/* The components with what is derived from each. */
struct view {
    const struct components *components;
    const struct plane *plane;     /* where they were found */
    bool is_frame[COMPONENTS_MAX]; /* by its place and shape no digit: a frame, an edge, a shadow */
};

static struct group group_of(const struct component *component, const struct plane *plane)
{
    const struct box *box = &component->box;
    return (struct group){
        .box = *box,
        .mass = component->mass,
        .touches_edge = box->left == 0 || box->top == 0 || box->right + 1 == plane->width_px ||
                        box->bottom + 1 == plane->height_px,
    };
}

static struct group unite_groups(const struct group *a, const struct group *b)
{
    return (struct group){
        .box = {.left = smaller(a->box.left, b->box.left),
                .top = smaller(a->box.top, b->box.top),
                .right = larger(a->box.right, b->box.right),
                .bottom = larger(a->box.bottom, b->box.bottom)},
        .mass = a->mass + b->mass,
        .touches_edge = a->touches_edge || b->touches_edge,
    };
}

/* Number of pixels between two intervals; 0 if they touch or overlap. */
static size_t gap(size_t first_a, size_t last_a, size_t first_b, size_t last_b)
{
    if (last_a < first_b)
        return first_b - last_a - 1;
    return last_b < first_a ? first_a - last_b - 1 : 0;
}

static size_t gap_across(const struct box *a, const struct box *b)
{
    return gap(a->left, a->right, b->left, b->right);
}

static size_t gap_down(const struct box *a, const struct box *b)
{
    return gap(a->top, a->bottom, b->top, b->bottom);
}

static size_t gap_between(const struct box *a, const struct box *b)
{
    return larger(gap_across(a, b), gap_down(a, b));
}

/* Number of columns that both boxes cover. */
static size_t shared_width(const struct box *a, const struct box *b)
{
    size_t first = larger(a->left, b->left);
    size_t end = smaller(a->right, b->right) + 1;
    return end > first ? end - first : 0;
}

/* Whether two groups are one digit: one stands above the other, or they are close and together narrow. */
static bool are_one_digit(const struct group *a, const struct group *b)
{
    struct group both = unite_groups(a, b);
    size_t height = box_height(&both.box);
    if (gap_down(&a->box, &b->box) > height / PART_GAP_DIVISOR)
        return false;
    if (2 * shared_width(&a->box, &b->box) >= smaller(box_width(&a->box), box_width(&b->box)))
        return true;
    return box_width(&both.box) <= height && 8 * gap_between(&a->box, &b->box) <= height;
}

/* Whether the component covers half of a side of the picture. */
static bool lies_along_edge(const struct component *component, const struct plane *plane)
{
    return 2 * component->along[0] >= plane->height_px ||
           2 * component->along[1] >= plane->height_px ||
           2 * component->along[2] >= plane->width_px || 2 * component->along[3] >= plane->width_px;
}

/* Whether the component fills half of its box and is thicker than a stroke. */
static bool is_solid(const struct component *component, const struct plane *plane)
{
    size_t width = box_width(&component->box);
    size_t height = box_height(&component->box);
    size_t shorter = smaller(plane->width_px, plane->height_px);
    return 4 * smaller(width, height) >= shorter && 2 * component->mass >= 255 * width * height;
}

static bool contains(const struct box *outer, const struct box *inner)
{
    return outer->left < inner->left && outer->right > inner->right && outer->top < inner->top &&
           outer->bottom > inner->bottom;
}

/* Whether `outer` encloses a smaller component that may be a digit, as a printed box or the edge of the
 * paper does. */
static bool encloses(const struct component *outer, const struct component *inner,
                     const struct plane *plane)
{
    if (!contains(&outer->box, &inner->box))
        return false;
    size_t width = box_width(&outer->box);
    size_t height = box_height(&outer->box);
    size_t inner_height = box_height(&inner->box);
    if (5 * width >= 4 * plane->width_px && 5 * height >= 4 * plane->height_px)
        return 50 * inner->mass >= outer->mass && 6 * inner_height >= height;
    return 10 * inner->mass >= outer->mass && 5 * inner_height >= 2 * height;
}

static bool is_frame(const struct component *component, const struct components *components,
                     const struct plane *plane)
{
    if (lies_along_edge(component, plane) ||
        (group_of(component, plane).touches_edge && is_solid(component, plane)))
        return true;
    for (size_t i = 0; i < components->count; i++)
        if (encloses(component, &components->items[i], plane))
            return true;
    return false;
}

static void view_components(struct view *out, const struct components *components,
                            const struct plane *plane)
{
    out->components = components;
    out->plane = plane;
    for (size_t i = 0; i < components->count; i++)
        out->is_frame[i] = is_frame(&components->items[i], components, plane);
}

static uint64_t weight_of(const struct view *view, size_t index)
{
    const struct component *component = &view->components->items[index];
    bool suspect = view->is_frame[index] || group_of(component, view->plane).touches_edge;
    return component->mass / (suspect ? EDGE_WEIGHT_DIVISOR : 1);
}

static size_t find_main(const struct view *view)
{
    size_t main = 0;
    for (size_t i = 1; i < view->components->count; i++)
        if (weight_of(view, i) > weight_of(view, main))
            main = i;
    return main;
}

/* Makes a group of each component that is large enough to be a digit. */
static void seed_groups(struct groups *groups, const struct view *view)
{
    size_t main = find_main(view);
    struct group largest = group_of(&view->components->items[main], view->plane);
    for (size_t i = 0; i < view->components->count; i++) {
        struct group group = group_of(&view->components->items[i], view->plane);
        bool digit = !view->is_frame[i] && DIGIT_MASS_DIVISOR * group.mass >= largest.mass &&
                     DIGIT_HEIGHT_DIVISOR * box_height(&group.box) >= box_height(&largest.box);
        groups->of_component[i] = COMPONENT_NONE;
        if (i == main || digit) {
            groups->of_component[i] = (uint16_t)groups->count;
            groups->items[groups->count++] = group;
        }
    }
}

/* Merges group `b` into group `a`, a < b, and moves the last group to `b`. */
static void merge_groups(struct groups *groups, const struct components *components, size_t a,
                         size_t b)
{
    size_t last = --groups->count;
    groups->items[a] = unite_groups(&groups->items[a], &groups->items[b]);
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
            if (are_one_digit(&groups->items[a], &groups->items[b])) {
                merge_groups(groups, components, a, b);
                return true;
            }
    return false;
}

/* Index of the group that a small piece belongs to, of groups [count]; COMPONENT_NONE if to none. */
static uint16_t find_owner(const struct group *groups, size_t count, const struct group *piece)
{
    uint16_t owner = COMPONENT_NONE;
    size_t nearest = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t distance = gap_between(&groups[i].box, &piece->box);
        if (PART_GAP_DIVISOR * distance <= box_longer_side(&groups[i].box) &&
            PART_MASS_DIVISOR * piece->mass >= groups[i].mass && distance < nearest) {
            owner = (uint16_t)i;
            nearest = distance;
        }
    }
    return owner;
}

static void add_parts(struct groups *groups, const struct view *view)
{
    struct group seeds[COMPONENTS_MAX];
    memcpy(seeds, groups->items, groups->count * sizeof *seeds);
    for (size_t i = 0; i < view->components->count; i++) {
        if (groups->of_component[i] != COMPONENT_NONE)
            continue;
        struct group piece = group_of(&view->components->items[i], view->plane);
        uint16_t owner =
            view->is_frame[i] ? COMPONENT_NONE : find_owner(seeds, groups->count, &piece);
        groups->of_component[i] = owner;
        if (owner == COMPONENT_NONE)
            groups->dropped++;
        else
            groups->items[owner] = unite_groups(&groups->items[owner], &piece);
    }
}

/* Whether the centre of box `a` lies left of that of `b`. */
static bool stands_before(const struct group *a, const struct group *b)
{
    return a->box.left + a->box.right < b->box.left + b->box.right;
}

static void sort_groups(struct groups *groups, const struct components *components)
{
    uint16_t from[COMPONENTS_MAX]; /* old index of the group at each place */
    uint16_t to[COMPONENTS_MAX + 1];
    for (size_t i = 0; i < groups->count; i++) {
        struct group group = groups->items[i];
        size_t place = i;
        for (; place > 0 && stands_before(&group, &groups->items[place - 1]); place--) {
            groups->items[place] = groups->items[place - 1];
            from[place] = from[place - 1];
        }
        groups->items[place] = group;
        from[place] = (uint16_t)i;
    }
    for (size_t i = 0; i < groups->count; i++)
        to[from[i]] = (uint16_t)i;
    to[COMPONENT_NONE] = COMPONENT_NONE;
    for (size_t i = 0; i < components->count; i++)
        groups->of_component[i] = to[groups->of_component[i]];
}

void groups_find(struct groups *out, const struct components *components, const struct plane *plane)
{
    struct view view;
    out->count = 0;
    out->main = 0;
    out->dropped = 0;
    if (components->count == 0)
        return;
    view_components(&view, components, plane);
    seed_groups(out, &view);
    while (out->count > 1 && merge_any(out, components))
        ;
    add_parts(out, &view);
    sort_groups(out, components);
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
        out->items[0] = i == 0 ? piece : unite_groups(&out->items[0], &piece);
        out->of_component[i] = 0;
    }
}
