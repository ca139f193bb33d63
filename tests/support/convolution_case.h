/*
 * A convolution with inputs and parameters, and its expected results from plain loops in double.
 * Inputs end where their memory ends. Failures end the cmocka test.
 */
#ifndef TESTS_SUPPORT_CONVOLUTION_CASE_H
#define TESTS_SUPPORT_CONVOLUTION_CASE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/layers/conv2d.h"

/* The relative error of one rounding of a float. */
#define ROUNDING 0x1p-24

struct convolution_case {
    struct conv2d sizes;
    size_t images;
    bool relu, pool;
    float *in;     /* [images] NHWC */
    float *weight; /* OIHW */
    float *bias;
};

/* Makes a case of numbers from -1 to 1. The caller frees it with convolution_case_free. */
struct convolution_case convolution_case_make(const struct conv2d *sizes, size_t images, bool relu,
                                              bool pool);

void convolution_case_free(struct convolution_case *test);

/* Height and width of the result, pooled if `pool`, and its number of elements per image. */
size_t convolution_case_height(const struct convolution_case *test);
size_t convolution_case_width(const struct convolution_case *test);
size_t convolution_case_out_elements(const struct convolution_case *test);

/* An element of the padded input; y and x count from the corner of the padding. */
double convolution_case_in(const struct convolution_case *test, size_t image, size_t y, size_t x,
                           size_t c);

/*
 * Element (y, x, k) of the result by plain sums. *magnitude becomes the sum of the terms'
 * magnitudes; if pooled, the largest of the four.
 */
double convolution_case_expected(double *magnitude, const struct convolution_case *test,
                                 size_t image, size_t y, size_t x, size_t k);

#endif
