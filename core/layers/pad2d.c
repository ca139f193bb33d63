#include "core/layers/pad2d.h"

#include <string.h>

size_t pad2d_out_elements(const struct pad2d *pad)
{
    return pad->out_height * pad->out_width * pad->channels;
}

/* How much of a side of length `in` fits a side of length `out` after `before` elements of padding. */
static size_t fitting(size_t in, size_t before, size_t out)
{
    size_t room = out > before ? out - before : 0;
    return in < room ? in : room;
}

/* Copies the pictures into `out`, which holds the padding already. */
static void copy_rows(unsigned char *out, const unsigned char *in, size_t images,
                      const struct pad2d *pad, size_t element_bytes)
{
    size_t pixel_bytes = pad->channels * element_bytes;
    size_t in_row_bytes = pad->in_width * pixel_bytes, out_row_bytes = pad->out_width * pixel_bytes;
    size_t rows = fitting(pad->in_height, pad->above, pad->out_height);
    size_t row_bytes = fitting(pad->in_width, pad->left, pad->out_width) * pixel_bytes;
    for (size_t image = 0; image < images; image++) {
        unsigned char *to = out + pad->above * out_row_bytes + pad->left * pixel_bytes;
        for (size_t y = 0; y < rows; y++)
            memcpy(to + y * out_row_bytes, in + y * in_row_bytes, row_bytes);
        in += pad->in_height * in_row_bytes;
        out += pad->out_height * out_row_bytes;
    }
}

void pad2d_elements(void *out, const void *in, size_t images, const struct pad2d *pad,
                    size_t element_bytes, uint8_t value)
{
    size_t count = images * pad2d_out_elements(pad);
    uint16_t *wide = out;
    if (element_bytes == sizeof *wide && value != 0)
        for (size_t i = 0; i < count; i++)
            wide[i] = value;
    else
        memset(out, value, count * element_bytes);
    copy_rows(out, in, images, pad, element_bytes);
}

void pad2d_forward(float *out, const float *in, size_t images, const struct pad2d *pad)
{
    pad2d_elements(out, in, images, pad, sizeof *out, 0);
}
