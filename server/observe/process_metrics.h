/*
 * The standard metrics of a process, in Prometheus's units, read from /proc (proc(5)), getrusage(2)
 * and getrlimit(2).
 * Threads: any.
 */
#ifndef SERVER_OBSERVE_PROCESS_METRICS_H
#define SERVER_OBSERVE_PROCESS_METRICS_H

/* A value that could not be read is negative. */
struct process_metrics {
    double cpu_seconds;
    double open_fds;
    double max_fds;
    double virtual_memory_bytes;
    double resident_memory_bytes;
    double start_time_seconds; /* since the Unix epoch */
    double threads;
};

/* `proc` is the mount point of procfs, "/proc". */
void process_metrics_read(struct process_metrics *out, const char *proc);

#endif
