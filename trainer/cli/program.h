/*
 * Functions that the programs digitd-train and digitd-eval share. Main thread only.
 */
#ifndef TRAINER_CLI_PROGRAM_H
#define TRAINER_CLI_PROGRAM_H

#include <stddef.h>

#include <digit/status.h>

/*
 * Print "NAME: message" to standard error and return the exit code: 2 for usage errors, 1 for all
 * other failures.
 */
int program_fail_usage(const char *name, const struct digit_error *error);
int program_fail(const char *name, const struct digit_error *error);

/*
 * Flushes standard output at the end of a program and returns its exit code: `code`, or 1 if the
 * program succeeded but standard output could not be written (a full disk), with a message to
 * standard error.
 */
int program_end(const char *name, int code);

/* Prints the name, version, revision and compiler of the program. */
void program_print_version(const char *name);

/* `requested`, or if that is 0, the number of CPUs available to this process, at most
 * THREAD_POOL_MAX_THREADS. */
size_t program_threads(size_t requested);

#endif
