/*
 * Runs the tests of a room.
 *
 *     test.core.layers                  all files; the exit code is 0 if every test passed
 *     test.core.layers test_conv2d      those of one file, with its exit code
 */
#include <stdio.h>
#include <string.h>

#include "tests/test.h"

#define FILES_MAX 64

static struct {
    const char *path;
    test_file_function *run;
} files[FILES_MAX];

static size_t file_count;

void test_register(const char *path, test_file_function *run)
{
    if (file_count < FILES_MAX)
        files[file_count].path = path, files[file_count].run = run;
    file_count++;
}

/* Whether `path` is that of the file `name`.c. */
static int is_named(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    size_t length = strlen(name);
    return strncmp(base, name, length) == 0 && strcmp(base + length, ".c") == 0;
}

static int run_all(void)
{
    int failed = 0;
    for (size_t i = 0; i < file_count; i++) {
        int code = files[i].run();
        failed += code != 0 && code != TEST_SKIPPED;
    }
    return failed != 0;
}

int main(int argc, char *argv[])
{
    if (file_count > FILES_MAX) {
        fprintf(stderr, "%zu test files, FILES_MAX is %d\n", file_count, FILES_MAX);
        return 1;
    }
    if (argc == 1)
        return run_all();
    for (size_t i = 0; i < file_count; i++)
        if (is_named(files[i].path, argv[1]))
            return files[i].run();
    fprintf(stderr, "%s: no test file %s.c in this program\n", argv[0], argv[1]);
    return 1;
}
