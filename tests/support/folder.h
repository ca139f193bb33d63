/*
 * A folder of a test's own, for cmocka_unit_test_setup_teardown(test, folder_make, folder_remove).
 */
#ifndef TESTS_SUPPORT_FOLDER_H
#define TESTS_SUPPORT_FOLDER_H

#include <stddef.h>

#define FOLDER_PATH_BYTES 256

/* Makes an empty folder, whose path *state then is; removes it with the files in it. */
int folder_make(void **state);
int folder_remove(void **state);

/* The path of NAME in the folder. */
void folder_path(char out[FOLDER_PATH_BYTES], void **state, const char *name);

/* How many files and folders it holds. */
size_t folder_count(void **state);

#endif
