#include "bench/peak.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "bench/timing.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/* The number of independent chains of dependent operations. They keep all units busy if there are as many
 * chains as latency (4 or 5 cycles) times units (2 or 4), and they must fit into 16 registers. Where a
 * chain consists of additions, whose latency is 1, fewer chains leave registers for the products. */
#define CHAINS     12
#define SUM_CHAINS 6
#define STEPS      20000

#define BYTES_MAX 64 /* size of the widest vector */

/* Volatile, so that the compiler cannot compute the chains in advance; x * 0.999 + 0.001 stays near 1. */
static volatile float factor_value = 0.999f;
static volatile float term_value = 0.001f;
static volatile int32_t bytes_value = 0x01010101;
static volatile unsigned char sink;

/*
 * Defines NAME(), which computes STEPS * CHAINS steps in COUNT chains of VECTORs. STEP(x, a, b) computes
 * one step; chain i starts with FIRST(i).
 */
#define DEFINE_CHAINS(NAME, TARGET, VECTOR, COUNT, FIRST, A, B, STEP)                              \
    TARGET static void NAME(void *argument)                                                        \
    {                                                                                              \
        const VECTOR a = (A);                                                                      \
        const VECTOR b = (B);                                                                      \
        VECTOR chains[(COUNT)];                                                                    \
        unsigned char bytes[BYTES_MAX];                                                            \
                                                                                                   \
        (void)argument;                                                                            \
        for (int c = 0; c < (COUNT); c++)                                                          \
            chains[c] = FIRST(c);                                                                  \
        for (int step = 0; step < STEPS * CHAINS / (COUNT); step++)                                \
            for (int c = 0; c < (COUNT); c++)                                                      \
                chains[c] = STEP(chains[c], a, b);                                                 \
        for (int c = 0; c < (COUNT); c++) {                                                        \
            memcpy(bytes, &chains[c], sizeof chains[c]);                                           \
            sink = bytes[0];                                                                       \
        }                                                                                          \
    }

/* Chains of float multiply-adds. SPREAD fills all lanes with a value. */
#define DEFINE_FLOATS(NAME, TARGET, VECTOR, SPREAD, STEP)                                          \
    DEFINE_CHAINS(NAME, TARGET, VECTOR, CHAINS, SPREAD, SPREAD(factor_value), SPREAD(term_value),  \
                  STEP)

/* Chains of sums of products of small integers. */
#define DEFINE_INTEGERS(NAME, TARGET, VECTOR, COUNT, SPREAD, STEP)                                 \
    DEFINE_CHAINS(NAME, TARGET, VECTOR, COUNT, SPREAD, SPREAD(bytes_value), SPREAD(bytes_value),   \
                  STEP)

#if defined(__x86_64__)
#define SSE2_FLOATS(x, a, b)       _mm_add_ps(_mm_mul_ps(x, a), b)
#define SSE2_INTEGERS(x, a, b)     _mm_add_epi32(x, PRODUCTS("pmaddwd %1, %0", a, b))
#define AVX2_INTEGERS(x, a, b)     _mm256_add_epi32(x, PRODUCTS("vpmaddwd %1, %0, %0", a, b))
#define AVX512BW_INTEGERS(x, a, b) _mm512_add_epi32(x, PRODUCTS("vpmaddwd %1, %0, %0", a, b))
/* In assembler, because a compiler would compute the constant product only once, or all products before
 * all sums, for which there are not enough registers. */
#define PRODUCTS(INSTRUCTION, a, b)                                                                \
    __extension__({                                                                                \
        __auto_type products = (a);                                                                \
        __asm__ volatile(INSTRUCTION : "+v"(products) : "v"(b)); /* NOLINT: a string, bare */      \
        products;                                                                                  \
    })

DEFINE_FLOATS(floats_avx512, __attribute__((target("avx512f"))), __m512, _mm512_set1_ps,
              _mm512_fmadd_ps)
DEFINE_FLOATS(floats_avx2, __attribute__((target("avx2,fma"))), __m256, _mm256_set1_ps,
              _mm256_fmadd_ps)
