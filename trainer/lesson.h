/*
 * What the network is shown of a batch: the images, each seen a little differently in every epoch,
 * their labels and, if there are teachers, what these say of the images before they are distorted,
 * written in another style or replaced by a picture of no digit, whose label is TRAIN_NO_CLASS.
 *
 *     status = lesson_create(&lesson, &data, trained, count, &settings, team, &error);
 *     status = lesson_open_epoch(lesson, epoch, &error);
 *     status = lesson_fill(lesson, &batch, showings, count, &error);     for each batch
 *     status = lesson_close_epoch(lesson, &error);
 *
 * What a showing of an epoch (trainer/repeats.h) shows depends on data, settings and what may be trained
 * on alone: not on the batch that it is in, nor on the number of threads.
 */
#ifndef TRAINER_LESSON_H
#define TRAINER_LESSON_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/fit.h"
#include "trainer/idx.h"
#include "trainer/network.h"
#include "trainer/team.h"

struct lesson;

/*
 * Makes room for batches of settings->batch_size. data, settings (and the teachers and notes in it),
 * team and `trained` [trained_count], which are the images that may be learnt from, are borrowed; of
 * these the teachers are asked which are to be repeated. The caller owns it. Errors: those of
 * repeats_find.
 */
DIGIT_MUST_CHECK enum digit_status lesson_create(struct lesson **out, const struct dataset *data,
                                                 const uint32_t *trained, size_t trained_count,
                                                 const struct fit_settings *settings,
                                                 struct team *team, struct digit_error *error);

/* NULL is taken. */
void lesson_destroy(struct lesson *lesson);

/* Turns to `epoch`, from 0. Errors: those of teacher_notes_open. */
DIGIT_MUST_CHECK enum digit_status lesson_open_epoch(struct lesson *lesson, size_t epoch,
                                                     struct digit_error *error);

/*
 * Prepares `count` showings, at most settings->batch_size, each of an image that may be learnt from, and
 * sets all of `out` but seed and step; its arrays are the lesson's and last until the next call. Shared by
 * the team; only the thread that made it may call. Errors: those of teachers_answer.
 */
DIGIT_MUST_CHECK enum digit_status lesson_fill(struct lesson *lesson, struct train_batch *out,
                                               const uint32_t *showings, size_t count,
                                               struct digit_error *error);

/*
 * The same without asking the teachers, for any epoch, those behind the last included; the epoch that
 * was open is not to be closed then.
 */
void lesson_show(struct lesson *lesson, struct train_batch *out, size_t epoch,
                 const uint32_t *showings, size_t count);

/* Ends the epoch, all of whose showings were prepared. Errors: those of teacher_notes_close. */
DIGIT_MUST_CHECK enum digit_status lesson_close_epoch(struct lesson *lesson,
                                                      struct digit_error *error);

#endif
