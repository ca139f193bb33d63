/*
 * The fifteen corruptions of MNIST-C (Mu and Gilmer, "MNIST-C: A Robustness Benchmark for Computer
 * Vision", 2019, arXiv:1906.02337) at the strengths of the published data set, as an evaluation of
 * a model: written anew, with random numbers of its own. The pictures are therefore like the
 * published ones, not the same, and figures compare with published ones only roughly.
 *
 *     struct corruption_scores scores;
 *     status = corruptions_evaluate(&scores, model, &subject, pool, &error);
 *     printf("%s: %zu of %zu\n", corruptions[i].name, scores.correct[i], scores.count);
 *
 * Every random number is a function of the corruption and the image's index: the corrupted test
 * files are always the same.
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
    const char *name; /* as the data set's folders have it: "shot_noise" */
    void (*apply)(float image[DIGIT_PIXELS], struct rng *rng); /* as trainer/eval/mnist_c/kinds.h */
};

/* In the order of the paper. */
extern const struct corruption corruptions[CORRUPTIONS_COUNT];

/* What is corrupted and read. */
struct corruption_input {
    const uint8_t *images; /* [count][28][28]; borrowed */
    const uint8_t *labels; /* [count]; borrowed */
    size_t count;          /* above 0 */
    bool preprocessed;     /* by trainer/eval/preprocessed.h */
};

struct corruption_scores {
    size_t count;                      /* images of each corruption */
    size_t correct[CORRUPTIONS_COUNT]; /* in the order of the table */
};

/*
 * image [28][28] under corruption `kind`, below CORRUPTIONS_COUNT, in `out`, rounded to 8 bits as
 * the data set stores it. `index` is the image's in its data set: the same gives the same. The two
 * may be one. Threads: any; fog needs 256 KiB of stack.
 */
void corruption_apply(uint8_t out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS], size_t kind,
                      size_t index);

/*
 * Runs `model` over the subject's images under each corruption in turn; the figures are the same for
 * any number of threads. Only the thread that made the pool may call it. Errors: those of
 * evaluate_model, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status corruptions_evaluate(struct corruption_scores *out,
                                                        const struct digit_model *model,
                                                        const struct corruption_input *subject,
                                                        struct thread_pool *pool,
                                                        struct digit_error *error);

/* The share of one corruption's images that was read as their labels. */
double corruption_accuracy(const struct corruption_scores *scores, size_t kind);

/* The mean of the fifteen. */
double corruptions_mean_accuracy(const struct corruption_scores *scores);

/* The one with the lowest accuracy, the first of several. */
size_t corruptions_worst(const struct corruption_scores *scores);

#endif
