#include "trainer/distill/hard_examples.h"

#include <math.h>
#include <stdlib.h>

#include <digit/image.h>

#include "trainer/base/pixels.h"

/* An image and the entropy of the teachers' prediction. */
struct candidate {
    float entropy; /* in nats */
    uint32_t image;
};

/* The job of a selection, shared by the threads. */
struct selection {
    const struct dataset *data;
    struct teachers *teachers;
    struct candidate *candidates;
};

/* The entropy of softmax(logits), in nats. */
static float entropy_of(const float *logits)
{
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        largest = fmax(largest, (double)logits[i]);
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        double below = (double)logits[i] - largest;
        sum += exp(below);
        weighted += exp(below) * below;
    }
    return (float)(log(sum) - weighted / sum);
}

static enum digit_status measure_block(void *job, size_t first, size_t count, size_t thread,
                                       struct digit_error *error)
{
    const struct selection *selection = job;
    struct candidate *candidates = selection->candidates + first;
    float pixels[TEACHERS_BLOCK_IMAGES * DIGIT_PIXELS] = {0};
    float logits[TEACHERS_BLOCK_IMAGES * DIGIT_CLASSES];
    for (size_t i = 0; i < count; i++) {
        const uint8_t *image = selection->data->images + candidates[i].image * (size_t)DIGIT_PIXELS;
        pixels_from_octets(pixels + i * DIGIT_PIXELS, image, DIGIT_PIXELS);
    }
    enum digit_status status =
        teachers_predict(selection->teachers, logits, pixels, count, thread, error);
    for (size_t i = 0; status == DIGIT_OK && i < count; i++)
        candidates[i].entropy = entropy_of(logits + i * DIGIT_CLASSES);
    return status;
}

static int compare_entropies(const void *a, const void *b)
{
    const struct candidate *first = a, *second = b;
    if (first->entropy != second->entropy)
        return first->entropy > second->entropy ? -1 : 1;
    return first->image < second->image ? -1 : 1;
}

static int compare_indices(const void *a, const void *b)
{
    uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
    return (first > second) - (first < second);
}

/* Writes the indices of the candidates with the highest entropy to images [count], ascending. */
static void select_hardest(uint32_t *images, size_t count, struct candidate *candidates,
                           size_t candidate_count)
{
    qsort(candidates, candidate_count, sizeof *candidates, compare_entropies);
    for (size_t i = 0; i < count; i++)
        images[i] = candidates[i].image;
    qsort(images, count, sizeof *images, compare_indices);
}

enum digit_status hard_examples_select(struct hard_examples *out,
                                       const struct hard_example_settings *settings,
                                       const struct dataset *data, const uint32_t *trained,
                                       size_t trained_count, struct teachers *teachers,
                                       struct thread_pool *pool, struct digit_error *error)
{
    *out = (struct hard_examples){.data_count = data->count};
    if (settings->count == 0)
        return DIGIT_OK;
    struct candidate *candidates = calloc(trained_count, sizeof *candidates);
    uint32_t *images = calloc(settings->count, sizeof *images);
    enum digit_status status = DIGIT_OK;
    if (candidates == NULL || images == NULL)
        status = digit_fail(error, DIGIT_NO_MEMORY, "no memory to select %zu hard examples",
                            settings->count);
    for (size_t i = 0; status == DIGIT_OK && i < trained_count; i++)
        candidates[i].image = trained[i];
    struct selection selection = {data, teachers, candidates};
    if (status == DIGIT_OK)
        status = thread_pool_each_block(pool, trained_count, TEACHERS_BLOCK_IMAGES, measure_block,
                                        &selection, error);
    if (status == DIGIT_OK) {
        select_hardest(images, settings->count, candidates, trained_count);
        *out = (struct hard_examples){data->count, settings->count, images};
        images = NULL;
    }
    free(images);
    free(candidates);
    return status;
}

void hard_examples_release(struct hard_examples *hard_examples)
{
    free(hard_examples->images);
    *hard_examples = (struct hard_examples){.data_count = hard_examples->data_count};
}

size_t hard_examples_image(const struct hard_examples *hard_examples, size_t sample)
{
    if (sample < hard_examples->data_count)
        return sample;
    return hard_examples->images[(sample - hard_examples->data_count) % hard_examples->count];
}

size_t hard_examples_extra(const struct hard_example_settings *settings)
{
    return settings->count * settings->extra_samples;
}
