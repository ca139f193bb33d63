/*
 * How many CPUs this process may really use: a container's quota is often far below the machine's
 * processors, and workers beyond it only throttle one another.
 * Threads: any.
 */
#ifndef CORE_BASE_CPUS_H
#define CORE_BASE_CPUS_H

#include <stddef.h>

/*
 * The smallest of: processors in the affinity mask (sched_getaffinity(2)); the quotas of this
 * process's cgroup and all that enclose it, cpu.max (cgroup v2) or cpu.cfs_quota_us over
 * cpu.cfs_period_us (v1). A quota is rounded down, because a worker that is only partly paid for is
 * throttled in the middle of a request; the result is at least 1. What cannot be read does not
 * limit. own_cgroup: "/proc/self/cgroup" (cgroups(7)); cgroup_root: "/sys/fs/cgroup".
 */
size_t cpus_granted(const char *own_cgroup, const char *cgroup_root);

#endif
