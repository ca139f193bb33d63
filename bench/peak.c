#include "bench/peak.h"

#include <stdbool.h>
#include <stddef.h>

#include "bench/timing.h"

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/* Chains of dependent multiply-adds: latency (4 or 5) times units (2 or 4), within 16 registers. */
#define CHAINS 12
#define STEPS  20000

#define LANES_MAX 16 /* floats in the widest vector */

/* Volatile, so that no compiler works the chains out; x * 0.999 + 0.001 stays near 1. */
static volatile float factor_value = 0.999f;
static volatile float term_value = 0.001f;
static volatile float sink;

/*
 * Defines NAME(), which takes STEPS steps in CHAINS chains of VECTORs: SPREAD fills all lanes with a
 * value, MULTIPLY_ADD(x, factor, term) is one step, STORE writes the lanes.
 */
#define DEFINE_CHAINS(NAME, TARGET, VECTOR, SPREAD, MULTIPLY_ADD, STORE)                           \
    TARGET static void NAME(void *argument)                                                        \
    {                                                                                              \
        const VECTOR factor = SPREAD(factor_value);                                                \
        const VECTOR term = SPREAD(term_value);                                                    \
        VECTOR chains[CHAINS];                                                                     \
        float lanes[LANES_MAX];                                                                    \
                                                                                                   \
        (void)argument;                                                                            \
        for (int c = 0; c < CHAINS; c++)                                                           \
            chains[c] = SPREAD((float)c);                                                          \
        for (int step = 0; step < STEPS; step++)                                                   \
            for (int c = 0; c < CHAINS; c++)                                                       \
                chains[c] = MULTIPLY_ADD(chains[c], factor, term);                                 \
        for (int c = 0; c < CHAINS; c++) {                                                         \
            STORE(lanes, chains[c]);                                                               \
            sink = lanes[0];                                                                       \
        }                                                                                          \
    }

#if defined(__x86_64__) || defined(__i386__)
#define SSE2_MULTIPLY_ADD(x, factor, term) _mm_add_ps(_mm_mul_ps(x, factor), term)

DEFINE_CHAINS(chains_avx512f, __attribute__((target("avx512f"))), __m512, _mm512_set1_ps,
              _mm512_fmadd_ps, _mm512_storeu_ps)
DEFINE_CHAINS(chains_avx2, __attribute__((target("avx2,fma"))), __m256, _mm256_set1_ps,
              _mm256_fmadd_ps, _mm256_storeu_ps)
DEFINE_CHAINS(chains_sse2, __attribute__((target("sse2"))), __m128, _mm_set1_ps, SSE2_MULTIPLY_ADD,
              _mm_storeu_ps)

static bool has_avx512f(void)
{
    return __builtin_cpu_supports("avx512f");
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_sse2(void)
{
    return __builtin_cpu_supports("sse2");
}
#elif defined(__aarch64__)
#define NEON_MULTIPLY_ADD(x, factor, term) vfmaq_f32(term, x, factor)

DEFINE_CHAINS(chains_neon, , float32x4_t, vdupq_n_f32, NEON_MULTIPLY_ADD, vst1q_f32)
#endif

#define SCALAR_SPREAD(value)                 (value)
#define SCALAR_MULTIPLY_ADD(x, factor, term) ((x) * (factor) + (term))
#define SCALAR_STORE(lanes, x)               ((lanes)[0] = (x))

DEFINE_CHAINS(chains_scalar, , float, SCALAR_SPREAD, SCALAR_MULTIPLY_ADD, SCALAR_STORE)

static bool has_scalar(void)
{
    return true;
}

static const struct {
    const char *instructions;
    bool (*granted)(void);
    void (*chains)(void *argument);
    int lanes;
} variants[] = {
#if defined(__x86_64__) || defined(__i386__)
    {"AVX-512F FMA", has_avx512f, chains_avx512f, 16},
    {"AVX2 FMA", has_avx2, chains_avx2, 8},
    {"SSE2 multiply and add", has_sse2, chains_sse2, 4},
#elif defined(__aarch64__)
    {"NEON FMA", has_scalar, chains_neon, 4},
#endif
    {"scalar multiply and add", has_scalar, chains_scalar, 1},
};

struct peak peak_measure(void)
{
    size_t i = 0;

    while (!variants[i].granted())
        i++;

    const struct timing timing = timing_of(variants[i].chains, NULL);
    const double operations = 2.0 * CHAINS * STEPS * variants[i].lanes;

    return (struct peak){.instructions = variants[i].instructions,
                         .gflops = operations / timing.best_s * 1e-9};
}
