/*
 * What digitd-train is asked to do. What decides a training's result is in the recipe that --recipe
 * names and --set changes (trainer/recipe/recipe.h); the options say where, by how many and what else.
 */
#ifndef TRAINER_CLI_TRAIN_OPTIONS_H
#define TRAINER_CLI_TRAIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "trainer/base/options.h"
#include "trainer/recipe/recipe.h"

struct train_options {
    const char *data; /* NULL: not given */
    const char *recipe;
    const char *output;
    const char *checkpoint;      /* NULL: beside the output */
    const char *teacher_cache;   /* NULL: none are kept */
    const char *report;          /* NULL: none */
    const char *quantise;        /* NULL: train, or calibrate */
    const char *calibrate;       /* NULL: train, or quantise */
    struct option_list settings; /* NAME=VALUE each */
    size_t threads;              /* 0: the CPUs that are granted */
    bool resume;
    bool summary;
    bool dry_run;
    bool help;
    bool version;
};

extern const struct option_table train_option_table;

/*
 * Checks what no single option can say. Errors: INVALID (no data, unless only a summary is asked
 * for; --summary with --dry-run; --quantise or --calibrate with what asks for a training, or both).
 */
DIGIT_MUST_CHECK enum digit_status train_options_check(const struct train_options *options,
                                                       struct digit_error *error);

/* Gives the recipe the values of every --set, in order. Errors: those of recipe_set. */
DIGIT_MUST_CHECK enum digit_status train_options_set(struct recipe *recipe,
                                                     const struct train_options *options,
                                                     struct digit_error *error);

/* Writes what --help shows: the options, then the settings of a recipe. */
void train_options_print_help(FILE *out);

#endif
