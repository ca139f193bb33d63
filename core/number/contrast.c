#include "core/number/contrast.h"

#include <string.h>

#define LEVEL_MAX 255

static void find_peaks(uint8_t peaks[COMPONENTS_MAX], const struct plane *plane,
                       const struct components *components)
{
    memset(peaks, 0, COMPONENTS_MAX);
    for (size_t i = 0; i < components->run_count; i++) {
        const struct run *run = &components->runs[i];
        const uint8_t *row = plane->pixels + run->row * plane->width_px;
        for (size_t x = run->first; run->component != COMPONENT_NONE && x < run->end; x++)
            if (row[x] > peaks[run->component])
                peaks[run->component] = row[x];
    }
}

void contrast_raise(struct plane *out, const struct plane *plane,
                    const struct components *components)
{
    uint8_t peaks[COMPONENTS_MAX];
    out->width_px = plane->width_px;
    out->height_px = plane->height_px;
    memset(out->pixels, 0, plane->width_px * plane->height_px);
    find_peaks(peaks, plane, components);
    for (size_t i = 0; i < components->run_count; i++) {
        const struct run *run = &components->runs[i];
        if (run->component == COMPONENT_NONE)
            continue;
        size_t at = run->row * plane->width_px;
        uint32_t peak = peaks[run->component];
        if (peak < LEVEL_MAX / CONTRAST_FACTOR_MAX)
            peak = LEVEL_MAX / CONTRAST_FACTOR_MAX;
        for (size_t x = run->first; x < run->end; x++)
            out->pixels[at + x] = (uint8_t)(plane->pixels[at + x] * LEVEL_MAX / peak);
    }
}
