#include "core/preprocess/stroke.h"

#include <stdbool.h>
#include <string.h>

#include "core/preprocess/ink.h"

/* The median of MNIST's digits and what one of twenty exceeds, in 1/100 px of the 20 px box, measured
 * by stroke_width on 20,000 training images. */
#define STROKE_MEDIAN 282
#define STROKE_THICK  421

/* Lengths in 1/16 px. */
#define SIXTEENTHS   16
#define REACH_MAX_PX CUTTING_MARGIN_MAX_PX

static bool is_ink(const struct plane *plane, size_t at)
{
    return plane->pixels[at] >= INK_EDGE;
}

uint32_t stroke_width(const struct cutting *cutting)
{
    const struct plane *plane = &cutting->plane;
    uint64_t area = 0, sides = 0;
    /* The margin holds no ink, so every pixel of ink has neighbours. */
    for (size_t y = 1; y < plane->height_px; y++)
        for (size_t x = 1; x < plane->width_px; x++) {
            size_t at = y * plane->width_px + x;
            bool ink = is_ink(plane, at);
            area += ink;
            sides += ink != is_ink(plane, at - 1);
            sides += ink != is_ink(plane, at - plane->width_px);
        }
    if (sides == 0)
        return 0;
    /* 2 area / (sides pi / 4), with pi as 355 / 113, and 20 / side_px. */
    return (uint32_t)(area * 8 * 113 * 20 * 100 / (sides * 355 * cutting->side_px));
}

/* Distance along the row to the nearest pixel that is ink, or is not, at most `reach` + 1. */
static void measure_rows(uint8_t *across, const struct plane *plane, bool to_ink, size_t reach)
{
    for (size_t y = 0; y < plane->height_px; y++) {
        size_t row = y * plane->width_px;
        size_t distance = reach + 1;
        for (size_t x = 0; x < plane->width_px; x++) {
            distance = is_ink(plane, row + x) == to_ink ? 0 : distance + (distance <= reach);
            across[row + x] = (uint8_t)distance;
        }
        distance = reach + 1;
        for (size_t x = plane->width_px; x-- > 0;) {
            distance = is_ink(plane, row + x) == to_ink ? 0 : distance + (distance <= reach);
            if (distance < across[row + x])
                across[row + x] = (uint8_t)distance;
        }
    }
}

/* The square of the distance to the nearest such pixel, at most (reach + 1)^2. */
static uint32_t measure(const uint8_t *across, const struct plane *plane, size_t x, size_t y,
                        size_t reach)
{
    uint32_t best = (uint32_t)((reach + 1) * (reach + 1));
    size_t first = y > reach ? y - reach : 0;
    size_t end = y + reach + 1 < plane->height_px ? y + reach + 1 : plane->height_px;
    for (size_t i = first; i < end; i++) {
        uint32_t down = (uint32_t)(i > y ? i - y : y - i);
        uint32_t square = down * down + (uint32_t)across[i * plane->width_px + x] *
                                            across[i * plane->width_px + x];
        best = square < best ? square : best;
    }
    return best;
}

/* A pixel's share of ink, of 255, by how far its middle lies inside what is drawn, in 1/16 px. */
static uint8_t cover(int32_t inside)
{
    return (uint8_t)(inside <= 0 ? 0 : inside >= SIXTEENTHS ? 255 : inside * 255 / SIXTEENTHS);
}

/* Moves every edge outwards by `radius` / 16 px, or inwards if `grow` does not hold. */
static void move_edges(struct plane *plane, bool grow, int32_t radius,
                       struct stroke_scratch *scratch)
{
    uint8_t covered[(REACH_MAX_PX + 1) * (REACH_MAX_PX + 1) + 1];
    size_t reach = (size_t)(radius + SIXTEENTHS - 1) / SIXTEENTHS;
    if (reach > REACH_MAX_PX)
        reach = REACH_MAX_PX;
    measure_rows(scratch->across, plane, grow, reach);
    int32_t distance = 0;
    for (uint32_t square = 0; square <= (reach + 1) * (reach + 1); square++) {
        while ((uint32_t)((distance + 1) * (distance + 1)) <= square * SIXTEENTHS * SIXTEENTHS)
            distance++;
        covered[square] = cover(grow ? radius + SIXTEENTHS - distance : distance - radius);
    }
    for (size_t y = 0; y < plane->height_px; y++)
        for (size_t x = 0; x < plane->width_px; x++) {
            size_t at = y * plane->width_px + x;
            uint8_t ink = covered[measure(scratch->across, plane, x, y, reach)];
            if (grow ? ink > plane->pixels[at] : ink < plane->pixels[at])
                scratch->moved[at] = ink;
            else
                scratch->moved[at] = plane->pixels[at];
        }
    memcpy(plane->pixels, scratch->moved, plane->width_px * plane->height_px);
}

bool stroke_normalise(struct cutting *cutting, uint32_t width, struct stroke_scratch *scratch)
{
    if (width == 0 || (width >= STROKE_MEDIAN && width <= STROKE_THICK))
        return false;
    bool grow = width < STROKE_MEDIAN;
    uint32_t missing = grow ? STROKE_MEDIAN - width : width - STROKE_THICK;
    /* Half on either side, from 1/100 of 1/20 of the side to 1/16 px. */
    int32_t radius = (int32_t)(missing * cutting->side_px * SIXTEENTHS / (2 * 100 * 20));
    move_edges(&cutting->plane, grow, radius, scratch);
    return true;
}
