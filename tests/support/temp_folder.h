/*
 * A temporary folder for each test:
 *
 *     cmocka_unit_test_setup_teardown(test, temp_folder_make, temp_folder_remove)
 */
#ifndef TESTS_SUPPORT_TEMP_FOLDER_H
#define TESTS_SUPPORT_TEMP_FOLDER_H

#include <stddef.h>

#define TEMP_FOLDER_PATH_BYTES 256

/* Makes an empty folder and sets *state to its path. */
int temp_folder_make(void **state);

/* Removes the folder with the files in it. */
int temp_folder_remove(void **state);

/* The path of the file `name` in the folder. */
void temp_folder_path(char out[TEMP_FOLDER_PATH_BYTES], void **state, const char *name);

/* The number of files and folders in it. */
size_t temp_folder_count(void **state);

#endif
