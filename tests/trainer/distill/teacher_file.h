/*
 * A model file that serves as a teacher.
 */
#ifndef TESTS_TRAINER_DISTILL_TEACHER_FILE_H
#define TESTS_TRAINER_DISTILL_TEACHER_FILE_H

#include <stdint.h>

/*
 * Writes a model into `folder` as `name`, with made-up weights that follow from `start`. Returns its path,
 * which the caller frees. Failures end the cmocka test.
 */
char *teacher_file_write(const char *folder, const char *name, uint64_t start);

#endif
