#include "server/observe/process_metrics.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Fields of /proc/PID/stat, numbered from 1 as in proc(5). */
#define FIELD_THREADS    20
#define FIELD_START_TIME 22
#define FIELD_VSIZE      23
#define FIELD_RSS        24

static FILE *open_in(const char *proc, const char *name)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", proc, name);
    return length < 0 || (size_t)length >= sizeof path ? NULL : fopen(path, "re");
}

/* User and system time; getrusage has microseconds, /proc only clock ticks. */
static double cpu_seconds(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return -1.0;
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static double open_fds(const char *proc)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/self/fd", proc);
    DIR *folder = length < 0 || (size_t)length >= sizeof path ? NULL : opendir(path);
    if (folder == NULL)
        return -1.0;
    double count = 0.0;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        if (entry->d_name[0] != '.')
            count += 1.0;
    closedir(folder);
    return count - 1.0; /* without the descriptor that opendir has opened */
}

static double max_fds(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return -1.0;
    return (double)limit.rlim_cur;
}

/* The time of the last boot: the line "btime SECONDS" of /proc/stat. */
static double boot_time(const char *proc)
{
    FILE *file = open_in(proc, "stat");
    char line[4096];
    long long seconds = -1;
    while (file != NULL && seconds < 0 && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "btime %18lld", &seconds) != 1)
            seconds = -1;
    if (file != NULL)
        fclose(file);
    return (double)seconds;
}

/* Field number `field`, 3 or later. Field 2 is the name in brackets, which may contain anything. */
static double stat_field(const char *stat, int field)
{
    const char *at = strrchr(stat, ')');
    for (int i = 2; i < field && at != NULL; i++)
        at = strchr(at + 1, ' ');
    long long value;
    return at != NULL && sscanf(at, " %18lld", &value) == 1 ? (double)value : -1.0;
}

static double scale_if_known(double value, double scale)
{
    return value < 0.0 || scale < 0.0 ? -1.0 : value * scale;
}

static void read_stat(struct process_metrics *out, const char *proc)
{
    char stat[1024] = "";
    FILE *file = open_in(proc, "self/stat");
    if (file != NULL) {
        stat[fread(stat, 1, sizeof stat - 1, file)] = '\0';
        fclose(file);
    }
    out->threads = stat_field(stat, FIELD_THREADS);
    out->virtual_memory_bytes = stat_field(stat, FIELD_VSIZE);
    out->resident_memory_bytes =
        scale_if_known(stat_field(stat, FIELD_RSS), (double)sysconf(_SC_PAGESIZE));
    double boot = boot_time(proc);
    double since_boot =
        scale_if_known(stat_field(stat, FIELD_START_TIME), 1.0 / (double)sysconf(_SC_CLK_TCK));
    out->start_time_seconds = boot < 0.0 || since_boot < 0.0 ? -1.0 : boot + since_boot;
}

void process_metrics_read(struct process_metrics *out, const char *proc)
{
    out->cpu_seconds = cpu_seconds();
    out->open_fds = open_fds(proc);
    out->max_fds = max_fds();
    read_stat(out, proc);
}
