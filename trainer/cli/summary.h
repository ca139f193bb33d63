/*
 * A network in numbers, in the manner of Keras' summary: a line for each layer, then the totals.
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
 * Writes name, kind, output [channels x height x width], trained parameters and multiply-accumulates
 * of one image of each layer, then those of the network.
 */
void summary_print(FILE *out, const struct architecture *architecture);

#endif
