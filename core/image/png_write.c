#include <digit/image.h>

#include <string.h>

#include <png.h>

enum digit_status digit_image_write_png(uint8_t out[DIGIT_PNG_MAX_BYTES], size_t *size_bytes,
                                        const uint8_t grey[DIGIT_PIXELS], struct digit_error *error)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = DIGIT_SIDE_PX,
                       .height = DIGIT_SIDE_PX,
                       .format = PNG_FORMAT_GRAY};
    png_alloc_size_t size = DIGIT_PNG_MAX_BYTES;
    if (png_image_write_to_memory(&image, out, &size, 0, grey, 0, NULL) == 0) {
        enum digit_status status =
            digit_fail(error, DIGIT_NO_MEMORY, "cannot write a PNG: %s", image.message);
        png_image_free(&image);
        return status;
    }
    *size_bytes = size;
    return DIGIT_OK;
}
