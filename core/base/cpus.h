/*
 * The number of CPUs that this process may use. A container's quota is often far below the number of the
 * machine's processors, and threads beyond it only throttle each other.
 * Threads: any.
 */
#ifndef CORE_BASE_CPUS_H
#define CORE_BASE_CPUS_H

#include <stddef.h>

/*
 * The minimum of the number of processors in the affinity mask (sched_getaffinity(2)) and the quotas of the
 * process's cgroup and all its parents: cpu.max (cgroup v2), or cpu.cfs_quota_us / cpu.cfs_period_us (v1).
 * Quotas are rounded down, because a thread with a fraction of a CPU is throttled in the middle of a request;
 * the result is at least 1. What cannot be read is no limit. own_cgroup: "/proc/self/cgroup" (cgroups(7));
 * cgroup_root: "/sys/fs/cgroup".
 */
size_t cpus_granted(const char *own_cgroup, const char *cgroup_root);

#endif
