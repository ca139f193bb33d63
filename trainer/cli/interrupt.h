/*
 * Ctrl-C (SIGINT) and SIGTERM, noted so that a program can end when it is ready. Main thread only.
 */
#ifndef TRAINER_CLI_INTERRUPT_H
#define TRAINER_CLI_INTERRUPT_H

/* From now on the first of each signal is noted; a second one ends the program, as without this. */
void interrupt_catch(void);

/* The signal that was noted, or 0. */
int interrupt_signal(void);

/* The exit code of a program that this signal ended, as a shell reports it: 130 for SIGINT. */
int interrupt_exit_code(int signal);

#endif
