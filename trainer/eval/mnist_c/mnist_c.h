/*
 * Evaluation of a model under the fifteen corruptions of MNIST-C (Mu and Gilmer, "MNIST-C: A
 * Robustness Benchmark for Computer Vision", 2019, arXiv:1906.02337), at the strengths of the
 * published data set. This is a reimplementation with other random numbers: images are similar to
 * the published ones, not the same, and figures can be compared with published ones only roughly.
 *
 *     struct corruption_scores scores;
 *     status = corruptions_evaluate(&scores, model, &input, pool, &error);
 *     printf("%s: %zu of %zu\n", corruptions[i].name, scores.correct[i], scores.count);
 *
 * Random numbers depend only on the corruption and the index of the image: the corrupted test
 * images are always the same.
 */
#ifndef TRAINER_EVAL_MNIST_C_MNIST_C_H
#define TRAINER_EVAL_MNIST_C_MNIST_C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>
#include <digit/model.h>
#include <digit/status.h>

#include "trainer/base/rng.h"
#include "trainer/base/thread_pool.h"

#define CORRUPTIONS_COUNT 15

struct corruption {
    const char *name; /* as the folders of the data set: "shot_noise" */
    void (*apply)(float image[DIGIT_PIXELS], struct rng *rng); /* trainer/eval/mnist_c/kinds.h */
};

/* In the order of the paper. */
extern const struct corruption corruptions[CORRUPTIONS_COUNT];

/* The images to corrupt and predict. */
struct corruption_input {
    const uint8_t *images; /* [count][28][28]; borrowed */
    const uint8_t *labels; /* [count]; borrowed */
    size_t count;          /* above 0 */
    bool as_pictures;      /* they are read as the server reads pictures (evaluate_pictures) */
};

struct corruption_scores {
    size_t count;                      /* images under each corruption */
    size_t correct[CORRUPTIONS_COUNT]; /* in the order of `corruptions` */
};

/*
 * Applies corruption `kind`, below CORRUPTIONS_COUNT, to image [28][28] and writes the result,
 * rounded to 8 bits as in the published data set, to out [28][28], which may be `image`. The result
 * depends only on image, kind and `index`, the index of the image in its data set. Threads: any;
 * fog needs 256 KiB of stack.
 */
void corruption_apply(uint8_t out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS], size_t kind,
                      size_t index);

/*
 * Evaluates `model` on the images of `input` under each corruption in turn. The figures do not
 * depend on the number of threads. Only the thread that created the pool may call this function.
 * Errors: those of evaluate_pictures, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status corruptions_evaluate(struct corruption_scores *out,
                                                        const struct digit_model *model,
                                                        const struct corruption_input *input,
                                                        struct thread_pool *pool,
                                                        struct digit_error *error);

/* Share of the images that were predicted as their label under one corruption. */
double corruption_accuracy(const struct corruption_scores *scores, size_t kind);

/* Mean accuracy of the fifteen corruptions. */
double corruptions_mean_accuracy(const struct corruption_scores *scores);

/* The corruption with the lowest accuracy; of several the first. */
size_t corruptions_worst(const struct corruption_scores *scores);

#endif
