#include "core/image/upright.h"

#include <assert.h>
#include <stddef.h>

#include "core/image/arena.h"
#include "core/image/exif.h"

/* Columns that are written together, so that the rows from which they are read stay in the cache. */
#define STRIP_PX 32

static const struct upright_move moves[EXIF_ORIENTATION_LAST + 1] = {
    [1] = {0, false},  [2] = {0, true},   [3] = {180, false}, [4] = {180, true},
    [5] = {270, true}, [6] = {90, false}, [7] = {90, true},   [8] = {270, false},
};

/* Where the pixels of the moved picture lie in the original. */
struct path {
    ptrdiff_t first;  /* index of the pixel that becomes the upper left corner */
    ptrdiff_t across; /* index difference to the right neighbour */
    ptrdiff_t down;   /* index difference to the neighbour below */
};

struct upright_move upright_move_of(unsigned orientation)
{
    assert(orientation >= EXIF_UPRIGHT && orientation <= EXIF_ORIENTATION_LAST);
    return moves[orientation];
}

bool upright_changes_sides(struct upright_move move)
{
    return move.rotation_deg == 90 || move.rotation_deg == 270;
}

bool upright_is_from_right(struct upright_move move)
{
    return (move.rotation_deg >= 180) != move.mirrored;
}

bool upright_is_from_bottom(struct upright_move move)
{
    return move.rotation_deg == 90 || move.rotation_deg == 180;
}

static struct path path_of(const struct raster *raster, struct upright_move move)
{
    const ptrdiff_t width = (ptrdiff_t)raster->width_px;
    const ptrdiff_t height = (ptrdiff_t)raster->height_px;
    const bool from_right = upright_is_from_right(move);
    const bool from_bottom = upright_is_from_bottom(move);
    const ptrdiff_t along_row = from_right ? -1 : 1;
    const ptrdiff_t along_column = from_bottom ? -width : width;

    return (struct path){
        .first = (from_bottom ? (height - 1) * width : 0) + (from_right ? width - 1 : 0),
        .across = upright_changes_sides(move) ? along_column : along_row,
        .down = upright_changes_sides(move) ? along_row : along_column,
    };
}

static void copy_along(uint8_t *out, size_t width_px, size_t height_px, const uint8_t *luma,
                       const struct path *path)
{
    for (size_t left = 0; left < width_px; left += STRIP_PX) {
        const size_t right = width_px - left < STRIP_PX ? width_px : left + STRIP_PX;

        for (size_t y = 0; y < height_px; y++) {
            const ptrdiff_t row = path->first + (ptrdiff_t)y * path->down;

            for (size_t x = left; x < right; x++)
                out[y * width_px + x] = luma[row + (ptrdiff_t)x * path->across];
        }
    }
}

enum digit_status upright_apply(struct raster *raster, struct upright_move move,
                                struct digit_error *error)
{
    if (move.rotation_deg == 0 && !move.mirrored)
        return DIGIT_OK;

    const size_t width = upright_changes_sides(move) ? raster->height_px : raster->width_px;
    const size_t height = upright_changes_sides(move) ? raster->width_px : raster->height_px;
    const struct path path = path_of(raster, move);
    uint8_t *turned = arena_take(raster->arena, width * height);

    if (turned == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to rotate %zux%zu px",
                          raster->width_px, raster->height_px);
    copy_along(turned, width, height, raster->luma, &path);
    arena_give(raster->arena, raster->luma);
    raster->luma = turned;
    raster->width_px = width;
    raster->height_px = height;
    return DIGIT_OK;
}
