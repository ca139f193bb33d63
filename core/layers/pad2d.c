#include "core/layers/pad2d.h"

#include <string.h>

size_t pad2d_out_elements(const struct pad2d *pad)
{
    return pad->out_height * pad->out_width * pad->channels;
}

/* How much of a side of `in`, behind `before` zeros, fits a side of `out`. */
static size_t fitting(size_t in, size_t before, size_t out)
{
    size_t room = out > before ? out - before : 0;
    return in < room ? in : room;
}

void pad2d_forward(float *out, const float *in, size_t images, const struct pad2d *pad)
{
    size_t in_row = pad->in_width * pad->channels, out_row = pad->out_width * pad->channels;
    size_t rows = fitting(pad->in_height, pad->above, pad->out_height);
    size_t row_bytes =
        fitting(pad->in_width, pad->left, pad->out_width) * pad->channels * sizeof *out;
    memset(out, 0, images * pad2d_out_elements(pad) * sizeof *out);
    for (size_t image = 0; image < images; image++) {
        float *to = out + pad->above * out_row + pad->left * pad->channels;
        for (size_t y = 0; y < rows; y++)
            memcpy(to + y * out_row, in + y * in_row, row_bytes);
        in += pad->in_height * in_row;
        out += pad2d_out_elements(pad);
    }
}
