/*
 * What one thread of this processor can do at most: float32 multiply-adds in registers, as many at
 * once as it takes to keep its units busy. Memory is not touched.
 * Threads: any.
 */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

struct peak {
    const char *instructions; /* "AVX-512F FMA"; a constant */
    double gflops;            /* a multiply-add counts as two operations */
};

/* Measures for half a second with the widest instructions that processor and system grant. */
struct peak peak_measure(void);

#endif
