/*
 * What every C test needs: cmocka with the headers that it asks for, and a test program's main.
 *
 *     TEST(sums_are_taken_in_order)
 *     {
 *         assert_int_equal(...);
 *     }
 *
 *     TEST_MAIN(cmocka_unit_test(sums_are_taken_in_order))
 *
 * The tests of a room are linked into one program (tests/CMakeLists.txt); tests/support/main.c runs those
 * of one file or all.
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Exit code of a test file that needs something this machine lacks, such as the MNIST files. */
#define TEST_SKIPPED 77

/* A test: a function that cmocka calls with the state that the setup function left. */
#define TEST(name) static void name(__attribute__((unused)) void **state)

/* Runs the tests of a file; returns 0 if all passed, 1 if not, or TEST_SKIPPED. */
typedef int test_file_function(void);

/* Adds a file's tests to the program; `path` is __FILE__. Called before main. */
void test_register(const char *path, test_file_function *run);

/* The function that runs this file's tests, where more than TEST_MAIN is needed: { ... return code; } */
#define TEST_FILE_MAIN                                                                             \
    static int run_file(void);                                                                     \
    __attribute__((constructor)) static void register_file(void)                                   \
    {                                                                                              \
        test_register(__FILE__, run_file);                                                         \
    }                                                                                              \
    static int run_file(void)

/* Runs the given tests between a setup and a teardown of the whole file, each of which may be NULL. */
#define TEST_MAIN_WITH(setup, teardown, ...)                                                       \
    TEST_FILE_MAIN                                                                                 \
    {                                                                                              \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                           \
        return cmocka_run_group_tests(tests, setup, teardown) != 0;                                \
    }

#define TEST_MAIN(...) TEST_MAIN_WITH(NULL, NULL, __VA_ARGS__)

#endif
