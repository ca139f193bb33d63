/*
 * The teachers that a recipe names, and the notes of what they say that the command line asks for,
 * as one training opens them.
 *
 *     status = tuition_open(&tuition, &recipe, &data, notes_folder, members, &error);
 *     tuition_apply(&tuition, &settings);
 *     tuition_close(&tuition);
 */
#ifndef TRAINER_TUITION_H
#define TRAINER_TUITION_H

#include <digit/status.h>

#include "trainer/fit.h"
#include "trainer/idx.h"
#include "trainer/recipe.h"
#include "trainer/teacher_notes.h"
#include "trainer/teachers.h"

struct tuition {
    struct teachers *teachers;   /* NULL: the recipe has none */
    struct teacher_notes *notes; /* NULL: none are kept */
};

/*
 * Loads the recipe's teachers for a team of `members` and opens `notes_folder` (NULL: none), whose
 * notes are of these teachers, the training images and all that decides which of them the teachers
 * are shown, and how.
 * The caller closes it. Errors: those of teachers_open_folder and teacher_notes_create, INVALID (a
 * folder for notes, but no teachers).
 */
DIGIT_MUST_CHECK enum digit_status tuition_open(struct tuition *out, const struct recipe *recipe,
                                                const struct dataset *data,
                                                const char *notes_folder, size_t members,
                                                struct digit_error *error);

/* Gives the training its teachers and notes; the tuition must outlive it. */
void tuition_apply(const struct tuition *tuition, struct fit_settings *settings);

/* Frees what the tuition owns and zeroes it; a zeroed one is taken too. */
void tuition_close(struct tuition *tuition);

#endif
