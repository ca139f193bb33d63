/*
 * What teachers said to the images of a training, kept in a folder: one file for each epoch. Other
 * students of the same lessons (another seed or network, more epochs, the same augmented images) read
 * it instead of asking again, which is most of the time that a training with teachers takes.
 *
 *     status = teacher_notes_create(&notes, folder, key, images, &error);
 *     for each epoch
 *         status = teacher_notes_open(notes, epoch, is_gentle, &error);
 *         float *said = teacher_notes_at(notes, image);    to read if teacher_notes_known(notes), else to write
 *         status = teacher_notes_close(notes, &error);
 */
#ifndef TRAINER_TEACHER_NOTES_H
#define TRAINER_TEACHER_NOTES_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

#include "core/base/sha256.h"

struct teacher_notes;

/*
 * Notes in `folder`, which is made if it is not there, for `images` images. `key` is a digest of all
 * that the answers depend on; notes with another key are not read, and an error. The caller owns it.
 * Errors: IO, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status teacher_notes_create(struct teacher_notes **out,
                                                        const char *folder,
                                                        const char key[SHA256_HEX_BYTES],
                                                        size_t images, struct digit_error *error);

/* NULL is taken. */
void teacher_notes_destroy(struct teacher_notes *notes);

/*
 * Turns to an epoch, from 0, and reads its file, if there is one. A gentle epoch (half as much
 * augmentation, trainer/recipe.h) has a file of its own: another training's may not be. Errors: IO,
 * MALFORMED (not such a file, or cut off), INVALID (of another key); the message names the file.
 */
DIGIT_MUST_CHECK enum digit_status teacher_notes_open(struct teacher_notes *notes, size_t epoch,
                                                      bool is_gentle, struct digit_error *error);

/* Whether the epoch's file was read. */
bool teacher_notes_known(const struct teacher_notes *notes);

/* DIGIT_CLASSES logarithms of an image, below `images`. Threads: any, on different images. */
float *teacher_notes_at(struct teacher_notes *notes, size_t image);

/* Ends the epoch: writes its file whole, unless it was read. Errors: IO. */
DIGIT_MUST_CHECK enum digit_status teacher_notes_close(struct teacher_notes *notes,
                                                       struct digit_error *error);

#endif
