/*
 * The settings of a training. A recipe (trainer/recipe/recipe.h) contains this struct; the table in
 * trainer/recipe/recipe_fields.c has the name, range and default of each member.
 */
#ifndef TRAINER_FIT_FIT_SETTINGS_H
#define TRAINER_FIT_FIT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trainer/augment/distort/distort.h"
#include "trainer/augment/mixup.h"
#include "trainer/augment/neighbours.h"
#include "trainer/augment/outliers/outliers.h"
#include "trainer/augment/variants/variants.h"
#include "trainer/augment/warp.h"
#include "trainer/distill/hard_examples.h"
#include "trainer/net/adamw.h"

/* Multipliers, 0 to 1, of the probabilities in the final epochs. */
struct final_multipliers {
    float mixup;
    float distort;
    float variants;
    float outliers;
    float neighbours;
};

struct fit_settings {
    size_t seed;             /* of all random numbers except those of augmentation */
    size_t epochs;           /* 1 or more */
    size_t batch_size;       /* maximum number of samples in a step, 1 or more; see fit_steps */
    size_t validation_count; /* number of validation images, below the data's count; 0: none */
    size_t patience; /* stop after this many epochs without a lower validation loss; 0: never */

    size_t schedule;                 /* enum schedule_kind */
    double learning_rate;            /* the schedule's peak */
    struct adamw_settings optimiser; /* with the weight decay */
    double ema_decay;                /* of the weights' moving average, 0 to below 1 */
    float label_smoothing;           /* 0 to below 1 */

    size_t final_epochs; /* last epochs, with weak augmentation: warps of half strength */
    struct final_multipliers final; /* applied in them */

    size_t augment_seed;   /* of augmentation; 0: `seed`. Must be equal to share a teacher cache */
    size_t augment_epochs; /* number of epochs whose warps differ, after which they are repeated; 0:
                              all */
    struct warp_ranges warp;
    struct mixup_settings mixup; /* of warped images */
    struct variant_settings variants;
    struct outlier_settings outliers;
    struct neighbour_settings neighbours; /* of digits, not of outliers */
    struct distort_ranges distort;        /* applied last */

    struct hard_example_settings hard_examples; /* need teachers */
    float teacher_share;                        /* weight of the distillation loss, 0 to 1 */
    float temperature;                          /* of the distillation loss, above 0 */
};

/*
 * Number of steps in an epoch of `count` samples: count / batch_size, rounded up. The samples are
 * distributed evenly over the steps, so that no step has too few for batch statistics.
 */
size_t fit_steps(size_t count, size_t batch_size);

/* Whether `epoch`, from 0 to settings->epochs - 1, is one of the final epochs. */
bool fit_is_final_epoch(const struct fit_settings *settings, size_t epoch);

/*
 * The epoch whose warps and mixup `epoch` has: itself, or with settings->augment_epochs the epoch
 * that it repeats. The teachers' predictions are the same in both, but for the weaker warps of final
 * epochs.
 */
size_t fit_augment_epoch(const struct fit_settings *settings, size_t epoch);

/* The seed of augmentation: settings->augment_seed, or settings->seed if that is 0. */
uint64_t fit_augment_seed(const struct fit_settings *settings);

#endif
