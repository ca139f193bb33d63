/*
 * Arrays for tests of loops. Inputs end where their memory ends, so that the address sanitizer
 * detects reads beyond them; outputs are followed by guards. Failures end the cmocka test.
 */
#ifndef TESTS_SUPPORT_ARRAYS_H
#define TESTS_SUPPORT_ARRAYS_H

#include <stddef.h>
#include <stdint.h>

/* Numbers from -1 to 1, the same for each `start`; one float after the address that malloc
 * aligned. The caller frees them with array_free. */
float *array_of_numbers(size_t count, uint64_t start);

/* Memory for `count` floats, filled with a value that no result has, followed by guards. */
float *array_guarded(size_t count);

/* Asserts that the guards are unchanged. */
void assert_guards(const float *guarded, size_t count);

/* Whether the value was not written since array_guarded. */
int array_untouched(const float *value);

void array_free(float *array);

/* Asserts that |value - expected| is at most `bound`. `what` and `index` name the value in the
 * failure. */
void assert_within(double value, double expected, double bound, const char *what, size_t index);

#endif
