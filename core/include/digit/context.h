/*
 * The memory in which one thread runs a model. digit_context_create allocates all of it; predicting
 * allocates nothing and takes no lock. An image gets the same answer to the bit, alone or in a batch.
 *
 *     struct digit_context *context;
 *     status = digit_context_create(&context, model, &error);
 *     struct digit_prediction answer;
 *     status = digit_context_predict_octets(context, &answer, octets, 1, &error);
 */
#ifndef DIGIT_CONTEXT_H
#define DIGIT_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>
#include <digit/model.h>
#include <digit/status.h>

struct digit_context;

/*
 * Probabilities are softmax(logits / temperature), with the temperature of the model's file (Guo et al.
 * 2017, arXiv:1706.04599): among inputs like those the model was trained for, a class with probability p is
 * correct in about p of all cases. The temperature never changes the digit.
 */
struct digit_prediction {
    size_t digit;                       /* the most probable class, 0 to DIGIT_CLASSES - 1 */
    float confidence;                   /* its probability */
    float uncertainty;                  /* the sum of all other probabilities, 0 to 1 */
    bool uncertain;                     /* uncertainty > digit_model_info's uncertain_above */
    float probabilities[DIGIT_CLASSES]; /* they sum to 1 within 1e-5 */
};

/*
 * Makes a context for `model`, which must outlive it. The caller destroys it. Threads: one at a time.
 * Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status digit_context_create(struct digit_context **out,
                                                        const struct digit_model *model,
                                                        struct digit_error *error);

/* Does nothing if `context` is NULL. */
void digit_context_destroy(struct digit_context *context);

/* The model that the context was made for. */
const struct digit_model *digit_context_model(const struct digit_context *context);

/* The number of bytes that a context for `model` allocates. */
size_t digit_context_bytes(const struct digit_model *model);

/*
 * Classifies `count` images, any number. pixels: [count][28][28] row-major, 0 background to 1 foreground;
 * out: [count]. An int8 model rounds pixels to multiples of 1 / 255. Errors: INVALID (the logits of an image
 * are not finite, because its pixels are not or the weights overflow); `out` is then unspecified.
 */
DIGIT_MUST_CHECK enum digit_status digit_context_predict(struct digit_context *context,
                                                         struct digit_prediction *out,
                                                         const float *pixels, size_t count,
                                                         struct digit_error *error);

/*
 * The same for octets: [count][28][28] row-major, 0 background to 255 foreground, as digit_reader writes
 * them and MNIST's files hold them. The predictions are those of digit_context_predict for octet / 255.0f,
 * to the bit. An int8 model uses octets without converting them to floats.
 */
DIGIT_MUST_CHECK enum digit_status digit_context_predict_octets(struct digit_context *context,
                                                                struct digit_prediction *out,
                                                                const uint8_t *octets, size_t count,
                                                                struct digit_error *error);

#endif
