/*
 * Loaded into digitd by LD_PRELOAD (tests/e2e/test_memory.py): counts every allocation, those of
 * libmicrohttpd separately, in the file that COUNT_ALLOCATIONS names, which another process reads
 * while digitd runs.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* glibc's own, below malloc and the others. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

struct counts {
    _Atomic uint64_t library; /* libmicrohttpd's */
    _Atomic uint64_t own;     /* all others */
};

static struct counts early;
static struct counts *counts = &early;

__attribute__((constructor)) static void open_counts(void)
{
    const char *path = getenv("COUNT_ALLOCATIONS");
    int file = path != NULL ? open(path, O_RDWR | O_CREAT, 0600) : -1;
    if (file < 0 || ftruncate(file, sizeof *counts) != 0)
        abort();
    void *shared = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared == MAP_FAILED)
        abort();
    close(file);
    counts = shared;
}

static void count(const void *caller)
{
    Dl_info info;
    bool library = dladdr(caller, &info) != 0 && info.dli_fname != NULL &&
                   strstr(info.dli_fname, "libmicrohttpd") != NULL;
    atomic_fetch_add(library ? &counts->library : &counts->own, 1);
}

void *malloc(size_t size)
{
    count(__builtin_return_address(0));
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
    count(__builtin_return_address(0));
    return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size)
{
    count(__builtin_return_address(0));
    return __libc_realloc(block, size);
}

/* Replaces libc's strdup, so that the caller of strdup is counted, not libc. */
char *strdup(const char *text)
{
    count(__builtin_return_address(0));
    size_t size = strlen(text) + 1;
    void *copy = __libc_malloc(size);
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    count(__builtin_return_address(0));
    *block = __libc_memalign(alignment, size);
    return *block != NULL ? 0 : ENOMEM;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    count(__builtin_return_address(0));
    return __libc_memalign(alignment, size);
}
