#include "core/preprocess/crop.h"

#include <stdbool.h>
#include <string.h>

#define MARGIN_DIVISOR 10

/* A sum is of at most 4 x 4 pixels. */
_Static_assert((PLANE_SIDE_MAX_PX + CROP_DIGIT_MAX_PX - 1) / CROP_DIGIT_MAX_PX == 4,
               "sixteen pixels fit 16 bits");

static size_t divide_up(size_t number, size_t divisor)
{
    return (number + divisor - 1) / divisor;
}

/* Index in the crop of the pixel at (down, across) of the group's box. */
static size_t place_of(const struct crop *crop, size_t down, size_t across, size_t factor)
{
    return (down / factor + crop->margin_px) * crop->plane.width_px + across / factor +
           crop->margin_px;
}

static bool belongs_to(const struct run *run, const struct groups *groups, size_t index)
{
    return run->component != COMPONENT_NONE && groups->of_component[run->component] == index;
}

/* Copies the foreground of group `index` at full size. */
static void copy_group(const struct crop *crop, const struct plane *plane,
                       const struct components *components, const struct groups *groups,
                       size_t index)
{
    const struct box *box = &groups->items[index].box;
    memset(crop->plane.pixels, 0, crop->plane.width_px * crop->plane.height_px);
    for (size_t i = 0; i < components->run_count; i++) {
        const struct run *run = &components->runs[i];
        if (belongs_to(run, groups, index))
            memcpy(crop->plane.pixels +
                       place_of(crop, run->row - box->top, run->first - box->left, 1),
                   plane->pixels + run->row * plane->width_px + run->first,
                   (size_t)run->end - run->first);
    }
}

/* Adds the pixels of a run to the sums, `factor` neighbours to each sum. */
static void add_run(const struct crop *crop, const struct plane *plane, const struct run *run,
                    const struct box *box, size_t factor)
{
    const uint8_t *row = plane->pixels + run->row * plane->width_px;
    size_t across = run->first - box->left;
    uint16_t *sum = crop->sums + place_of(crop, run->row - box->top, across, factor);
    size_t added = across % factor;
    for (size_t x = run->first; x < run->end; x++, added++) {
        if (added == factor) {
            added = 0;
            sum++;
        }
        *sum = (uint16_t)(*sum + row[x]);
    }
}

/* Copies the foreground of group `index`, reduced: each pixel is the mean of factor x factor pixels. */
static void shrink_group(const struct crop *crop, const struct plane *plane,
                         const struct components *components, const struct groups *groups,
                         size_t index, size_t factor)
{
    size_t count = crop->plane.width_px * crop->plane.height_px;
    memset(crop->sums, 0, count * sizeof *crop->sums);
    for (size_t i = 0; i < components->run_count; i++)
        if (belongs_to(&components->runs[i], groups, index))
            add_run(crop, plane, &components->runs[i], &groups->items[index].box, factor);
    for (size_t i = 0; i < count; i++)
        crop->plane.pixels[i] = (uint8_t)(crop->sums[i] / (factor * factor));
}

void crop_take(struct crop *out, const struct plane *plane, const struct components *components,
               const struct groups *groups, size_t index)
{
    const struct box *box = &groups->items[index].box;
    size_t factor = divide_up(box_longer_side(box), CROP_DIGIT_MAX_PX);
    out->side_px = divide_up(box_longer_side(box), factor);
    out->margin_px = divide_up(out->side_px, MARGIN_DIVISOR);
    out->plane.width_px = divide_up(box_width(box), factor) + 2 * out->margin_px;
    out->plane.height_px = divide_up(box_height(box), factor) + 2 * out->margin_px;
    if (factor == 1)
        copy_group(out, plane, components, groups, index);
    else
        shrink_group(out, plane, components, groups, index, factor);
}
