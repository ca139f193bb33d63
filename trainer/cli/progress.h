/*
 * A training's progress in the manner of Keras: on a terminal one line that is redrawn with each
 * step, elsewhere one line for each epoch.
 *
 *     Epoch 3/30 [====>.....] 172/430 ETA 0:14 2310 img/s loss 0.0914 accuracy 0.9722 learning_rate
 *     0.00294 (on one line)
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
    double started_s; /* when this epoch began, on the monotonic clock */
    double stepped_s; /* when its last step ended: what follows is validation */
    double drawn_s;   /* when a line was last drawn */
};

/* Begins the first epoch. `out` is borrowed; whether it is a terminal is asked here. */
void progress_init(struct progress *progress, FILE *out);

/* To be told of every step; draws at most ten times a second, cut to the terminal's width. */
void progress_step(struct progress *progress, const struct fit_step *step);

/* Ends the epoch's line with its validation figures and begins the next epoch. */
void progress_epoch(struct progress *progress, const struct fit_epoch *epoch);

/* Leaves an unfinished line as it is, so that what follows begins a new one. */
void progress_break(struct progress *progress);

/* The line of an unfinished epoch that has lasted elapsed_s. */
void progress_format_step(char out[PROGRESS_LINE_BYTES], const struct fit_step *step,
                          double elapsed_s);

/* The line of a finished epoch that took elapsed_s, training_s of them before validation. */
void progress_format_epoch(char out[PROGRESS_LINE_BYTES], const struct fit_epoch *epoch,
                           double elapsed_s, double training_s);

#endif
