#include "trainer/eval/mnist_c/mnist_c.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trainer/base/pixels.h"
#include "trainer/data/idx.h"
#include "trainer/eval/evaluate.h"
#include "trainer/eval/mnist_c/kinds.h"

#define SEED 0 /* fixed, whatever seed a training has */

const struct corruption corruptions[CORRUPTIONS_COUNT] = {
    {"shot_noise", corrupt_shot_noise},
    {"impulse_noise", corrupt_impulse_noise},
    {"glass_blur", corrupt_glass_blur},
    {"motion_blur", corrupt_motion_blur},
    {"shear", corrupt_shear},
    {"scale", corrupt_scale},
    {"rotate", corrupt_rotate},
    {"brightness", corrupt_brightness},
    {"translate", corrupt_translate},
    {"stripe", corrupt_stripe},
    {"fog", corrupt_fog},
    {"spatter", corrupt_spatter},
    {"dotted_line", corrupt_dotted_line},
    {"zigzag", corrupt_zigzag},
    {"canny_edges", corrupt_canny_edges},
};

/* All images of one corruption. */
struct job {
    const uint8_t *images;
    uint8_t *corrupted; /* [count][28][28] */
    size_t count;
    size_t kind;
};

void corruption_apply(uint8_t out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS], size_t kind,
                      size_t index)
{
    float pixels[DIGIT_PIXELS];
    struct rng rng = rng_make(SEED, RNG_CORRUPT, kind * DATASET_MAX_IMAGES + index);
    pixels_from_octets(pixels, image, DIGIT_PIXELS);
    corruptions[kind].apply(pixels, &rng);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = (uint8_t)lrintf(255.0f * fminf(fmaxf(pixels[i], 0.0f), 1.0f));
}

static void corrupt_images(void *context, size_t thread, size_t thread_count)
{
    const struct job *job = context;
    for (size_t i = thread; i < job->count; i += thread_count)
        corruption_apply(job->corrupted + i * DIGIT_PIXELS, job->images + i * DIGIT_PIXELS,
                         job->kind, i);
}

/* Evaluates the model on the corrupted images. */
static enum digit_status score_images(struct corruption_scores *out, size_t kind,
                                      const struct digit_model *model, const uint8_t *images,
                                      const struct corruption_input *input,
                                      struct thread_pool *pool, struct digit_error *error)
{
    struct evaluation evaluation = {.count = 0};
    enum digit_status status = (input->as_pictures ? evaluate_pictures : evaluate_model)(
        &evaluation, model, images, input->labels, input->count, pool, error);
    if (status == DIGIT_OK) {
        out->correct[kind] = evaluation.correct;
        evaluation_release(&evaluation);
    }
    return status;
}

enum digit_status corruptions_evaluate(struct corruption_scores *out,
                                       const struct digit_model *model,
                                       const struct corruption_input *input,
                                       struct thread_pool *pool, struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    out->count = input->count;
    struct job job = {.images = input->images, .count = input->count};
    job.corrupted = calloc(input->count, DIGIT_PIXELS);
    if (job.corrupted == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to corrupt %zu images", input->count);
    enum digit_status status = DIGIT_OK;
    for (; status == DIGIT_OK && job.kind < CORRUPTIONS_COUNT; job.kind++) {
        thread_pool_run(pool, corrupt_images, &job);
        status = score_images(out, job.kind, model, job.corrupted, input, pool, error);
    }
    free(job.corrupted);
    return status;
}

double corruption_accuracy(const struct corruption_scores *scores, size_t kind)
{
    return (double)scores->correct[kind] / (double)scores->count;
}

double corruptions_mean_accuracy(const struct corruption_scores *scores)
{
    size_t correct = 0;
    for (size_t kind = 0; kind < CORRUPTIONS_COUNT; kind++)
        correct += scores->correct[kind];
    return (double)correct / (double)(scores->count * CORRUPTIONS_COUNT);
}

size_t corruptions_worst(const struct corruption_scores *scores)
{
    size_t worst = 0;
    for (size_t kind = 1; kind < CORRUPTIONS_COUNT; kind++)
        if (scores->correct[kind] < scores->correct[worst])
            worst = kind;
    return worst;
}
