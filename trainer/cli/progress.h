/*
 * Prints the progress of a training, in the style of Keras: on a terminal one line for each epoch
 * that is redrawn during the epoch, elsewhere one line at the end of each epoch.
 *
 *     Epoch 3/30 [====>.....] 172/430 ETA 0:14 2310 img/s loss 0.0914 accuracy 0.9722 ...
 *
 * Threads: one.
 */
#ifndef TRAINER_CLI_PROGRESS_H
#define TRAINER_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "trainer/fit/fit_epoch.h"

#define PROGRESS_LINE_BYTES 320

struct progress {
    FILE *out;
    bool terminal;
    double started_s; /* start of this epoch, on the monotonic clock */
    double stepped_s; /* end of its last step; validation follows */
    double drawn_s;   /* when the line was last drawn */
};

/* Begins the first epoch. `out` is borrowed; the function checks whether it is a terminal. */
void progress_init(struct progress *progress, FILE *out);

/* Called after each step. Draws the line at most ten times a second, truncated to the terminal's
 * width. */
void progress_step(struct progress *progress, const struct fit_step *step);

/* Called after each epoch. Prints the line of the epoch with its validation figures. */
void progress_epoch(struct progress *progress, const struct fit_epoch *epoch);

/* Ends an unfinished line on a terminal, so that later output starts on a new line. */
void progress_break(struct progress *progress);

/* Formats the line of an unfinished epoch that has taken elapsed_s so far. */
void progress_format_step(char out[PROGRESS_LINE_BYTES], const struct fit_step *step,
                          double elapsed_s);

/* Formats the line of a finished epoch that took elapsed_s, of which training_s before
 * validation. */
void progress_format_epoch(char out[PROGRESS_LINE_BYTES], const struct fit_epoch *epoch,
                           double elapsed_s, double training_s);

#endif
