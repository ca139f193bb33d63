/*
 * Records SIGINT (Ctrl-C) and SIGTERM, so that a program can end at a suitable point. Main thread
 * only.
 */
#ifndef TRAINER_CLI_INTERRUPT_H
#define TRAINER_CLI_INTERRUPT_H

/* From now on the first SIGINT and the first SIGTERM are recorded. A second one of the same kind
 * ends the program, which is the default action. */
void interrupt_catch(void);

/* The signal that was recorded last, or 0. */
int interrupt_signal(void);

/* The exit code that a shell reports for a program ended by this signal: 130 for SIGINT. */
int interrupt_exit_code(int signal);

#endif
