/*
 * The command line of digitd-train. Settings that determine the result of a training are in the
 * recipe (trainer/recipe/recipe.h), which --recipe selects and --set changes; the options are about
 * everything else.
 */
#ifndef TRAINER_CLI_TRAIN_OPTIONS_H
#define TRAINER_CLI_TRAIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/options.h"
#include "trainer/recipe/recipe.h"

struct train_options {
    const char *data; /* NULL: not given */
    const char *recipe;
    const char *output;
    const char *checkpoint;      /* NULL: beside the output */
    const char *teacher_cache;   /* NULL: no cache */
    const char *report;          /* NULL: no report */
    const char *quantise;        /* NULL: not given */
    const char *calibrate;       /* NULL: not given */
    const char *record_golden;   /* NULL: not given */
    struct option_list settings; /* NAME=VALUE each */
    size_t threads;              /* 0: one for each CPU available to the process */
    bool resume;
    bool summary;
    bool dry_run;
};

extern const struct option_table train_option_table;

/*
 * Checks combinations of options. Errors: INVALID (no --data without --summary or --record-golden;
 * --dry-run with --summary or --resume; two of --quantise, --calibrate and --record-golden, or one
 * of them with --summary, --dry-run, --resume, --report or --set).
 */
DIGIT_MUST_CHECK enum digit_status train_options_check(const struct train_options *options,
                                                       struct digit_error *error);

/* Whether one of --quantise, --calibrate and --record-golden is given: nothing is trained then. */
bool train_options_only_update(const struct train_options *options);

/* Applies every --set to the recipe, in order. Errors: those of recipe_set. */
DIGIT_MUST_CHECK enum digit_status train_options_set(struct recipe *recipe,
                                                     const struct train_options *options,
                                                     struct digit_error *error);

/* Prints the text of --help: the options, then the settings of a recipe. */
void train_options_print_help(FILE *out);

#endif
