/*
 * The machine that a program runs on, as described in a report.
 */
#ifndef TRAINER_REPORT_MACHINE_H
#define TRAINER_REPORT_MACHINE_H

#include <stddef.h>

#define MACHINE_TEXT_BYTES 128

struct machine {
    char processor[MACHINE_TEXT_BYTES]; /* "model name" of /proc/cpuinfo, or the architecture */
    char system[MACHINE_TEXT_BYTES];    /* "Linux 6.1.0 x86_64" */
    char host[MACHINE_TEXT_BYTES];
    size_t cpus; /* available to this process (core/base/cpus.h) */
};

/* Reads the description; texts that are not available are "unknown". `cpuinfo` is the path of
 * /proc/cpuinfo. Threads: any. */
void machine_read(struct machine *out, const char *cpuinfo);

#endif
