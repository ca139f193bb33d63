#include "trainer/program.h"

#include <sched.h>
#include <stdio.h>

#include <digit/build_info.h>

int program_fail(const char *name, const struct digit_error *error)
{
    fprintf(stderr, "%s: %s\n", name, error->message);
    return 1;
}

void program_print_version(const char *name)
{
    printf("%s %s (revision %s, %s)\n", name, digit_build_version(), digit_build_revision(),
           digit_build_compiler());
}

size_t program_threads(size_t asked)
{
    if (asked > 0)
        return asked;
    cpu_set_t mask;
    int granted = sched_getaffinity(0, sizeof mask, &mask) == 0 ? CPU_COUNT(&mask) : 1;
    return (size_t)(granted < PROGRAM_MAX_THREADS ? granted : PROGRAM_MAX_THREADS);
}
