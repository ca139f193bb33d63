#include "core/kernels/kernels.h"

#include <stdbool.h>
#ifdef __x86_64__
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#ifdef __x86_64__
static bool runs_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

#define CPUID_7_1_EAX_AVX_VNNI (1u << 4)

static bool runs_avxvnni(void)
{
    unsigned eax, ebx, ecx, edx;
    return runs_avx2() && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) &&
           (eax & CPUID_7_1_EAX_AVX_VNNI) != 0;
}

static bool runs_avx512(void)
{
    return runs_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
}

static bool runs_avx512vnni(void)
{
    return runs_avx512() && __builtin_cpu_supports("avx512vnni");
}

/* Linux lets a process use tiles once it has asked (Documentation/arch/x86/xstate.rst). */
#define ARCH_REQ_XCOMP_PERM 0x1023
#define XFEATURE_XTILEDATA  18

#define CPUID_7_EDX_AMX_TILE (1u << 24)
#define CPUID_7_EDX_AMX_INT8 (1u << 25)

static bool runs_amx(void)
{
    unsigned eax, ebx, ecx, edx;
    if (!runs_avx512vnni() || !__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))
        return false;
    return (edx & CPUID_7_EDX_AMX_TILE) != 0 && (edx & CPUID_7_EDX_AMX_INT8) != 0 &&
           syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}
#endif

static bool runs_anywhere(void)
{
    return true;
}

/* The fastest first. */
static const struct {
    const struct kernels *table;
    bool (*runs)(void);
} tables[] = {
#ifdef __x86_64__
    {&kernels_amx, runs_amx},           {&kernels_avx512vnni, runs_avx512vnni},
    {&kernels_avx512, runs_avx512},     {&kernels_avxvnni, runs_avxvnni},
    {&kernels_avx2, runs_avx2},
#endif
    {&kernels_portable, runs_anywhere},
};

const struct kernels *kernels_at(size_t index)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (tables[i].runs() && index-- == 0)
            return tables[i].table;
    return NULL;
}

const struct kernels *kernels_select(void)
{
    return kernels_at(0);
}
