/*
 * Trained models that a training learns from beside the labels (Hinton, Vinyals and Dean 2015): for
 * an image they give the mean of their log-probabilities, which as logits is their geometric mean. A
 * teacher's calibration is left out: its logarithms are multiplied by its temperature.
 *
 *     status = teachers_create(&teachers, paths, count, thread_count, &error);
 *     status = teachers_answer(teachers, log_probabilities, pixels, 16, thread, &error);
 */
#ifndef TRAINER_DISTILL_TEACHERS_H
#define TRAINER_DISTILL_TEACHERS_H

#include <stddef.h>

#include <digit/model.h>
#include <digit/status.h>

#define TEACHERS_MAX 64

struct teachers;

/*
 * Loads the model files paths [count], count above 0, and makes contexts for `thread_count` threads. The
 * caller owns it. Errors: those of digit_model_load, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status teachers_create(struct teachers **out, const char *const *paths,
                                                   size_t count, size_t thread_count,
                                                   struct digit_error *error);

/*
 * The same with every file of `folder` whose name ends in ".safetensors", in order of names.
 * Errors: also IO (the folder cannot be read), INVALID (no such file in it, more than
 * TEACHERS_MAX).
 */
DIGIT_MUST_CHECK enum digit_status teachers_open_folder(struct teachers **out, const char *folder,
                                                        size_t thread_count,
                                                        struct digit_error *error);

/* NULL is taken. */
void teachers_destroy(struct teachers *teachers);

size_t teachers_count(const struct teachers *teachers);

/* What model `index` says of itself, its checksum among others. */
const struct digit_model_info *teachers_info(const struct teachers *teachers, size_t index);

/*
 * out: [count][DIGIT_CLASSES] natural logarithms, at least -88 times a teacher's temperature; pixels: [count][28][28], 0 to 1.
 * Threads: each with a `thread` of its own, below `thread_count`. Errors: INVALID (logits that are not
 * finite).
 */
DIGIT_MUST_CHECK enum digit_status teachers_answer(struct teachers *teachers, float *out,
                                                   const float *pixels, size_t count, size_t thread,
                                                   struct digit_error *error);

#endif
