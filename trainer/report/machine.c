#include "trainer/report/machine.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "core/base/cpus.h"

#define MODEL_NAME "model name"

/* Copies the value of the line if it is the one with the name of the processor. */
static bool read_model_name(char out[MACHINE_TEXT_BYTES], char *line)
{
    char *value = strchr(line, ':');
    if (strncmp(line, MODEL_NAME, strlen(MODEL_NAME)) != 0 || value == NULL)
        return false;
    value += 1 + strspn(value + 1, " \t");
    value[strcspn(value, "\r\n")] = '\0';
    snprintf(out, MACHINE_TEXT_BYTES, "%.*s", MACHINE_TEXT_BYTES - 1, value);
    return true;
}

static bool read_processor(char out[MACHINE_TEXT_BYTES], const char *cpuinfo)
{
    FILE *file = fopen(cpuinfo, "r");
    if (file == NULL)
        return false;
    char line[512];
    bool found = false;
    while (!found && fgets(line, sizeof line, file) != NULL)
        found = read_model_name(out, line);
    fclose(file);
    return found;
}

void machine_read(struct machine *out, const char *cpuinfo)
{
    struct utsname name;
    bool known = uname(&name) == 0;
    snprintf(out->host, sizeof out->host, "%.100s", known ? name.nodename : "unknown");
    snprintf(out->system, sizeof out->system, "unknown");
    if (known)
        snprintf(out->system, sizeof out->system, "%.40s %.40s %.40s", name.sysname, name.release,
                 name.machine);
    if (!read_processor(out->processor, cpuinfo))
        snprintf(out->processor, sizeof out->processor, "%.100s", known ? name.machine : "unknown");
    out->cpus = cpus_granted("/proc/self/cgroup", "/sys/fs/cgroup");
}
