#include "trainer/as_pictures.h"

#include <stdlib.h>

#include <digit/image.h>

struct job {
    const uint8_t *images;
    size_t count;
    struct as_pictures *out;
};

static enum digit_status preprocess(uint8_t out[DIGIT_PIXELS], const uint8_t image[DIGIT_PIXELS],
                                    struct digit_error *error)
{
    const struct digit_image picture = {
        .luma = (uint8_t *)(uintptr_t)image, /* which preprocessing does not write to */
        .width_px = DIGIT_SIDE_PX,
        .height_px = DIGIT_SIDE_PX,
        .format = DIGIT_IMAGE_PNG,
    };
    return digit_image_preprocess(out, &picture, NULL, error);
}

static void preprocess_images(void *context, size_t member, size_t members)
{
    const struct job *job = context;
    for (size_t i = member; i < job->count; i += members)
        job->out->refused[i] = preprocess(job->out->images + i * DIGIT_PIXELS,
                                          job->images + i * DIGIT_PIXELS, NULL) != DIGIT_OK;
}

enum digit_status as_pictures_make(struct as_pictures *out, const uint8_t *images, size_t count,
                                   struct team *team, struct digit_error *error)
{
    *out = (struct as_pictures){0};
    out->images = calloc(count, DIGIT_PIXELS);
    if (out->images != NULL)
        out->refused = calloc(count, sizeof *out->refused);
    if (out->refused == NULL) {
        free(out->images);
        out->images = NULL;
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for %zu images as pictures", count);
    }
    struct job job = {.images = images, .count = count, .out = out};
    team_run(team, preprocess_images, &job);
    for (size_t i = 0; i < count; i++)
        out->refused_count += out->refused[i];
    return DIGIT_OK;
}

enum digit_status as_pictures_make_all(struct as_pictures *out, const uint8_t *images, size_t count,
                                       struct team *team, struct digit_error *error)
{
    enum digit_status status = as_pictures_make(out, images, count, team, error);
    if (status != DIGIT_OK || out->refused_count == 0)
        return status;
    size_t index = 0;
    while (!out->refused[index])
        index++;
    uint8_t pixels[DIGIT_PIXELS];
    struct digit_error reason = {0};
    status = preprocess(pixels, images + index * DIGIT_PIXELS, &reason);
    as_pictures_release(out);
    return digit_fail(error, status, "image %zu is refused as a picture: %s", index,
                      reason.message);
}

void as_pictures_release(struct as_pictures *pictures)
{
    free(pictures->images);
    free(pictures->refused);
    *pictures = (struct as_pictures){0};
}
