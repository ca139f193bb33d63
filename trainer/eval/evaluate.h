/*
 * Evaluation of a model on labelled images: accuracy, loss, confusion matrix and the figures of
 * each class.
 *
 *     struct evaluation evaluation;
 *     status = evaluate_model(&evaluation, model, images, labels, count, pool, &error);
 *     printf("%zu of %zu\n", evaluation.correct, evaluation.count);
 *     evaluation_release(&evaluation);
 */
#ifndef TRAINER_EVAL_EVALUATE_H
#define TRAINER_EVAL_EVALUATE_H

#include <stddef.h>
#include <stdint.h>

#include <digit/context.h>
#include <digit/model.h>
#include <digit/status.h>

#include "trainer/base/thread_pool.h"

struct confusion {
    size_t images[DIGIT_CLASSES][DIGIT_CLASSES]; /* [true][predicted] */
};

/* An image whose predicted class is not its label. */
struct misclassified {
    size_t index;
    uint8_t label;
    uint8_t digit; /* predicted class */
};

struct evaluation {
    size_t count;
    size_t correct;
    size_t uncertain; /* images whose prediction is uncertain (digit/context.h) */
    double loss;      /* mean negative log-likelihood of the labels, natural logarithm */
    struct confusion confusion;
    struct misclassified *misclassified; /* [misclassified_count], by index; owned */
    size_t misclassified_count;
    uint8_t *digits;      /* [count] predicted classes; owned */
    float *probabilities; /* [count][DIGIT_CLASSES]; owned */
};

/* Figures of one class. A ratio whose denominator is 0 is 0. */
struct class_score {
    double precision; /* correct / images predicted as the class */
    double recall;    /* correct / images of the class */
    double f1;        /* harmonic mean of both */
    size_t support;   /* images of the class */
};

/*
 * Negative log-likelihood of `label` in nats: -log(probability). A probability that float32 rounded
 * to 0 counts as the smallest normal number, which is 87.3 nats, so that one image cannot make a
 * mean infinite.
 */
double evaluate_loss(const struct digit_prediction *prediction, size_t label);

/*
 * Predicts images [count][28][28], 0 to 255, and compares with labels [count], 0 to 9; count above
 * 0. Each thread of the pool has its own context; the figures do not depend on the number of
 * threads. Only the thread that created the pool may call this function. On success the caller
 * releases `out`; on failure there is nothing to release. Errors: those of digit_context_create and
 * digit_context_predict, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status evaluate_model(struct evaluation *out,
                                                  const struct digit_model *model,
                                                  const uint8_t *images, const uint8_t *labels,
                                                  size_t count, struct thread_pool *pool,
                                                  struct digit_error *error);

/*
 * The same, but each image is read as the server reads a picture of 28x28 px: preprocessed under several
 * hypotheses (digit/reader.h). Errors: those of digit_reader_create too.
 */
DIGIT_MUST_CHECK enum digit_status evaluate_pictures(struct evaluation *out,
                                                     const struct digit_model *model,
                                                     const uint8_t *images, const uint8_t *labels,
                                                     size_t count, struct thread_pool *pool,
                                                     struct digit_error *error);

/* Frees what `evaluation` owns and zeroes it; it may be zeroed already. */
void evaluation_release(struct evaluation *evaluation);

/* correct / count; 0 without images. */
double evaluation_accuracy(const struct evaluation *evaluation);

/* Precision, recall and F1 of `digit`, 0 to DIGIT_CLASSES - 1, from a confusion matrix. */
struct class_score class_score_make(const struct confusion *confusion, size_t digit);

#endif
