/*
 * A contact sheet: one picture of equally large tiles, in rows from the top left, with gaps around
 * them.
 *
 *     const struct sheet_layout layout = {.tile_count = 22, .columns_max = 20, ...};
 *     struct png_picture sheet;
 *     status = sheet_init(&sheet, PNG_PICTURE_GREY, &layout, &error);
 *     struct sheet_place place = sheet_place_of(&layout, 21);
 *     ... draw tile 21 from (place.left_px, place.top_px) ...
 *     png_picture_release(&sheet);
 *
 * Threads: any, on different pictures.
 */
#ifndef TRAINER_REPORT_SHEET_H
#define TRAINER_REPORT_SHEET_H

#include <stddef.h>

#include <digit/status.h>

#include "trainer/report/png.h"

struct sheet_layout {
    size_t tile_count;  /* 1 or more */
    size_t columns_max; /* tiles in a row, if there are that many */
    size_t tile_width_px;
    size_t tile_height_px;
    size_t gap_px; /* between tiles, and around all of them */
};

/* The top left corner of a tile. */
struct sheet_place {
    size_t left_px;
    size_t top_px;
};

/* Makes a picture of zeros, as large as the sheet (png_picture_init limits its sides); the caller
 * releases it. Errors: NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status sheet_init(struct png_picture *out, enum png_picture_kind kind,
                                              const struct sheet_layout *layout,
                                              struct digit_error *error);

/* Where tile `index`, below tile_count, lies. */
struct sheet_place sheet_place_of(const struct sheet_layout *layout, size_t index);

#endif
