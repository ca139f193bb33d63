/*
 * The peak arithmetic speed of one thread of this processor: multiply-adds of registers, with enough
 * independent chains to keep all units busy and without memory accesses.
 * Threads: any.
 */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

struct peak {
    const char *instructions; /* "AVX-512F FMA"; a constant */
    double gops;              /* 10^9 operations per second; a multiply-add counts as two */
};

/*
 * Measures in runs of `run_s` seconds (bench/timing.h) with the instructions that the kernel table
 * `kernels` (digit_kernels_name) uses in `precision` ("f32" or "int8"). The processor must support them.
 */
struct peak peak_measure(const char *kernels, const char *precision, double run_s);

#endif
