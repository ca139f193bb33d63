/*
 * A convolution with numbers to run it on, and what plain loops in double make of it. What is read
 * ends where its memory ends. Failures end the cmocka test.
 */
#ifndef TESTS_SUPPORT_CONVOLUTION_CASE_H
#define TESTS_SUPPORT_CONVOLUTION_CASE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/layers/conv2d.h"

/* One rounding of a float, relative. */
#define ROUNDING 0x1p-24

struct convolution_case {
    struct conv2d sizes;
    size_t images;
    bool relu, pool;
    float *in;     /* [images] NHWC */
    float *weight; /* OIHW */
    float *bias;
};

/* Numbers from -1 to 1. The caller frees. */
struct convolution_case convolution_case_make(const struct conv2d *sizes, size_t images, bool relu,
                                              bool pool);

void convolution_case_free(struct convolution_case *test);

/* Sides of the result, pooled where so asked, and its elements in one image. */
size_t convolution_case_height(const struct convolution_case *test);
size_t convolution_case_width(const struct convolution_case *test);
size_t convolution_case_out_elements(const struct convolution_case *test);

/* An element of the input; 0 in the padding. y and x count from the padding's corner. */
double convolution_case_in(const struct convolution_case *test, size_t image, size_t y, size_t x,
                           size_t c);

/*
 * What plain sums give for element (y, x, k) of the result. *magnitude becomes the largest sum of the
 * terms' magnitudes among those that the element is the largest of.
 */
double convolution_case_expected(double *magnitude, const struct convolution_case *test,
                                 size_t image, size_t y, size_t x, size_t k);

#endif
