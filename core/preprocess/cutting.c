#include "core/preprocess/cutting.h"

#include <string.h>

#define MARGIN_DIVISOR 10

/* Sums of at most 4 x 4 pixels. */
_Static_assert((PLANE_SIDE_MAX_PX + CUTTING_INK_MAX_PX - 1) / CUTTING_INK_MAX_PX == 4,
               "sixteen pixels fit 16 bits");

static void add_run(const struct cutting *cutting, const uint8_t *row, const struct run *run,
                    const struct group *group, size_t factor)
{
    size_t y = (run->row - group->top) / factor + cutting->margin_px;
    uint16_t *line = cutting->sums + y * cutting->plane.width_px + cutting->margin_px;
    if (factor == 1)
        for (size_t x = run->first; x < run->end; x++)
            line[x - group->left] = row[x];
    else
        for (size_t x = run->first; x < run->end; x++)
            line[(x - group->left) / factor] =
                (uint16_t)(line[(x - group->left) / factor] + row[x]);
}

static size_t divide_up(size_t number, size_t divisor)
{
    return (number + divisor - 1) / divisor;
}

void cutting_take(struct cutting *out, const struct plane *plane,
                  const struct components *components, const struct groups *groups, size_t index)
{
    const struct group *group = &groups->items[index];
    size_t width = group->right - group->left + 1;
    size_t height = group->bottom - group->top + 1;
    size_t side = width > height ? width : height;
    size_t factor = divide_up(side, CUTTING_INK_MAX_PX);
    out->side_px = divide_up(side, factor);
    out->margin_px = divide_up(out->side_px, MARGIN_DIVISOR);
    out->plane.width_px = divide_up(width, factor) + 2 * out->margin_px;
    out->plane.height_px = divide_up(height, factor) + 2 * out->margin_px;
    size_t count = out->plane.width_px * out->plane.height_px;
    memset(out->sums, 0, count * sizeof *out->sums);
    for (size_t i = 0; i < components->run_count; i++) {
        const struct run *run = &components->runs[i];
        if (run->component != COMPONENT_NONE && groups->of_component[run->component] == index)
            add_run(out, plane->pixels + run->row * plane->width_px, run, group, factor);
    }
    for (size_t i = 0; i < count; i++)
        out->plane.pixels[i] = (uint8_t)(out->sums[i] / (factor * factor));
}
