/*
 * What one thread of this processor can do at most: multiply-adds in registers, as many at once as it
 * takes to keep its units busy. Memory is not touched.
 * Threads: any.
 */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

struct peak {
    const char *instructions; /* "AVX-512F FMA"; a constant */
    double gops;              /* a multiply-add counts as two operations */
};

/*
 * Measures for half a second with the instructions of those kernels (digit_kernels_name) in that
 * precision ("f32", "int8"), which must run here.
 */
struct peak peak_measure(const char *kernels, const char *precision);

#endif