DEFINE_FLOATS(floats_portable, __attribute__((target("sse2"))), __m128, _mm_set1_ps, SSE2_FLOATS)
DEFINE_INTEGERS(integers_avx512vnni, __attribute__((target("avx512f,avx512vnni"))), __m512i, CHAINS,
                _mm512_set1_epi32, _mm512_dpbusd_epi32)
DEFINE_INTEGERS(integers_avxvnni, __attribute__((target("avx2,avxvnni"))), __m256i, CHAINS,
                _mm256_set1_epi32, _mm256_dpbusd_avx_epi32)
DEFINE_INTEGERS(integers_avx512, __attribute__((target("avx512bw"))), __m512i, SUM_CHAINS,
                _mm512_set1_epi32, AVX512BW_INTEGERS)
DEFINE_INTEGERS(integers_avx2, __attribute__((target("avx2"))), __m256i, SUM_CHAINS,
                _mm256_set1_epi32, AVX2_INTEGERS)
DEFINE_INTEGERS(integers_portable, __attribute__((target("sse2"))), __m128i, SUM_CHAINS,
                _mm_set1_epi32, SSE2_INTEGERS)
#elif defined(__aarch64__)
#define NEON_FLOATS(x, a, b) vfmaq_f32(b, x, a)
#define NEON_INTEGERS(x, a, b)                                                                     \
    vmlal_s16(x, vreinterpret_s16_s32(vget_low_s32(a)), vreinterpret_s16_s32(vget_low_s32(b)))

DEFINE_FLOATS(floats_neon, , float32x4_t, vdupq_n_f32, NEON_FLOATS)
DEFINE_INTEGERS(integers_neon, , int32x4_t, CHAINS, vdupq_n_s32, NEON_INTEGERS)
#endif

#define SCALAR_SPREAD(value) (value)
#define SCALAR_STEP(x, a, b) ((x) * (a) + (b))

DEFINE_FLOATS(floats_scalar, , float, SCALAR_SPREAD, SCALAR_STEP)

/* The instructions for each kernel table and precision; the first match is used. */
static const struct {
    const char *kernels; /* NULL: any */
    const char *precision;
    const char *instructions;
    void (*chains)(void *argument);
    int products; /* per step */
} variants[] = {
#if defined(__x86_64__)
    {"amx", "int8", "AVX-512 VNNI", integers_avx512vnni, 64},
    {"amx", "f32", "AVX-512F FMA", floats_avx512, 16},
    {"avx512vnni", "int8", "AVX-512 VNNI", integers_avx512vnni, 64},
    {"avx512vnni", "f32", "AVX-512F FMA", floats_avx512, 16},
    {"avx512", "int8", "AVX-512BW multiply and add", integers_avx512, 32},
    {"avx512", "f32", "AVX-512F FMA", floats_avx512, 16},
    {"avxvnni", "int8", "AVX-VNNI", integers_avxvnni, 32},
    {"avxvnni", "f32", "AVX2 FMA", floats_avx2, 8},
    {"avx2", "int8", "AVX2 multiply and add", integers_avx2, 16},
    {"avx2", "f32", "AVX2 FMA", floats_avx2, 8},
    {"portable", "int8", "SSE2 multiply and add", integers_portable, 8},
    {"portable", "f32", "SSE2 multiply and add", floats_portable, 4},
#elif defined(__aarch64__)
    {"neon", "int8", "NEON multiply and add", integers_neon, 4},
    {"neon", "f32", "NEON FMA", floats_neon, 4},
#endif
    {NULL, NULL, "scalar multiply and add", floats_scalar, 1},
};

struct peak peak_measure(const char *kernels, const char *precision, double run_s)
{
    size_t i = 0;

    while (variants[i].kernels != NULL && (strcmp(variants[i].kernels, kernels) != 0 ||
                                           strcmp(variants[i].precision, precision) != 0))
        i++;

    const struct timing timing = timing_of(variants[i].chains, NULL, run_s);
    const double operations = 2.0 * CHAINS * STEPS * variants[i].products;

    return (struct peak){.instructions = variants[i].instructions,
                         .gops = operations / timing.best_s * 1e-9};
}
