#include "trainer/eval/image_files.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <digit/context.h>
#include <digit/image.h>
#include <digit/reader.h>

#include "core/base/file.h"
#include "trainer/eval/naive_pipeline.h"

bool image_file_is_correct(const struct image_file *file)
{
    return file->is_predicted && file->prediction.digit == file->label;
}

static enum digit_status find_column(size_t *out, const struct tsv *table, const char *name,
                                     struct digit_error *error)
{
    *out = tsv_column(table, name);
    if (*out == table->columns)
        return digit_fail(error, DIGIT_INVALID, "labels: no column is named \"%s\"", name);
    return DIGIT_OK;
}

/* Makes the list of the table's files and labels. */
static enum digit_status list_files(struct image_file_list *out, const struct tsv *table,
                                    struct digit_error *error)
{
    size_t file, label;
    enum digit_status status = find_column(&file, table, "file", error);
    if (status == DIGIT_OK)
        status = find_column(&label, table, "label", error);
    if (status != DIGIT_OK)
        return status;
    if (table->rows == 0)
        return digit_fail(error, DIGIT_INVALID, "labels: no rows");
    out->items = calloc(table->rows, sizeof *out->items);
    if (out->items == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for %zu image files", table->rows);
    out->count = table->rows;
    for (size_t i = 0; i < table->rows; i++) {
        const char *text = tsv_field(table, i, label);
        if (text[0] < '0' || text[0] > '9' || text[1] != '\0')
            return digit_fail(error, DIGIT_INVALID, "labels: line %zu: label \"%s\" is not a digit",
                              i + 2, text);
        out->items[i].file = tsv_field(table, i, file);
        out->items[i].label = (size_t)(text[0] - '0');
    }
    return DIGIT_OK;
}

/* What turns a file into a prediction. */
struct pipeline {
    const char *folder;
    enum image_file_pipeline kind;
    struct digit_context *context;
    struct digit_reader *reader;
};

/* Errors: those of file_read and digit_image_decode. */
static enum digit_status load_image(struct digit_image *out, const char *path,
                                    struct digit_error *error)
{
    static const struct digit_image_limits limits = {
        .max_side_px = IMAGE_FILE_MAX_SIDE_PX,
        .max_pixels = IMAGE_FILE_MAX_PIXELS,
        .max_decoder_bytes = IMAGE_FILE_MAX_DECODER_BYTES,
        .max_cost_us = IMAGE_FILE_MAX_DECODER_MS * 1000};
    uint8_t *bytes;
    size_t size_bytes;
    enum digit_status status = file_read(&bytes, &size_bytes, path, IMAGE_FILE_MAX_BYTES, error);
    if (status != DIGIT_OK)
        return status;
    status = digit_image_decode(out, bytes, size_bytes, &limits, NULL, error);
    free(bytes);
    return status;
}

static enum digit_status predict_naively(struct digit_prediction *out,
                                         const struct pipeline *pipeline,
                                         const struct digit_image *image, struct digit_error *error)
{
    uint8_t octets[DIGIT_PIXELS];
    naive_pipeline_normalise(octets, image);
    return digit_context_predict_octets(pipeline->context, out, octets, 1, error);
}

static enum digit_status read_picture(struct digit_prediction *out, const struct pipeline *pipeline,
                                      const struct digit_image *image, struct digit_error *error)
{
    struct digit_reading reading;
    digit_reader_propose(pipeline->reader, image);
    enum digit_status status = digit_reader_read(pipeline->reader, &reading, error);
    *out = reading.prediction;
    return status;
}

/* Predicts one file. A file that cannot be predicted is no failure: file->error says why. */
static enum digit_status predict_file(struct image_file *file, const struct pipeline *pipeline,
                                      struct digit_error *error)
{
    char *path;
    if (asprintf(&path, "%s/%s", pipeline->folder, file->file) < 0)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for its path", file->file);
    struct digit_image image;
    enum digit_status status = load_image(&image, path, &file->error);
    free(path);
    if (status != DIGIT_OK)
        return DIGIT_OK;
    status = (pipeline->kind == IMAGE_FILE_PIPELINE_NAIVE ? predict_naively : read_picture)(
        &file->prediction, pipeline, &image, &file->error);
    file->is_predicted = status == DIGIT_OK;
    digit_image_release(&image);
    return DIGIT_OK;
}

static enum digit_status predict_files(struct image_file_list *list,
                                       const struct image_file_settings *settings,
                                       struct digit_error *error)
{
    struct pipeline pipeline = {.folder = settings->folder, .kind = settings->pipeline};
    enum digit_status status = digit_context_create(&pipeline.context, settings->model, error);
    if (status == DIGIT_OK)
        status = digit_reader_create(&pipeline.reader, pipeline.context, NULL, error);
    if (status == DIGIT_OK)
        digit_reader_leave_out(pipeline.reader, settings->left_out);
    for (size_t i = 0; status == DIGIT_OK && i < list->count; i++)
        status = predict_file(&list->items[i], &pipeline, error);
    digit_reader_destroy(pipeline.reader);
    digit_context_destroy(pipeline.context);
    return status;
}

static void sum_results(struct image_file_list *list)
{
    double loss_sum = 0.0;
    for (size_t i = 0; i < list->count; i++) {
        const struct image_file *file = &list->items[i];
        list->correct += image_file_is_correct(file);
        if (!file->is_predicted) {
            list->failed++;
            continue;
        }
        list->confusion.images[file->label][file->prediction.digit]++;
        list->uncertain += file->prediction.uncertain;
        loss_sum += evaluate_loss(&file->prediction, file->label);
    }
    size_t predicted = list->count - list->failed;
    list->loss = predicted == 0 ? 0.0 : loss_sum / (double)predicted;
}

static int compare_names(const void *a, const void *b)
{
    const struct image_file_group *left = a, *right = b;
    return strcmp(left->name, right->name);
}

/* Merges groups of the same name, which are neighbours: items [count] are sorted, count above 0. */
static void merge_groups(struct image_file_groups *groups)
{
    size_t kept = 0;
    for (size_t i = 1; i < groups->count; i++) {
        struct image_file_group *last = &groups->items[kept];
        const struct image_file_group *next = &groups->items[i];
        if (strcmp(last->name, next->name) == 0) {
            last->count += next->count;
            last->correct += next->correct;
        } else {
            groups->items[++kept] = *next;
        }
    }
    groups->count = kept + 1;
}

/* Groups the files by column `name`; there are no groups if the table does not have it. */
static enum digit_status group_files(struct image_file_groups *out,
                                     const struct image_file_list *list, const struct tsv *table,
                                     const char *name, struct digit_error *error)
{
    size_t column = tsv_column(table, name);
    if (column == table->columns)
        return DIGIT_OK;
    out->items = calloc(list->count, sizeof *out->items);
    if (out->items == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to group %zu image files",
                          list->count);
    for (size_t i = 0; i < list->count; i++)
        out->items[i] = (struct image_file_group){tsv_field(table, i, column), 1,
                                                  image_file_is_correct(&list->items[i])};
    out->count = list->count;
    qsort(out->items, out->count, sizeof *out->items, compare_names);
    merge_groups(out);
    double sum = 0.0;
    for (size_t i = 0; i < out->count; i++)
        sum += (double)out->items[i].correct / (double)out->items[i].count;
    out->mean_accuracy = sum / (double)out->count;
    return DIGIT_OK;
}

enum digit_status image_files_evaluate(struct image_file_list *out, const struct tsv *table,
                                       const struct image_file_settings *settings,
                                       struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    out->pipeline = settings->pipeline;
    enum digit_status status = list_files(out, table, error);
    if (status == DIGIT_OK)
        status = predict_files(out, settings, error);
    if (status == DIGIT_OK) {
        sum_results(out);
        status = group_files(&out->kinds, out, table, "kind", error);
    }
    if (status == DIGIT_OK)
        status = group_files(&out->sources, out, table, "source", error);
    if (status != DIGIT_OK)
        image_file_list_release(out);
    return status;
}

void image_file_list_release(struct image_file_list *list)
{
    free(list->sources.items);
    free(list->kinds.items);
    free(list->items);
    memset(list, 0, sizeof *list);
}
