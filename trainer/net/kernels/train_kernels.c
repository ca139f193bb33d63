#include "trainer/net/kernels/train_kernels.h"

#include <string.h>

/* The names of the core's tables, and the table that belongs to each. */
static const struct {
    const char *name;
    const struct train_kernels *table;
} tables[] = {
#ifdef __x86_64__
    {"amx", &train_kernels_avx512},        {"avx512vnni", &train_kernels_avx512},
    {"avx512", &train_kernels_avx512},     {"avxvnni", &train_kernels_avx2},
    {"avx2", &train_kernels_avx2},
#endif
    {"portable", &train_kernels_portable},
};

const struct train_kernels *train_kernels_for(const struct kernels *kernels)
{
    size_t i = 0;
    while (i + 1 < sizeof tables / sizeof *tables && strcmp(tables[i].name, kernels->name) != 0)
        i++;
    return tables[i].table;
}
