#include "trainer/report/gallery.h"

#include <stdlib.h>
#include <string.h>

#include <digit/image.h>

#include "trainer/report/png.h"
#include "trainer/report/sheet.h"

#define SHEET_COLUMNS    20
#define SHEET_SCALE      3
#define SHEET_GAP_PX     2
#define SHEET_BACKGROUND 0x80 /* between the images */
#define SHEET_TILE_PX    (DIGIT_SIDE_PX * SHEET_SCALE)

static int compare_items(const void *left, const void *right)
{
    const struct gallery_item *a = left, *b = right;
    if (a->confidence != b->confidence)
        return a->confidence > b->confidence ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

enum digit_status gallery_make(struct gallery *out, const struct evaluation *evaluation,
                               struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    size_t count = evaluation->misclassified_count;
    out->items = calloc(count + 1, sizeof *out->items); /* + 1: calloc(0) may give NULL */
    if (out->items == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to list %zu images", count);
    for (size_t i = 0; i < count; i++) {
        const struct misclassified *from = &evaluation->misclassified[i];
        const float *probabilities = evaluation->probabilities + from->index * DIGIT_CLASSES;
        out->items[i] =
            (struct gallery_item){from->index, from->label, from->digit, probabilities[from->digit],
                                  probabilities[from->label]};
    }
    qsort(out->items, count, sizeof *out->items, compare_items);
    out->count = count;
    out->shown = count < GALLERY_SHOWN_MAX ? count : GALLERY_SHOWN_MAX;
    return DIGIT_OK;
}

void gallery_release(struct gallery *gallery)
{
    free(gallery->items);
    memset(gallery, 0, sizeof *gallery);
}

static int compare_pairs(const void *left, const void *right)
{
    const struct gallery_pair *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    if (a->label != b->label)
        return a->label < b->label ? -1 : 1;
    return (a->digit > b->digit) - (a->digit < b->digit);
}

size_t gallery_list_pairs(struct gallery_pair out[GALLERY_PAIRS_MAX],
                          const struct confusion *confusion)
{
    size_t count = 0;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        for (size_t j = 0; j < DIGIT_CLASSES; j++)
            if (i != j && confusion->images[i][j] > 0)
                out[count++] =
                    (struct gallery_pair){(uint8_t)i, (uint8_t)j, confusion->images[i][j]};
    qsort(out, count, sizeof *out, compare_pairs);
    return count;
}

/* Draws an enlarged image into the sheet from `place` on. */
static void draw_tile(struct png_picture *sheet, struct sheet_place place, const uint8_t *image)
{
    for (size_t y = 0; y < SHEET_TILE_PX; y++)
        for (size_t x = 0; x < SHEET_TILE_PX; x++)
            sheet->samples[(place.top_px + y) * sheet->width_px + place.left_px + x] =
                image[y / SHEET_SCALE * DIGIT_SIDE_PX + x / SHEET_SCALE];
}

enum digit_status gallery_add_sheet(struct buffer *out, const struct gallery *gallery,
                                    const uint8_t *images, struct digit_error *error)
{
    if (gallery->shown == 0)
        return DIGIT_OK;
    const struct sheet_layout layout = {
        .tile_count = gallery->shown,
        .columns_max = SHEET_COLUMNS,
        .tile_width_px = SHEET_TILE_PX,
        .tile_height_px = SHEET_TILE_PX,
        .gap_px = SHEET_GAP_PX,
    };
    struct png_picture sheet;
    enum digit_status status = sheet_init(&sheet, PNG_PICTURE_GREY, &layout, error);
    if (status != DIGIT_OK)
        return status;
    memset(sheet.samples, SHEET_BACKGROUND, sheet.width_px * sheet.height_px);
    for (size_t i = 0; i < gallery->shown; i++)
        draw_tile(&sheet, sheet_place_of(&layout, i),
                  images + gallery->items[i].index * DIGIT_PIXELS);
    status = png_picture_add(out, &sheet, error);
    png_picture_release(&sheet);
    return status;
}
