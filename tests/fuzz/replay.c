/*
 * Runs a fuzz target, without libFuzzer, on every file of some folders:
 *
 *     replay_TARGET FOLDER...
 *
 * A target aborts on an input that it fails on; the last name printed is that input's. Exit code 1: a folder is
 * empty or cannot be read, or an input is one that the target does not look at.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Returns a block of exactly `*size` bytes, so that a sanitizer sees every access behind them. */
static uint8_t *read_file(FILE *file, size_t *size)
{
    long length = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    if (length < 0)
        return NULL;
    *size = (size_t)length;
    rewind(file);
    uint8_t *bytes = malloc(*size);
    if (bytes != NULL && fread(bytes, 1, *size, file) != *size) {
        free(bytes);
        return NULL;
    }
    return bytes;
}

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t size = 0;
    uint8_t *bytes = file != NULL ? read_file(file, &size) : NULL;
    if (file != NULL)
        fclose(file);
    if (bytes == NULL) {
        perror(path);
        return 1;
    }
    printf("%s\n", path);
    fflush(stdout);
    int result = LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    if (result != 0)
        fprintf(stderr, "%s: the target does not look at this input\n", path);
    return result != 0;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int replay_folder(const char *folder)
{
    struct dirent **entries = NULL;
    char path[4096];
    int count = scandir(folder, &entries, is_visible, alphasort), failures = count <= 0;
    if (failures != 0)
        fprintf(stderr, "%s: no inputs\n", folder);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        failures += replay_file(path);
        free(entries[i]);
    }
    free(entries);
    return failures;
}

int main(int argc, char **argv)
{
    int failures = argc < 2;
    for (int i = 1; i < argc; i++)
        failures += replay_folder(argv[i]);
    return failures != 0;
}
