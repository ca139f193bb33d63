#include "core/preprocess/measure.h"

#include "core/preprocess/compare.h"

static bool row_has_ink(const uint8_t *row, size_t width_px, uint8_t ground)
{
    int above = 0;
    for (size_t x = 0; x < width_px; x++)
        above |= row[x] > ground;
    return above != 0;
}

bool measure_box(struct box *out, const struct plane *plane, uint8_t ground)
{
    size_t width = plane->width_px;
    *out = (struct box){.left = width, .top = plane->height_px};
    for (size_t y = 0; y < plane->height_px; y++) {
        const uint8_t *row = plane->pixels + y * width;
        if (!row_has_ink(row, width, ground))
            continue;
        size_t first = 0;
        size_t last = width - 1;
        while (row[first] <= ground)
            first++;
        while (row[last] <= ground)
            last--;
        out->left = smaller(first, out->left);
        out->right = larger(last, out->right);
        out->top = smaller(y, out->top);
        out->bottom = y;
    }
    return out->left < width;
}

size_t box_width(const struct box *box)
{
    return box->right - box->left + 1;
}

size_t box_height(const struct box *box)
{
    return box->bottom - box->top + 1;
}

size_t box_longer_side(const struct box *box)
{
    return larger(box_width(box), box_height(box));
}

struct moments measure_moments(const struct plane *plane, uint8_t ground)
{
    struct moments moments = {0, 0, 0};
    for (size_t y = 0; y < plane->height_px; y++) {
        const uint8_t *row = plane->pixels + y * plane->width_px;
        uint32_t mass = 0, moment = 0;
        for (size_t x = 0; x < plane->width_px; x++) {
            uint32_t ink = row[x] > ground ? row[x] : 0;
            mass += ink;
            moment += ink * (uint32_t)(2 * x + 1);
        }
        moments.mass += mass;
        moments.x += moment;
        moments.y += (uint64_t)mass * (2 * y + 1);
    }
    return moments;
}
