#include "trainer/report/png.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#define MAX_SIDE_PX 16384

enum digit_status png_picture_init(struct png_picture *out, enum png_picture_kind kind,
                                   size_t width_px, size_t height_px, struct digit_error *error)
{
    assert(width_px > 0 && width_px <= MAX_SIDE_PX && height_px > 0 && height_px <= MAX_SIDE_PX);
    *out = (struct png_picture){.kind = kind, .width_px = width_px, .height_px = height_px};
    out->samples = calloc(width_px * height_px, kind);
    if (out->samples == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for a picture of %zux%zu px", width_px,
                          height_px);
    return DIGIT_OK;
}

/* libpng's simplified interface: the first call calculates the size, the second one writes. */
enum digit_status png_picture_add(struct buffer *out, const struct png_picture *picture,
                                  struct digit_error *error)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)picture->width_px,
                       .height = (png_uint_32)picture->height_px,
                       .format =
                           picture->kind == PNG_PICTURE_GREY ? PNG_FORMAT_GRAY : PNG_FORMAT_RGBA};
    png_alloc_size_t size_bytes = 0;
    void *file = NULL;
    if (png_image_write_to_memory(&image, NULL, &size_bytes, 0, picture->samples, 0, NULL))
        file = malloc(size_bytes);
    enum digit_status status = DIGIT_OK;
    if (file == NULL ||
        !png_image_write_to_memory(&image, file, &size_bytes, 0, picture->samples, 0, NULL))
        status = digit_fail(error, DIGIT_NO_MEMORY, "no memory for a picture of %zux%zu px: %s",
                            picture->width_px, picture->height_px, image.message);
    else
        buffer_add(out, file, size_bytes);
    png_image_free(&image);
    free(file);
    return status;
}

enum digit_status png_picture_add_uri(struct buffer *out, const struct png_picture *picture,
                                      struct digit_error *error)
{
    struct buffer file = {0};
    enum digit_status status = png_picture_add(&file, picture, error);
    if (status == DIGIT_OK) {
        buffer_text(out, "data:image/png;base64,");
        buffer_base64(out, file.bytes, file.size_bytes);
        out->failed = out->failed || file.failed;
    }
    buffer_release(&file);
    return status;
}

void png_picture_release(struct png_picture *picture)
{
    free(picture->samples);
    memset(picture, 0, sizeof *picture);
}
