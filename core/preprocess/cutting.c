#include "core/preprocess/cutting.h"

#include <stdbool.h>
#include <string.h>

#define MARGIN_DIVISOR 10

/* Sums of at most 4 x 4 pixels. */
_Static_assert((PLANE_SIDE_MAX_PX + CUTTING_INK_MAX_PX - 1) / CUTTING_INK_MAX_PX == 4,
               "sixteen pixels fit 16 bits");

static size_t divide_up(size_t number, size_t divisor)
{
    return (number + divisor - 1) / divisor;
}

/* Where a pixel of the group's box goes. */
static size_t place_of(const struct cutting *cutting, size_t down, size_t across, size_t factor)
{
    return (down / factor + cutting->margin_px) * cutting->plane.width_px + across / factor +
           cutting->margin_px;
}

static bool belongs_to(const struct run *run, const struct groups *groups, size_t index)
{
    return run->component != COMPONENT_NONE && groups->of_component[run->component] == index;
}

/* Copies the ink of group `index` pixel by pixel. */
static void copy(const struct cutting *cutting, const struct plane *plane,
                 const struct components *components, const struct groups *groups, size_t index)
{
    const struct box *box = &groups->items[index].box;
    memset(cutting->plane.pixels, 0, cutting->plane.width_px * cutting->plane.height_px);
    for (size_t i = 0; i < components->run_count; i++) {
        const struct run *run = &components->runs[i];
        if (belongs_to(run, groups, index))
            memcpy(cutting->plane.pixels +
                       place_of(cutting, run->row - box->top, run->first - box->left, 1),
                   plane->pixels + run->row * plane->width_px + run->first,
                   (size_t)run->end - run->first);
    }
}

/* Adds a run to the sums, `factor` pixels to each. */
static void add_run(const struct cutting *cutting, const struct plane *plane, const struct run *run,
                    const struct box *box, size_t factor)
{
    const uint8_t *row = plane->pixels + run->row * plane->width_px;
    size_t across = run->first - box->left;
    uint16_t *sum = cutting->sums + place_of(cutting, run->row - box->top, across, factor);
    size_t added = across % factor;
    for (size_t x = run->first; x < run->end; x++, added++) {
        if (added == factor) {
            added = 0;
            sum++;
        }
        *sum = (uint16_t)(*sum + row[x]);
    }
}

/* Copies the ink of group `index`, the mean of factor x factor pixels as one. */
static void shrink(const struct cutting *cutting, const struct plane *plane,
                   const struct components *components, const struct groups *groups, size_t index,
                   size_t factor)
{
    size_t count = cutting->plane.width_px * cutting->plane.height_px;
    memset(cutting->sums, 0, count * sizeof *cutting->sums);
    for (size_t i = 0; i < components->run_count; i++)
        if (belongs_to(&components->runs[i], groups, index))
            add_run(cutting, plane, &components->runs[i], &groups->items[index].box, factor);
    for (size_t i = 0; i < count; i++)
        cutting->plane.pixels[i] = (uint8_t)(cutting->sums[i] / (factor * factor));
}

void cutting_take(struct cutting *out, const struct plane *plane,
                  const struct components *components, const struct groups *groups, size_t index)
{
    const struct box *box = &groups->items[index].box;
    size_t factor = divide_up(box_longer_side(box), CUTTING_INK_MAX_PX);
    out->side_px = divide_up(box_longer_side(box), factor);
    out->margin_px = divide_up(out->side_px, MARGIN_DIVISOR);
    out->plane.width_px = divide_up(box_width(box), factor) + 2 * out->margin_px;
    out->plane.height_px = divide_up(box_height(box), factor) + 2 * out->margin_px;
    if (factor == 1)
        copy(out, plane, components, groups, index);
    else
        shrink(out, plane, components, groups, index, factor);
}
