/*
 * The command line of digitd-eval.
 */
#ifndef TRAINER_CLI_EVAL_OPTIONS_H
#define TRAINER_CLI_EVAL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

#include "cli/options.h"

/* The pipelines to evaluate picture files with. */
enum eval_pipeline { EVAL_PIPELINE_SERVICE, EVAL_PIPELINE_NAIVE, EVAL_PIPELINE_BOTH };

struct eval_options {
    const char *model;
    const char *data;    /* NULL: not given */
    const char *images;  /* NULL: not given */
    const char *report;  /* NULL: not given */
    size_t threads;      /* 0: one for each CPU available to the process */
    size_t precision;    /* enum digit_precision */
    const char *kernels; /* NULL: the fastest */
    size_t leave_out;    /* index of a choice; see eval_options_left_out */
    size_t pipeline;     /* enum eval_pipeline */
    bool corruptions;
    bool preprocess;
    bool json;
};

extern const struct option_table eval_option_table;

/*
 * Checks combinations of options. Errors: INVALID (both or none of --data and --images, an option
 * that needs the other of them, --preprocess with --report, --leave-out with the naive pipeline
 * alone).
 */
DIGIT_MUST_CHECK enum digit_status eval_options_check(const struct eval_options *options,
                                                      struct digit_error *error);

/* The kinds of hypotheses not to try, bits of enum digit_alternative. */
unsigned eval_options_left_out(const struct eval_options *options);

#endif
