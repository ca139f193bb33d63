#include "trainer/cli/program.h"

#include <stdbool.h>
#include <stdio.h>

#include <digit/build_info.h>

#include "core/base/cpus.h"
#include "trainer/base/thread_pool.h"

#define EXIT_USAGE 2

int program_fail_usage(const char *name, const struct digit_error *error)
{
    program_fail(name, error);
    return EXIT_USAGE;
}

int program_fail(const char *name, const struct digit_error *error)
{
    fprintf(stderr, "%s: %s\n", name, error->message);
    return 1;
}

int program_end(const char *name, int code)
{
    bool written = fflush(stdout) == 0 && ferror(stdout) == 0;
    if (written || code != 0)
        return code;
    fprintf(stderr, "%s: cannot write to standard output\n", name);
    return 1;
}

void program_print_version(const char *name)
{
    printf("%s %s (revision %s, %s)\n", name, digit_build_version(), digit_build_revision(),
           digit_build_compiler());
}

size_t program_threads(size_t requested)
{
    if (requested > 0)
        return requested;
    size_t available = cpus_granted("/proc/self/cgroup", "/sys/fs/cgroup");
    return available < THREAD_POOL_MAX_THREADS ? available : THREAD_POOL_MAX_THREADS;
}
