/*
 * What digitd-train is asked to do: its options, and the settings that follow from them.
 */
#ifndef TRAINER_TRAIN_OPTIONS_H
#define TRAINER_TRAIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "trainer/fit.h"
#include "trainer/options.h"

struct train_options {
    const char *data; /* NULL: not given */
    const char *architecture;
    const char *output;
    size_t epochs;
    size_t batch_size;
    double learning_rate;
    size_t schedule; /* enum schedule_kind */
    double weight_decay;
    size_t validation;
    size_t patience;
    size_t seed;
    size_t threads; /* 0: the CPUs that are granted */
    size_t augment; /* enum augment_kind */
    size_t gentle_epochs;
    double ema_decay;
    double label_smoothing;
    bool help;
    bool version;
};

extern const struct option_table train_option_table;

/* The training loop's settings. Cannot fail: the table's ranges are the settings' own. */
struct fit_settings train_options_settings(const struct train_options *options);

/* The option's words for these settings: "elastic", "one-cycle". */
const char *train_options_augment_name(const struct train_options *options);
const char *train_options_schedule_name(const struct train_options *options);

#endif
