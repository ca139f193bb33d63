/*
 * What digitd-train and digitd-eval have in common as programs. Main thread only.
 */
#ifndef TRAINER_CLI_PROGRAM_H
#define TRAINER_CLI_PROGRAM_H

#include <stddef.h>

#include <digit/status.h>

#define PROGRAM_MAX_THREADS 256 /* a pool's largest size */

/*
 * Prints "NAME: message" on standard error and returns an exit code: 2 for a command line that
 * cannot be followed, 1 for every other failure.
 */
int program_fail_usage(const char *name, const struct digit_error *error);
int program_fail(const char *name, const struct digit_error *error);

/*
 * To be called last: `code`, or 1 where a success could not be told, since standard output takes no
 * more (a full disk); then that is said on standard error.
 */
int program_end(const char *name, int code);

/* Prints name, version, revision and compiler. */
void program_print_version(const char *name);

/* `asked`, or with 0 as many as this process is granted CPUs, at most PROGRAM_MAX_THREADS. */
size_t program_threads(size_t asked);

#endif
