#include "trainer/kernels/train_kernels.h"

#include <string.h>

#include "trainer/kernels/tables.h"

static const struct train_kernels *const tables[] = {
#ifdef __x86_64__
    &train_kernels_avx512,
    &train_kernels_avx2,
#endif
    &train_kernels_portable,
};

const struct train_kernels *train_kernels_for(const struct kernels *kernels)
{
    size_t i = 0;
    while (strcmp(tables[i]->name, kernels->name) != 0)
        i++;
    return tables[i];
}
