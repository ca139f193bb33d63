#include "trainer/eval/image_files.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <digit/context.h>
#include <digit/image.h>
#include <digit/preprocess.h>

#include "core/base/file.h"

bool image_file_is_correct(const struct image_file *picture)
{
    return picture->read && picture->prediction.digit == picture->label;
}

static enum digit_status find_column(size_t *out, const struct tsv *table, const char *name,
                                     struct digit_error *error)
{
    *out = tsv_column(table, name);
    if (*out == table->columns)
        return digit_fail(error, DIGIT_INVALID, "labels: no column is named \"%s\"", name);
    return DIGIT_OK;
}

/* Copies files and labels out of the table. */
static enum digit_status list_pictures(struct image_file_list *out, const struct tsv *table,
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
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for %zu pictures", table->rows);
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

/* What pictures are read with. */
struct reader {
    const char *folder;
    struct digit_preprocessor *preprocessor;
    struct digit_context *context;
};

/* From file to MNIST's form. Errors: those of file_read and decoding. */
static enum digit_status load_pixels(uint8_t out[DIGIT_PIXELS], const struct reader *reader,
                                     const char *path, struct digit_error *error)
{
    static const struct digit_image_limits limits = {.max_side_px = IMAGE_FILE_MAX_SIDE_PX,
                                                     .max_pixels = IMAGE_FILE_MAX_PIXELS};
    uint8_t *bytes;
    size_t size_bytes;
    enum digit_status status = file_read(&bytes, &size_bytes, path, IMAGE_FILE_MAX_BYTES, error);
    if (status != DIGIT_OK)
        return status;
    struct digit_image image;
    struct digit_receipt receipt;
    status = digit_image_decode(&image, bytes, size_bytes, &limits, NULL, error);
    free(bytes);
    if (status != DIGIT_OK)
        return status;
    digit_preprocess(reader->preprocessor, out, &receipt, &image);
    digit_image_release(&image);
    return DIGIT_OK;
}

/* Predicts one picture; what stops it is noted in the picture itself. */
static enum digit_status read_picture(struct image_file *picture, const struct reader *reader,
                                      struct digit_error *error)
{
    char *path;
    if (asprintf(&path, "%s/%s", reader->folder, picture->file) < 0)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for its path", picture->file);
    uint8_t image[DIGIT_PIXELS];
    enum digit_status status = load_pixels(image, reader, path, &picture->error);
    free(path);
    if (status != DIGIT_OK)
        return DIGIT_OK;
    float pixels[DIGIT_PIXELS];
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        pixels[i] = (float)image[i] / 255.0f;
    status =
        digit_context_predict(reader->context, &picture->prediction, pixels, 1, &picture->error);
    picture->read = status == DIGIT_OK;
    return DIGIT_OK;
}

static enum digit_status read_pictures(struct image_file_list *list,
                                       const struct image_file_settings *settings,
                                       struct digit_error *error)
{
    struct reader reader = {.folder = settings->folder};
    enum digit_status status = digit_preprocessor_create(&reader.preprocessor, error);
    if (status == DIGIT_OK) {
        digit_preprocessor_leave_out(reader.preprocessor, settings->left_out);
        status = digit_context_create(&reader.context, settings->model, error);
    }
    for (size_t i = 0; status == DIGIT_OK && i < list->count; i++)
        status = read_picture(&list->items[i], &reader, error);
    digit_context_destroy(reader.context);
    digit_preprocessor_destroy(reader.preprocessor);
    return status;
}

static void tally(struct image_file_list *list)
{
    double loss_sum = 0.0;
    for (size_t i = 0; i < list->count; i++) {
        const struct image_file *picture = &list->items[i];
        list->correct += image_file_is_correct(picture);
        if (!picture->read) {
            list->failed++;
            continue;
        }
        list->confusion.images[picture->label][picture->prediction.digit]++;
        list->uncertain += picture->prediction.uncertain;
        loss_sum += evaluate_loss(&picture->prediction, picture->label);
    }
    size_t read = list->count - list->failed;
    list->loss = read == 0 ? 0.0 : loss_sum / (double)read;
}

static int compare_names(const void *a, const void *b)
{
    const struct image_file_group *left = a, *right = b;
    return strcmp(left->name, right->name);
}

/* Merges neighbours of one name. items [count] are sorted and count at least 1. */
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

static enum digit_status group_pictures(struct image_file_groups *out,
                                        const struct image_file_list *list, const struct tsv *table,
                                        const char *name, struct digit_error *error)
{
    size_t column = tsv_column(table, name);
    if (column == table->columns)
        return DIGIT_OK;
    out->items = calloc(list->count, sizeof *out->items);
    if (out->items == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to group %zu pictures", list->count);
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
    enum digit_status status = list_pictures(out, table, error);
    if (status == DIGIT_OK)
        status = read_pictures(out, settings, error);
    if (status == DIGIT_OK) {
        tally(out);
        status = group_pictures(&out->kinds, out, table, "kind", error);
    }
    if (status == DIGIT_OK)
        status = group_pictures(&out->sources, out, table, "source", error);
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
