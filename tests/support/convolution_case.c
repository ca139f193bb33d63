#include "tests/support/convolution_case.h"

#include <math.h>

#include "tests/support/arrays.h"

struct convolution_case convolution_case_make(const struct conv2d *sizes, size_t images, bool relu,
                                              bool pool)
{
    return (struct convolution_case){
        .sizes = *sizes,
        .images = images,
        .relu = relu,
        .pool = pool,
        .in = array_of_numbers(images * conv2d_in_elements(sizes), 1),
        .weight = array_of_numbers(sizes->out_channels * conv2d_depth(sizes), 2),
        .bias = array_of_numbers(sizes->out_channels, 3),
    };
}

void convolution_case_free(struct convolution_case *test)
{
    array_free(test->in);
    array_free(test->weight);
    array_free(test->bias);
}

static size_t side_of(const struct convolution_case *test)
{
    return test->pool ? 2 : 1;
}

size_t convolution_case_height(const struct convolution_case *test)
{
    return test->sizes.out_height / side_of(test);
}

size_t convolution_case_width(const struct convolution_case *test)
{
    return test->sizes.out_width / side_of(test);
}

size_t convolution_case_out_elements(const struct convolution_case *test)
{
    return convolution_case_height(test) * convolution_case_width(test) * test->sizes.out_channels;
}

double convolution_case_in(const struct convolution_case *test, size_t image, size_t y, size_t x,
                           size_t c)
{
    const struct conv2d *sizes = &test->sizes;
    if (y < sizes->padding_height || y - sizes->padding_height >= sizes->in_height ||
        x < sizes->padding_width || x - sizes->padding_width >= sizes->in_width)
        return 0.0;
    size_t row = image * sizes->in_height + y - sizes->padding_height;
    size_t pixel = row * sizes->in_width + x - sizes->padding_width;
    return (double)test->in[pixel * sizes->in_channels + c];
}

/* The plain sum at (y, x) of the convolution, before pooling. */
static double sum_at(double *magnitude, const struct convolution_case *test, size_t image, size_t y,
                     size_t x, size_t k)
{
    const struct conv2d *sizes = &test->sizes;
    double sum = (double)test->bias[k];
    *magnitude = fabs(sum);
    for (size_t c = 0; c < sizes->in_channels; c++)
        for (size_t ky = 0; ky < sizes->kernel_height; ky++)
            for (size_t kx = 0; kx < sizes->kernel_width; kx++) {
                size_t tap = ((k * sizes->in_channels + c) * sizes->kernel_height + ky) *
                                 sizes->kernel_width +
                             kx;
                double term = (double)test->weight[tap] *
                              convolution_case_in(test, image, y * sizes->stride_height + ky,
                                                  x * sizes->stride_width + kx, c);
                sum += term;
                *magnitude += fabs(term);
            }
    return sum;
}

double convolution_case_expected(double *magnitude, const struct convolution_case *test,
                                 size_t image, size_t y, size_t x, size_t k)
{
    size_t side = side_of(test);
    double largest = -INFINITY;
    *magnitude = 0.0;
    for (size_t i = 0; i < side * side; i++) {
        double terms;
        double sum = sum_at(&terms, test, image, side * y + i / side, side * x + i % side, k);
        largest = fmax(largest, sum);
        *magnitude = fmax(*magnitude, terms);
    }
    return test->relu ? fmax(largest, 0.0) : largest;
}
