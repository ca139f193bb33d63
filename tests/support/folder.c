#include "tests/support/folder.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

int folder_make(void **state)
{
    char *path = strdup("/tmp/digitd-test-XXXXXX");
    *state = path;
    return path == NULL || mkdtemp(path) == NULL;
}

void folder_path(char out[FOLDER_PATH_BYTES], void **state, const char *name)
{
    int length = snprintf(out, FOLDER_PATH_BYTES, "%s/%s", (const char *)*state, name);
    assert_in_range(length, 1, FOLDER_PATH_BYTES - 1);
}

/* Counts the folder's entries and removes them if asked. */
static size_t visit(void **state, int removing)
{
    DIR *folder = opendir(*state);
    assert_non_null(folder);
    size_t count = 0;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        char path[FOLDER_PATH_BYTES];
        folder_path(path, state, entry->d_name);
        if (removing)
            assert_int_equal(remove(path), 0);
    }
    closedir(folder);
    return count;
}

int folder_remove(void **state)
{
    chmod(*state, 0700);
    visit(state, 1);
    int result = remove(*state);
    free(*state);
    return result;
}

size_t folder_count(void **state)
{
    return visit(state, 0);
}
