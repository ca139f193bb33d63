#include "trainer/repeats.h"

#include <math.h>
#include <stdlib.h>

#include <digit/image.h>

/* Images that the teachers are asked about at a time. */
#define BLOCK_IMAGES 16

/* An image and how unsure of it the teachers are. */
struct doubt {
    float entropy; /* in nats */
    uint32_t image;
};

/* One search, shared by the team. */
struct search {
    const struct dataset *data;
    struct teachers *teachers;
    struct doubt *doubts; /* [count] */
    size_t count;
    struct team_failure *failures; /* [members] */
};

/* Of ten probabilities in proportion to exp(logits). */
static float entropy_of(const float *logits)
{
    double most = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        most = fmax(most, (double)logits[i]);
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        double below = (double)logits[i] - most;
        sum += exp(below);
        weighted += exp(below) * below;
    }
    return (float)(log(sum) - weighted / sum);
}

static enum digit_status measure_block(struct search *search, size_t first, size_t count,
                                       size_t member, struct digit_error *error)
{
    float pixels[BLOCK_IMAGES * DIGIT_PIXELS], answers[BLOCK_IMAGES * DIGIT_CLASSES];
    for (size_t i = 0; i < count; i++) {
        const uint8_t *image =
            search->data->images + search->doubts[first + i].image * (size_t)DIGIT_PIXELS;
        for (size_t j = 0; j < DIGIT_PIXELS; j++)
            pixels[i * DIGIT_PIXELS + j] = (float)image[j] / 255.0f;
    }
    enum digit_status status =
        teachers_answer(search->teachers, answers, pixels, count, member, error);
    for (size_t i = 0; status == DIGIT_OK && i < count; i++)
        search->doubts[first + i].entropy = entropy_of(answers + i * DIGIT_CLASSES);
    return status;
}

static void measure_blocks(void *job, size_t member, size_t members)
{
    struct search *search = job;
    struct team_failure *failure = &search->failures[member];
    size_t step = members * BLOCK_IMAGES;
    for (size_t first = member * BLOCK_IMAGES; first < search->count; first += step) {
        size_t left = search->count - first;
        failure->status = measure_block(search, first, left < BLOCK_IMAGES ? left : BLOCK_IMAGES,
                                        member, &failure->error);
        if (failure->status != DIGIT_OK)
            return;
    }
}

static int by_doubt(const void *a, const void *b)
{
    const struct doubt *first = a, *second = b;
    if (first->entropy != second->entropy)
        return first->entropy > second->entropy ? -1 : 1;
    return first->image < second->image ? -1 : 1;
}

static int by_index(const void *a, const void *b)
{
    uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
    return (first > second) - (first < second);
}

/* The images of which the teachers are least sure. */
static void take_first(struct repeats *out, struct search *search)
{
    qsort(search->doubts, search->count, sizeof *search->doubts, by_doubt);
    for (size_t i = 0; i < out->count; i++)
        out->images[i] = search->doubts[i].image;
    qsort(out->images, out->count, sizeof *out->images, by_index);
}

enum digit_status repeats_find(struct repeats *out, const struct repeat_settings *settings,
                               const struct dataset *data, const uint32_t *trained,
                               size_t trained_count, struct teachers *teachers, struct team *team,
                               struct digit_error *error)
{
    *out = (struct repeats){.data_count = data->count};
    if (settings->images == 0)
        return DIGIT_OK;
    struct search search = {
        .data = data,
        .teachers = teachers,
        .doubts = calloc(trained_count, sizeof *search.doubts),
        .count = trained_count,
        .failures = calloc(team_members(team), sizeof *search.failures),
    };
    uint32_t *images = calloc(settings->images, sizeof *images);
    enum digit_status status = DIGIT_OK;
    if (search.doubts == NULL || search.failures == NULL || images == NULL)
        status = digit_fail(error, DIGIT_NO_MEMORY, "no memory to choose %zu images to repeat",
                            settings->images);
    for (size_t i = 0; status == DIGIT_OK && i < trained_count; i++)
        search.doubts[i].image = trained[i];
    if (status == DIGIT_OK) {
        team_run(team, measure_blocks, &search);
        status = team_first_failure(search.failures, team_members(team), error);
    }
    if (status == DIGIT_OK) {
        *out = (struct repeats){data->count, settings->images, images};
        take_first(out, &search);
    } else {
        free(images);
    }
    free(search.failures);
    free(search.doubts);
    return status;
}

void repeats_release(struct repeats *repeats)
{
    free(repeats->images);
    *repeats = (struct repeats){.data_count = repeats->data_count};
}

size_t repeats_image(const struct repeats *repeats, size_t showing)
{
    if (showing < repeats->data_count)
        return showing;
    return repeats->images[(showing - repeats->data_count) % repeats->count];
}

size_t repeats_total(const struct repeat_settings *settings)
{
    return settings->images * settings->times;
}
