#include "trainer/eval/preprocessed.h"

#include <stdlib.h>

#include <digit/image.h>
#include <digit/preprocess.h>

struct job {
    const uint8_t *images;
    size_t count;
    uint8_t *preprocessed;                     /* [count][28][28] */
    struct digit_preprocessor **preprocessors; /* [thread_count] */
};

static void preprocess_images(void *context, size_t thread, size_t thread_count)
{
    const struct job *job = context;
    for (size_t i = thread; i < job->count; i += thread_count) {
        const uint8_t *pixels = job->images + i * DIGIT_PIXELS;
        const struct digit_image picture = {
            .luma = (uint8_t *)(uintptr_t)pixels, /* digit_preprocess only reads it */
            .width_px = DIGIT_SIDE_PX,
            .height_px = DIGIT_SIDE_PX,
            .block_px = 1,
            .format = DIGIT_IMAGE_PNG,
        };
        struct digit_receipt receipt;
        digit_preprocess(job->preprocessors[thread], job->preprocessed + i * DIGIT_PIXELS, &receipt,
                         &picture);
    }
}

static enum digit_status create_preprocessors(struct job *job, size_t thread_count,
                                              struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    job->preprocessors = calloc(thread_count, sizeof(struct digit_preprocessor *));
    if (job->preprocessors == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for %zu preprocessors", thread_count);
    for (size_t i = 0; status == DIGIT_OK && i < thread_count; i++)
        status = digit_preprocessor_create(&job->preprocessors[i], error);
    return status;
}

static void destroy_preprocessors(struct job *job, size_t thread_count)
{
    for (size_t i = 0; job->preprocessors != NULL && i < thread_count; i++)
        digit_preprocessor_destroy(job->preprocessors[i]);
    free(job->preprocessors);
}

enum digit_status preprocessed_make(uint8_t **out, const uint8_t *images, size_t count,
                                    struct thread_pool *pool, struct digit_error *error)
{
    struct job job = {.images = images, .count = count};
    enum digit_status status = create_preprocessors(&job, thread_pool_size(pool), error);
    if (status == DIGIT_OK) {
        job.preprocessed = calloc(count, DIGIT_PIXELS);
        if (job.preprocessed == NULL)
            status =
                digit_fail(error, DIGIT_NO_MEMORY, "no memory to preprocess %zu images", count);
    }
    if (status == DIGIT_OK)
        thread_pool_run(pool, preprocess_images, &job);
    destroy_preprocessors(&job, thread_pool_size(pool));
    *out = job.preprocessed;
    return status;
}
