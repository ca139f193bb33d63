#include "tests/support/arrays.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/model.h"

#define GUARDS 64

static float *allocate(size_t count)
{
    float *memory = malloc((count + 1) * sizeof *memory);
    assert_non_null(memory);
    memset(memory, 0x7f, (count + 1) * sizeof *memory);
    return memory + 1;
}

float *array_of_numbers(size_t count, uint64_t start)
{
    float *array = allocate(count);
    fill_numbers(array, count, start);
    return array;
}

float *array_guarded(size_t count)
{
    return allocate(count + GUARDS);
}

int array_untouched(const float *value)
{
    static const unsigned char bytes[sizeof *value] = {0x7f, 0x7f, 0x7f, 0x7f};
    return memcmp(value, bytes, sizeof bytes) == 0;
}

void assert_guards(const float *guarded, size_t count)
{
    for (size_t i = 0; i < GUARDS; i++)
        if (!array_untouched(guarded + count + i))
            fail_msg("float %zu behind the end was written", i);
}

void array_free(float *array)
{
    free(array - 1);
}

void assert_within(double value, double expected, double bound, const char *what, size_t index)
{
    if (!(fabs(value - expected) <= bound))
        fail_msg("%s %zu is %.9g, expected %.9g (+- %.3g)", what, index, value, expected, bound);
}
