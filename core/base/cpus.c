#include "core/base/cpus.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_MASK_CPUS 65536

/* The kernel's mask may be larger than cpu_set_t; sched_getaffinity then fails with EINVAL. */
static size_t affinity_count(void)
{
    for (size_t cpus = CPU_SETSIZE; cpus <= MAX_MASK_CPUS; cpus *= 2) {
        size_t size_bytes = CPU_ALLOC_SIZE(cpus);
        cpu_set_t *mask = CPU_ALLOC(cpus);
        if (mask == NULL)
            break;
        bool fits = sched_getaffinity(0, size_bytes, mask) == 0;
        size_t count = fits ? (size_t)CPU_COUNT_S(size_bytes, mask) : 0;
        bool too_narrow = !fits && errno == EINVAL;
        CPU_FREE(mask);
        if (!too_narrow)
            return fits ? count : SIZE_MAX;
    }
    return SIZE_MAX;
}

/* A quota of 0 or less (v1 has -1) means that there is none. */
static size_t quota_cpus(long long quota_us, long long period_us)
{
    if (quota_us <= 0 || period_us <= 0)
        return SIZE_MAX;
    return (size_t)(quota_us / period_us);
}

/* Reads the first line of folder/name; false if it does not exist or is too long. */
static bool read_line(char *out, int out_bytes, const char *folder, const char *name)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof path)
        return false;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool found = fgets(out, out_bytes, file) != NULL && strchr(out, '\n') != NULL;
    fclose(file);
    return found;
}

/* cpu.max contains "quota period" or "max period". */
static size_t quota_v2(const char *folder)
{
    char line[64];
    long long quota_us;
    long long period_us;
    if (!read_line(line, sizeof line, folder, "cpu.max") ||
        sscanf(line, "%18lld %18lld", &quota_us, &period_us) != 2)
        return SIZE_MAX;
    return quota_cpus(quota_us, period_us);
}

static size_t quota_v1(const char *folder)
{
    char quota[32];
    char period[32];
    if (!read_line(quota, sizeof quota, folder, "cpu.cfs_quota_us") ||
        !read_line(period, sizeof period, folder, "cpu.cfs_period_us"))
        return SIZE_MAX;
    return quota_cpus(strtoll(quota, NULL, 10), strtoll(period, NULL, 10));
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The smallest quota of root/group and its parents up to root. */
static size_t smallest_quota(const char *root, const char *group, size_t (*quota)(const char *))
{
    char folder[PATH_MAX];
    int length = snprintf(folder, sizeof folder, "%s%s", root, group);
    if (length < 0 || (size_t)length >= sizeof folder)
        return quota(root);
    size_t smallest = SIZE_MAX;
    for (char *end = folder + length; end != NULL; end = strrchr(folder + strlen(root), '/')) {
        *end = '\0';
        smallest = smaller(smallest, quota(folder));
    }
    return smallest;
}

/* True if `name` is one of the comma-separated `names`. */
static bool is_listed(const char *names, const char *name)
{
    size_t name_bytes = strlen(name);
    for (const char *item = names; *item != '\0'; item += strcspn(item, ",")) {
        item += *item == ',';
        if (strcspn(item, ",") == name_bytes && strncmp(item, name, name_bytes) == 0)
            return true;
    }
    return false;
}

/* One line of /proc/self/cgroup: "0::/group" for v2, "4:cpu,cpuacct:/group" for v1. */
static size_t quota_of_line(char *line, const char *cgroup_root)
{
    char mount[PATH_MAX];
    line[strcspn(line, "\n")] = '\0';
    char *controllers = strchr(line, ':');
    char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
    if (group == NULL)
        return SIZE_MAX;
    *group++ = '\0';
    controllers++;
    if (*controllers == '\0')
        return smallest_quota(cgroup_root, group, quota_v2);
    int length = snprintf(mount, sizeof mount, "%s/cpu", cgroup_root);
    if (!is_listed(controllers, "cpu") || length < 0 || (size_t)length >= sizeof mount)
        return SIZE_MAX;
    return smallest_quota(mount, group, quota_v1);
}

size_t cpus_granted(const char *own_cgroup, const char *cgroup_root)
{
    size_t granted = affinity_count();
    FILE *file = fopen(own_cgroup, "re");
    char line[PATH_MAX];
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        granted = smaller(granted, quota_of_line(line, cgroup_root));
    if (file != NULL)
        fclose(file);
    return granted == SIZE_MAX || granted == 0 ? 1 : granted;
}
