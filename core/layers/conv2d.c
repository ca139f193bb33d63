#include "core/layers/conv2d.h"

size_t conv2d_in_elements(const struct conv2d *conv)
{
    return conv->in_height * conv->in_width * conv->in_channels;
}

size_t conv2d_out_elements(const struct conv2d *conv)
{
    return conv->out_height * conv->out_width * conv->out_channels;
}

size_t conv2d_padded_elements(const struct conv2d *conv)
{
    struct pad2d pad = conv2d_padding(conv);
    return pad2d_out_elements(&pad);
}

size_t conv2d_depth(const struct conv2d *conv)
{
    return conv->in_channels * conv->kernel_height * conv->kernel_width;
}

bool conv2d_is_padded(const struct conv2d *conv)
{
    return conv->padding_height > 0 || conv->padding_width > 0;
}

struct pad2d conv2d_padding(const struct conv2d *conv)
{
    return (struct pad2d){.channels = conv->in_channels,
                          .in_height = conv->in_height,
                          .in_width = conv->in_width,
                          .above = conv->padding_height,
                          .left = conv->padding_width,
                          .out_height = conv->in_height + 2 * conv->padding_height,
                          .out_width = conv->in_width + 2 * conv->padding_width};
}

void conv2d_pad(float *out, const float *in, size_t images, const struct conv2d *conv)
{
    struct pad2d pad = conv2d_padding(conv);
    pad2d_forward(out, in, images, &pad);
}
