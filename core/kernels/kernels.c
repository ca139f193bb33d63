#include "core/kernels/kernels.h"

#include <stdbool.h>

#include "core/kernels/tables.h"

#ifdef __x86_64__
static bool runs_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool runs_avx512(void)
{
    return runs_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq");
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
    {&kernels_avx512, runs_avx512},
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
