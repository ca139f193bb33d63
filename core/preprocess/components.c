#include "core/preprocess/components.h"

#include <string.h>

#include "core/preprocess/compare.h"

static uint32_t find_root(struct run *runs, uint32_t at)
{
    while (runs[at].parent != at) {
        runs[at].parent = runs[runs[at].parent].parent;
        at = runs[at].parent;
    }
    return at;
}

/* Joins two pieces; the earlier of their roots becomes the root of both. */
static void join_runs(struct run *runs, uint32_t a, uint32_t b)
{
    a = find_root(runs, a);
    b = find_root(runs, b);
    if (a < b)
        runs[b].parent = a;
    else
        runs[a].parent = b;
}

/* Joins the runs of one row (from `first` on) with the runs of the row above (from `above` to first - 1)
 * that they touch. */
static void join_rows(struct components *components, size_t above, size_t first)
{
    struct run *runs = components->runs;
    size_t upper = above;
    for (size_t lower = first; lower < components->run_count; lower++) {
        while (upper < first && runs[upper].end < runs[lower].first)
            upper++;
        for (size_t i = upper; i < first && runs[i].first <= runs[lower].end; i++)
            join_runs(runs, (uint32_t)lower, (uint32_t)i);
    }
}

static void add_run(struct components *components, size_t row, size_t first, size_t end)
{
    size_t at = components->run_count++;
    components->runs[at] = (struct run){.row = (uint16_t)row,
                                        .first = (uint16_t)first,
                                        .end = (uint16_t)end,
                                        .parent = (uint32_t)at};
}

/* The first foreground pixel from column x on, or `end`. */
static size_t skip_background(const uint8_t *row, size_t x, size_t end)
{
    uint64_t eight = 0;
    for (; x + sizeof eight <= end; x += sizeof eight) {
        memcpy(&eight, row + x, sizeof eight);
        if (eight != 0)
            break;
    }
    while (x < end && row[x] == 0)
        x++;
    return x;
}

static void find_runs(struct components *components, const struct plane *plane)
{
    size_t above = 0;
    for (size_t y = 0; y < plane->height_px; y++) {
        const uint8_t *row = plane->pixels + y * plane->width_px;
        size_t first = components->run_count;
        for (size_t x = 0; x < plane->width_px;) {
            x = skip_background(row, x, plane->width_px);
            size_t begin = x;
            while (x < plane->width_px && row[x] != 0)
                x++;
            if (x > begin)
                add_run(components, y, begin, x);
        }
        /* Only runs of the row directly above can touch. */
        while (above < first && components->runs[above].row + 1u < y)
            above++;
        join_rows(components, above, first);
        above = first;
    }
}

static uint32_t mass_of(const struct run *run, const struct plane *plane)
{
    const uint8_t *row = plane->pixels + run->row * plane->width_px;
    uint32_t mass = 0;
    for (size_t x = run->first; x < run->end; x++)
        mass += row[x];
    return mass;
}

static void weigh_components(struct components *components, const struct plane *plane)
{
    for (size_t i = 0; i < components->run_count; i++) {
        uint32_t mass = mass_of(&components->runs[i], plane);
        components->runs[find_root(components->runs, (uint32_t)i)].mass += mass;
        components->mass += mass;
    }
}

static void extend_component(struct component *component, const struct run *run,
                             const struct plane *plane)
{
    size_t length = (size_t)run->end - run->first;
    component->box.left = smaller(run->first, component->box.left);
    component->box.right = larger(run->end - 1u, component->box.right);
    component->box.bottom = run->row;
    component->along[0] += run->first == 0;
    component->along[1] += run->end == plane->width_px;
    component->along[2] += run->row == 0 ? length : 0;
    component->along[3] += run->row + 1u == plane->height_px ? length : 0;
}

/* A root is the first run of its piece, so it gets its number before the others look it up. */
static void number_components(struct components *components, const struct plane *plane)
{
    for (size_t i = 0; i < components->run_count; i++) {
        struct run *run = &components->runs[i];
        const struct run *root = &components->runs[find_root(components->runs, (uint32_t)i)];
        if (root == run) {
            run->component = COMPONENT_NONE;
            if ((uint64_t)run->mass * COMPONENTS_MAX < components->mass ||
                components->count == COMPONENTS_MAX)
                continue;
            run->component = (uint16_t)components->count++;
            components->items[run->component] = (struct component){
                .box = {.left = run->first, .right = run->first, .top = run->row},
                .mass = run->mass,
            };
        }
        run->component = root->component;
        if (run->component != COMPONENT_NONE)
            extend_component(&components->items[run->component], run, plane);
    }
}

void components_find(struct components *out, const struct plane *plane)
{
    out->run_count = 0;
    out->count = 0;
    out->mass = 0;
    find_runs(out, plane);
    weigh_components(out, plane);
    number_components(out, plane);
}
