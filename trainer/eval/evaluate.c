#include "trainer/eval/evaluate.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <digit/image.h>
#include <digit/reader.h>

/* Images that a thread predicts at a time. */
#define BLOCK_IMAGES 64

/* Memory of one thread of the pool. */
struct worker {
    struct digit_context *context;
    struct digit_reader *reader; /* NULL unless images are read as pictures */
    struct digit_prediction predictions[BLOCK_IMAGES];
};

struct job {
    const uint8_t *images;
    const uint8_t *labels;
    size_t count;
    bool as_pictures;
    struct worker *workers; /* [worker_count] */
    size_t worker_count;
    uint8_t *digits;      /* [count] predicted classes */
    float *probabilities; /* [count][DIGIT_CLASSES] */
    double *losses;       /* [count] */
    bool *uncertain;      /* [count] */
};

double evaluate_loss(const struct digit_prediction *prediction, size_t label)
{
    return -log(fmax(prediction->probabilities[label], FLT_MIN));
}

static void job_release(struct job *job)
{
    for (size_t i = 0; job->workers != NULL && i < job->worker_count; i++) {
        digit_reader_destroy(job->workers[i].reader);
        digit_context_destroy(job->workers[i].context);
    }
    free(job->workers);
    free(job->uncertain);
    free(job->losses);
    free(job->probabilities);
    free(job->digits);
}

