/*
 * Prints a summary of a network, in the style of Keras: a line for each layer, then the totals.
 *
 *     summary_print(stdout, &architecture);
 *
 * Threads: any, on different files.
 */
#ifndef TRAINER_CLI_SUMMARY_H
#define TRAINER_CLI_SUMMARY_H

#include <stdio.h>

#include "core/network/architecture.h"

/*
 * Prints the name, kind, output (channels x height x width), number of trained parameters and
 * multiply-accumulates per image of each layer, then the totals of the network.
 */
void summary_print(FILE *out, const struct architecture *architecture);

#endif
