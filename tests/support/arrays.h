/*
 * Arrays for tests of loops: what is read ends where its memory ends, so that the address sanitizer
 * sees a read behind it; what is written is followed by guards. Failures end the cmocka test.
 */
#ifndef TESTS_SUPPORT_ARRAYS_H
#define TESTS_SUPPORT_ARRAYS_H

#include <stddef.h>
#include <stdint.h>

/* Numbers from -1 to 1, the same for each start; one float behind where malloc aligned it. Freed
 * with array_free. */
float *array_of_numbers(size_t count, uint64_t start);

/* Room for `count` floats, filled with what no result is, and guards behind it. */
float *array_guarded(size_t count);

/* The guards are as they were. */
void assert_guards(const float *guarded, size_t count);

/* True where nothing was written since array_guarded. */
int array_untouched(const float *value);

void array_free(float *array);

/* |value - expected| is at most `bound`. `what` and `index` name it in the failure. */
void assert_within(double value, double expected, double bound, const char *what, size_t index);

#endif