static enum digit_status job_init(struct job *job, const struct digit_model *model,
                                  size_t thread_count, struct digit_error *error)
{
    job->worker_count = thread_count;
    job->workers = calloc(thread_count, sizeof *job->workers);
    job->digits = calloc(job->count, sizeof *job->digits);
    job->probabilities = calloc(job->count, DIGIT_CLASSES * sizeof *job->probabilities);
    job->losses = calloc(job->count, sizeof *job->losses);
    job->uncertain = calloc(job->count, sizeof *job->uncertain);
    if (job->workers == NULL || job->digits == NULL || job->probabilities == NULL ||
        job->losses == NULL || job->uncertain == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to evaluate %zu images", job->count);
    enum digit_status status = DIGIT_OK;
    for (size_t i = 0; status == DIGIT_OK && i < thread_count; i++) {
        struct worker *worker = &job->workers[i];
        status = digit_context_create(&worker->context, model, error);
        if (status == DIGIT_OK && job->as_pictures)
            status = digit_reader_create(&worker->reader, worker->context, NULL, error);
    }
    return status;
}

/* Reads images [count][28][28] as pictures. */
static enum digit_status read_pictures(struct worker *worker, const uint8_t *images, size_t count,
                                       struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    for (size_t i = 0; status == DIGIT_OK && i < count; i++) {
        const struct digit_image picture = {
            .luma = (uint8_t *)(uintptr_t)(images + i * DIGIT_PIXELS), /* it is only read */
            .width_px = DIGIT_SIDE_PX,
            .height_px = DIGIT_SIDE_PX,
            .block_px = 1,
            .format = DIGIT_IMAGE_PNG,
        };
        struct digit_reading reading;
        digit_reader_propose(worker->reader, &picture);
        status = digit_reader_read(worker->reader, &reading, error);
        worker->predictions[i] = reading.prediction;
    }
    return status;
}

static enum digit_status predict_block(const struct job *job, struct worker *worker, size_t first,
                                       size_t count, struct digit_error *error)
{
    const uint8_t *images = job->images + first * DIGIT_PIXELS;
    if (job->as_pictures)
        return read_pictures(worker, images, count, error);
    return digit_context_predict_octets(worker->context, worker->predictions, images, count, error);
}

static enum digit_status evaluate_block(void *context, size_t first, size_t count, size_t thread,
                                        struct digit_error *error)
{
    struct job *job = context;
    struct worker *worker = &job->workers[thread];
    enum digit_status status = predict_block(job, worker, first, count, error);
    for (size_t i = 0; status == DIGIT_OK && i < count; i++) {
        const struct digit_prediction *prediction = &worker->predictions[i];
        job->digits[first + i] = (uint8_t)prediction->digit;
        job->uncertain[first + i] = prediction->uncertain;
        job->losses[first + i] = evaluate_loss(prediction, job->labels[first + i]);
        memcpy(job->probabilities + (first + i) * DIGIT_CLASSES, prediction->probabilities,
               sizeof prediction->probabilities);
    }
    return status;
}

/* Moves the predictions to `out`, which owns them from then on. */
static void take_predictions(struct evaluation *out, struct job *job)
{
    out->digits = job->digits;
    out->probabilities = job->probabilities;
    job->digits = NULL;
    job->probabilities = NULL;
}

/* Adds up in the order of the images, whichever thread predicted them. */
static void sum_results(struct evaluation *out, const struct job *job)
{
    double loss_sum = 0.0;
    out->count = job->count;
    for (size_t i = 0; i < job->count; i++) {
        loss_sum += job->losses[i];
        out->confusion.images[job->labels[i]][job->digits[i]]++;
        out->correct += job->digits[i] == job->labels[i];
        out->uncertain += job->uncertain[i];
    }
    out->loss = loss_sum / (double)job->count;
}

static enum digit_status list_misclassified(struct evaluation *out, const struct job *job,
                                            struct digit_error *error)
{
    size_t expected = job->count - out->correct;
    out->misclassified =
        calloc(expected + 1, sizeof *out->misclassified); /* + 1: calloc(0) may give NULL */
    if (out->misclassified == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to list %zu images", expected);
    for (size_t i = 0; i < job->count; i++)
        if (job->digits[i] != job->labels[i])
            out->misclassified[out->misclassified_count++] =
                (struct misclassified){i, job->labels[i], job->digits[i]};
    return DIGIT_OK;
}

static enum digit_status evaluate(struct evaluation *out, struct job *job,
                                  const struct digit_model *model, struct thread_pool *pool,
                                  struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    enum digit_status status = job_init(job, model, thread_pool_size(pool), error);
    if (status == DIGIT_OK)
        status = thread_pool_each_block(pool, job->count, BLOCK_IMAGES, evaluate_block, job, error);
    if (status == DIGIT_OK) {
        sum_results(out, job);
        status = list_misclassified(out, job, error);
    }
    if (status == DIGIT_OK)
        take_predictions(out, job);
    if (status != DIGIT_OK)
        evaluation_release(out);
    job_release(job);
    return status;
}

enum digit_status evaluate_model(struct evaluation *out, const struct digit_model *model,
                                 const uint8_t *images, const uint8_t *labels, size_t count,
                                 struct thread_pool *pool, struct digit_error *error)
{
    struct job job = {.images = images, .labels = labels, .count = count};
    return evaluate(out, &job, model, pool, error);
}

enum digit_status evaluate_pictures(struct evaluation *out, const struct digit_model *model,
                                    const uint8_t *images, const uint8_t *labels, size_t count,
                                    struct thread_pool *pool, struct digit_error *error)
{
    struct job job = {.images = images, .labels = labels, .count = count, .as_pictures = true};
    return evaluate(out, &job, model, pool, error);
}

void evaluation_release(struct evaluation *evaluation)
{
    free(evaluation->probabilities);
    free(evaluation->digits);
    free(evaluation->misclassified);
    memset(evaluation, 0, sizeof *evaluation);
}

static double ratio(size_t part, size_t whole)
{
    return whole == 0 ? 0.0 : (double)part / (double)whole;
}

double evaluation_accuracy(const struct evaluation *evaluation)
{
    return ratio(evaluation->correct, evaluation->count);
}

struct class_score class_score_make(const struct confusion *confusion, size_t digit)
{
    size_t correct = confusion->images[digit][digit], support = 0, predicted = 0;
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        support += confusion->images[digit][i];
        predicted += confusion->images[i][digit];
    }
    return (struct class_score){.precision = ratio(correct, predicted),
                                .recall = ratio(correct, support),
                                .f1 = ratio(2 * correct, support + predicted),
                                .support = support};
}
