#include "tests/support/temp_folder.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

int temp_folder_make(void **state)
{
    char *path = strdup("/tmp/digitd-test-XXXXXX");
    *state = path;
    return path == NULL || mkdtemp(path) == NULL;
}

void temp_folder_path(char out[TEMP_FOLDER_PATH_BYTES], void **state, const char *name)
{
    int length = snprintf(out, TEMP_FOLDER_PATH_BYTES, "%s/%s", (const char *)*state, name);
    assert_in_range(length, 1, TEMP_FOLDER_PATH_BYTES - 1);
}

/* Counts the folder's entries; removes them if `removing`. */
static size_t visit_entries(void **state, int removing)
{
    DIR *folder = opendir(*state);
    assert_non_null(folder);
    size_t count = 0;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        char path[TEMP_FOLDER_PATH_BYTES];
        temp_folder_path(path, state, entry->d_name);
        if (removing)
            assert_int_equal(remove(path), 0);
    }
    closedir(folder);
    return count;
}

int temp_folder_remove(void **state)
{
    chmod(*state, 0700);
    visit_entries(state, 1);
    int result = remove(*state);
    free(*state);
    return result;
}

size_t temp_folder_count(void **state)
{
    return visit_entries(state, 0);
}
