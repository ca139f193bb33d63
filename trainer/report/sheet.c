#include "trainer/report/sheet.h"

enum digit_status sheet_init(struct png_picture *out, enum png_picture_kind kind,
                             const struct sheet_layout *layout, struct digit_error *error)
{
    size_t columns =
        layout->tile_count < layout->columns_max ? layout->tile_count : layout->columns_max;
    size_t rows = (layout->tile_count + layout->columns_max - 1) / layout->columns_max;
    return png_picture_init(
        out, kind, columns * (layout->tile_width_px + layout->gap_px) + layout->gap_px,
        rows * (layout->tile_height_px + layout->gap_px) + layout->gap_px, error);
}

struct sheet_place sheet_place_of(const struct sheet_layout *layout, size_t index)
{
    size_t column = index % layout->columns_max, row = index / layout->columns_max;
    return (struct sheet_place){
        column * (layout->tile_width_px + layout->gap_px) + layout->gap_px,
        row * (layout->tile_height_px + layout->gap_px) + layout->gap_px,
    };
}
