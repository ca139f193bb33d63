/*
 * The memory in which one thread runs a model. Everything is allocated by digit_context_create;
 * predicting allocates nothing, takes no lock and gives every image the same answer to the bit,
 * alone or in a batch.
 *
 *     struct digit_context *context;
 *     status = digit_context_create(&context, model, &error);
 *     struct digit_prediction answer;
 *     status = digit_context_predict(context, &answer, pixels, 1, &error);
 */
#ifndef DIGIT_CONTEXT_H
#define DIGIT_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/image.h>
#include <digit/model.h>
#include <digit/status.h>

struct digit_context;

/*
 * Probabilities are softmax(logits / temperature), with the temperature of the model's file (Guo et
 * al. 2017, arXiv:1706.04599): a class of probability p is the right one in about p of all cases of
 * the kind that the model was trained for. No temperature changes the digit.
 */
struct digit_prediction {
    size_t digit;                       /* the likeliest class, 0 to DIGIT_CLASSES - 1 */
    float confidence;                   /* its probability */
    float uncertainty;                  /* 0 certain to 1: what the other classes have together */
    bool uncertain;                     /* uncertainty > digit_model_info's uncertain_above */
    float probabilities[DIGIT_CLASSES]; /* they sum to 1 within 1e-5 */
};

/*
 * Makes a context for `model`, which must outlive it. The caller owns it; one thread at a time.
 * Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status digit_context_create(struct digit_context **out,
                                                        const struct digit_model *model,
                                                        struct digit_error *error);

/* NULL is taken. */
void digit_context_destroy(struct digit_context *context);

/* Bytes that a context for `model` holds. */
size_t digit_context_bytes(const struct digit_model *model);

/*
 * Reads `count` digits. pixels: [count][28][28] row-major, 0 (ground) to 1 (ink); out: [count].
 * Any count; work goes through the context in blocks.
 * Errors: INVALID (the logits of an image are not finite: the pixels were not, or the weights
 * overflow); out is then unspecified.
 */
DIGIT_MUST_CHECK enum digit_status digit_context_predict(struct digit_context *context,
                                                         struct digit_prediction *out,
                                                         const float *pixels, size_t count,
                                                         struct digit_error *error);

#endif
