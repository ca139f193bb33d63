#include "trainer/distill/teachers.h"

#include <dirent.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <digit/context.h>

struct teachers {
    size_t count, thread_count;
    struct digit_model **models;     /* [count] */
    struct digit_context **contexts; /* [thread_count][count] */
};

static enum digit_status make_contexts(struct teachers *teachers, size_t index,
                                       struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    for (size_t thread = 0; status == DIGIT_OK && thread < teachers->thread_count; thread++)
        status = digit_context_create(&teachers->contexts[thread * teachers->count + index],
                                      teachers->models[index], error);
    return status;
}

enum digit_status teachers_create(struct teachers **out, const char *const *paths, size_t count,
                                  size_t thread_count, struct digit_error *error)
{
    static const struct digit_model_options f32 = {.precision = DIGIT_PRECISION_F32};
    *out = NULL;
    struct teachers *teachers = calloc(1, sizeof *teachers);
    if (teachers == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for %zu teachers", count);
    *teachers = (struct teachers){.count = count, .thread_count = thread_count};
    teachers->models = calloc(count, sizeof(struct digit_model *));
    teachers->contexts = calloc(count * thread_count, sizeof(struct digit_context *));
    enum digit_status status = DIGIT_OK;
    if (teachers->models == NULL || teachers->contexts == NULL)
        status = digit_fail(error, DIGIT_NO_MEMORY, "no memory for %zu teachers", count);
    for (size_t i = 0; status == DIGIT_OK && i < count; i++) {
        status = digit_model_load(&teachers->models[i], paths[i], &f32, error);
        if (status == DIGIT_OK)
            status = make_contexts(teachers, i, error);
    }
    if (status != DIGIT_OK) {
        teachers_destroy(teachers);
        return status;
    }
    *out = teachers;
    return DIGIT_OK;
}

static int is_model(const struct dirent *entry)
{
    static const char suffix[] = ".safetensors";
    size_t length = strlen(entry->d_name), end = sizeof suffix - 1;
    return length > end && strcmp(entry->d_name + length - end, suffix) == 0;
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Frees the entries that scandir allocated. */
static void free_entries(struct dirent **entries, int count)
{
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
}

static enum digit_status open_entries(struct teachers **out, const char *folder,
                                      struct dirent **entries, size_t count, size_t thread_count,
                                      struct digit_error *error)
{
    char *paths[TEACHERS_MAX] = {NULL};
    const char *names[TEACHERS_MAX];
    enum digit_status status = DIGIT_OK;
    for (size_t i = 0; status == DIGIT_OK && i < count; i++) {
        if (asprintf(&paths[i], "%s/%s", folder, entries[i]->d_name) < 0) {
            paths[i] = NULL;
            status = digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for a path", folder);
        }
        names[i] = paths[i];
    }
    if (status == DIGIT_OK)
        status = teachers_create(out, names, count, thread_count, error);
    for (size_t i = 0; i < count; i++)
        free(paths[i]);
    return status;
}

enum digit_status teachers_open_folder(struct teachers **out, const char *folder,
                                       size_t thread_count, struct digit_error *error)
{
    struct dirent **entries = NULL;
    enum digit_status status;
    *out = NULL;
    int count = scandir(folder, &entries, is_model, compare_names);
    if (count < 0)
        return digit_fail(error, DIGIT_IO, "%s: cannot read the folder: %s", folder,
                          strerror(errno));
    if (count == 0 || count > TEACHERS_MAX)
        status =
            digit_fail(error, DIGIT_INVALID, "%s: %d files end in .safetensors, must be 1 to %d",
                       folder, count, TEACHERS_MAX);
    else
        status = open_entries(out, folder, entries, (size_t)count, thread_count, error);
    free_entries(entries, count);
    return status;
}

void teachers_destroy(struct teachers *teachers)
{
    if (teachers == NULL)
        return;
    for (size_t i = 0; teachers->contexts != NULL && i < teachers->count * teachers->thread_count;
         i++)
        digit_context_destroy(teachers->contexts[i]);
    for (size_t i = 0; teachers->models != NULL && i < teachers->count; i++)
        digit_model_destroy(teachers->models[i]);
    free(teachers->contexts);
    free(teachers->models);
    free(teachers);
}

size_t teachers_count(const struct teachers *teachers)
{
    return teachers->count;
}

const struct digit_model_info *teachers_info(const struct teachers *teachers, size_t index)
{
    return digit_model_info(teachers->models[index]);
}

/*
 * Adds weight * log(probability). A probability that float32 rounded to 0 counts as the smallest
 * normal number. `weight` includes the teacher's temperature, which cancels its calibration.
 */
static void add_logarithms(float *logits, const struct digit_prediction *predictions, size_t count,
                           float weight)
{
    for (size_t i = 0; i < count; i++)
        for (size_t digit = 0; digit < DIGIT_CLASSES; digit++)
            logits[i * DIGIT_CLASSES + digit] +=
                weight * logf(fmaxf(predictions[i].probabilities[digit], FLT_MIN));
}

enum digit_status teachers_predict(struct teachers *teachers, float *logits, const float *pixels,
                                   size_t count, size_t thread, struct digit_error *error)
{
    memset(logits, 0, count * DIGIT_CLASSES * sizeof *logits);
    for (size_t first = 0; first < count; first += TEACHERS_BLOCK_IMAGES) {
        struct digit_prediction predictions[TEACHERS_BLOCK_IMAGES];
        size_t left = count - first;
        size_t images = left < TEACHERS_BLOCK_IMAGES ? left : TEACHERS_BLOCK_IMAGES;
        for (size_t i = 0; i < teachers->count; i++) {
            enum digit_status status =
                digit_context_predict(teachers->contexts[thread * teachers->count + i], predictions,
                                      pixels + first * DIGIT_PIXELS, images, error);
            if (status != DIGIT_OK)
                return status;
            add_logarithms(logits + first * DIGIT_CLASSES, predictions, images,
                           digit_model_info(teachers->models[i])->temperature /
                               (float)teachers->count);
        }
    }
    return DIGIT_OK;
}
