/*
 * Short trainings on small made-up data sets, and a record of what their observer was called with.
 * A failure ends the cmocka test.
 */
#ifndef TESTS_TRAINER_FIT_TRAINING_H
#define TESTS_TRAINER_FIT_TRAINING_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

#include "core/network/architecture.h"
#include "trainer/data/idx.h"
#include "trainer/distill/distillation.h"
#include "trainer/fit/fit.h"

#define TRAINING_MAX_EPOCHS 60

/* What the observer was called with. */
struct training_record {
    size_t steps;
    size_t stop_after; /* steps; 0: never */
    size_t largest_batch;
    size_t smallest_batch;
    size_t images_before;
    size_t epochs;
    struct fit_epoch epoch[TRAINING_MAX_EPOCHS];
    size_t save_after; /* epochs; 0: never */
    bool save_fails;
    struct fit_state saved;
    float *copies[5]; /* the arrays of `saved` */
};

/* Frees the arrays of record->saved. */
void training_record_release(struct training_record *record);

/* `count` images of noise with a bright bar, whose height in the image depends on the label. */
void training_make_bars(struct dataset *out, size_t count);

/* The same images with random labels. */
void training_make_noise(struct dataset *out, size_t count);

/* Eight epochs with batches of 32, 60 validation images, a constant learning rate, no
 * augmentation. */
struct fit_settings training_settings(void);

/* A small architecture with every type of layer. */
void training_architecture(struct architecture *out);

/* The teachers of all trainings; none unless a test loads some. */
extern struct distillation training_distillation;

/* Runs a training with `threads` threads and records what its observer is called with. */
enum digit_status training_run(struct fit_result *out, struct training_record *record,
                               const struct architecture *architecture, const struct dataset *data,
                               const struct fit_settings *settings, size_t threads,
                               struct digit_error *error);

/* The same, resumed from a state; NULL: from scratch. */
enum digit_status training_resume(const struct fit_state *from, struct fit_result *out,
                                  struct training_record *record,
                                  const struct architecture *architecture,
                                  const struct dataset *data, const struct fit_settings *settings,
                                  size_t threads, struct digit_error *error);

/* Zeroes the record and runs a training of one dense layer with two threads, which must not
 * fail. */
void training_run_dense(struct fit_result *out, struct training_record *record,
                        const struct dataset *data, const struct fit_settings *settings);

#endif
