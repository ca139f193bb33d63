#include "trainer/report/gallery.h"

#include <stdlib.h>
#include <string.h>

#include <digit/image.h>

#include "trainer/report/png.h"

#define SHEET_COLUMNS 20
#define SHEET_SCALE   3
#define SHEET_GAP_PX  2
#define SHEET_GROUND  0x80 /* between the images */
#define SHEET_TILE_PX (DIGIT_SIDE_PX * SHEET_SCALE)
#define SHEET_STEP_PX (SHEET_TILE_PX + SHEET_GAP_PX)

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
    out->items = calloc(count + 1, sizeof *out->items); /* never of nothing */
    if (out->items == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to list %zu images", count);
    for (size_t i = 0; i < count; i++) {
        const struct misclassified *wrong = &evaluation->misclassified[i];
        const float *probabilities = evaluation->probabilities + wrong->index * DIGIT_CLASSES;
        out->items[i] =
            (struct gallery_item){wrong->index, wrong->label, wrong->digit,
                                  probabilities[wrong->digit], probabilities[wrong->label]};
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

size_t gallery_pairs(struct gallery_pair out[GALLERY_PAIRS_MAX], const struct confusion *confusion)
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

/* Draws an image into the sheet at tile `place`. */
static void draw_tile(struct png_picture *sheet, size_t place, const uint8_t *image)
{
    size_t left = place % SHEET_COLUMNS * SHEET_STEP_PX + SHEET_GAP_PX;
    size_t top = place / SHEET_COLUMNS * SHEET_STEP_PX + SHEET_GAP_PX;
    for (size_t y = 0; y < SHEET_TILE_PX; y++)
        for (size_t x = 0; x < SHEET_TILE_PX; x++)
            sheet->samples[(top + y) * sheet->width_px + left + x] =
                image[y / SHEET_SCALE * DIGIT_SIDE_PX + x / SHEET_SCALE];
}

enum digit_status gallery_add_sheet(struct buffer *out, const struct gallery *gallery,
                                    const uint8_t *images, struct digit_error *error)
{
    if (gallery->shown == 0)
        return DIGIT_OK;
    size_t columns = gallery->shown < SHEET_COLUMNS ? gallery->shown : SHEET_COLUMNS;
    size_t rows = (gallery->shown + SHEET_COLUMNS - 1) / SHEET_COLUMNS;
    struct png_picture sheet;
    enum digit_status status =
        png_picture_init(&sheet, PNG_PICTURE_GREY, columns * SHEET_STEP_PX + SHEET_GAP_PX,
                         rows * SHEET_STEP_PX + SHEET_GAP_PX, error);
    if (status != DIGIT_OK)
        return status;
    memset(sheet.samples, SHEET_GROUND, sheet.width_px * sheet.height_px);
    for (size_t i = 0; i < gallery->shown; i++)
        draw_tile(&sheet, i, images + gallery->items[i].index * DIGIT_PIXELS);
    status = png_picture_add(out, &sheet, error);
    png_picture_release(&sheet);
    return status;
}
