/*
 * Teachers: trained models from which a training learns in addition to the labels (knowledge
 * distillation: Hinton, Vinyals and Dean 2015). Their logits for an image are
 *
 *     logits[i] = mean over teachers of temperature * log(probabilities[i])
 *
 * the logarithm of the geometric mean of their probabilities. The temperature with which a teacher
 * is calibrated cancels out: its probabilities are softmax(z / temperature) of its own logits z.
 *
 *     status = teachers_create(&teachers, paths, count, thread_count, &error);
 *     status = teachers_predict(teachers, logits, pixels, 16, thread, &error);
 */
#ifndef TRAINER_DISTILL_TEACHERS_H
#define TRAINER_DISTILL_TEACHERS_H

#include <stddef.h>

#include <digit/model.h>
#include <digit/status.h>

#define TEACHERS_MAX 64

/* Number of images that a teacher processes at a time; the best size of a block for a thread. */
#define TEACHERS_BLOCK_IMAGES 16

struct teachers;

/*
 * Loads the model files paths [count], count above 0, for use by `thread_count` threads. The caller
 * owns the teachers. Errors: those of digit_model_load, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status teachers_create(struct teachers **out, const char *const *paths,
                                                   size_t count, size_t thread_count,
                                                   struct digit_error *error);

/*
 * The same with all files in `folder` whose names end in ".safetensors", sorted by name. Errors:
 * also IO (the folder cannot be read), INVALID (no such file, or more than TEACHERS_MAX).
 */
DIGIT_MUST_CHECK enum digit_status teachers_open_folder(struct teachers **out, const char *folder,
                                                        size_t thread_count,
                                                        struct digit_error *error);

/* NULL is allowed. */
void teachers_destroy(struct teachers *teachers);

size_t teachers_count(const struct teachers *teachers);

/* Properties of teacher `index`, such as its checksum. */
const struct digit_model_info *teachers_info(const struct teachers *teachers, size_t index);

/*
 * Computes the logits of `count` images. logits: [count][DIGIT_CLASSES], natural logarithms, at
 * least -88 times a teacher's temperature; pixels: [count][28][28], 0 to 1. Threads: any, each with
 * its own `thread` below `thread_count`. Errors: INVALID (a teacher's logits are not finite).
 */
DIGIT_MUST_CHECK enum digit_status teachers_predict(struct teachers *teachers, float *logits,
                                                    const float *pixels, size_t count,
                                                    size_t thread, struct digit_error *error);

#endif
