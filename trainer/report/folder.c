#include "trainer/report/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "trainer/report/buffer.h"
#include "trainer/report/csv.h"
#include "trainer/report/curves.h"
#include "trainer/report/matrix.h"
#include "trainer/report/metrics.h"
#include "trainer/report/page.h"
#include "trainer/report/reliability.h"
#include "trainer/report/svg.h"
#include "trainer/report/tensorboard.h"

#define PATH_BYTES 4096

/* Appends the contents of one file, or nothing if this report does not have the file. */
typedef enum digit_status write_fn(struct buffer *out, const struct report_contents *contents,
                                   struct digit_error *error);

static enum digit_status write_history(struct buffer *out, const struct report_contents *contents,
                                       struct digit_error *error)
{
    (void)error;
    if (report_has_training(contents->source))
        csv_add_history(out, contents->source->history);
    return DIGIT_OK;
}

static enum digit_status write_classes(struct buffer *out, const struct report_contents *contents,
                                       struct digit_error *error)
{
    (void)error;
    csv_add_classes(out, &contents->source->evaluation->confusion, contents->source->model->labels);
    return DIGIT_OK;
}

static enum digit_status write_errors(struct buffer *out, const struct report_contents *contents,
                                      struct digit_error *error)
{
    (void)error;
    csv_add_errors(out, &contents->gallery, contents->source->model->labels);
    return DIGIT_OK;
}

static enum digit_status write_error_sheet(struct buffer *out,
                                           const struct report_contents *contents,
                                           struct digit_error *error)
{
    return gallery_add_sheet(out, &contents->gallery, contents->source->test->images, error);
}

static enum digit_status write_weight_sheet(struct buffer *out,
                                            const struct report_contents *contents,
                                            struct digit_error *error)
{
    return first_layer_add_sheet(out, &contents->first_layer, error);
}

static enum digit_status write_curve(struct buffer *out, enum curve curve,
                                     const struct report_contents *contents,
                                     struct digit_error *error)
{
    struct buffer drawing = {0};
    if (!report_has_training(contents->source))
        return DIGIT_OK;
    enum digit_status status =
        curve_add(&drawing, curve, contents->source->history, contents->source->kept_epoch, error);
    svg_add_file(out, &drawing);
    buffer_release(&drawing);
    return status;
}

static enum digit_status write_accuracy(struct buffer *out, const struct report_contents *contents,
                                        struct digit_error *error)
{
    return write_curve(out, CURVE_ACCURACY, contents, error);
}

static enum digit_status write_loss(struct buffer *out, const struct report_contents *contents,
                                    struct digit_error *error)
{
    return write_curve(out, CURVE_LOSS, contents, error);
}

static enum digit_status write_rate(struct buffer *out, const struct report_contents *contents,
                                    struct digit_error *error)
{
    return write_curve(out, CURVE_LEARNING_RATE, contents, error);
}

static enum digit_status write_speed(struct buffer *out, const struct report_contents *contents,
                                     struct digit_error *error)
{
    return write_curve(out, CURVE_SPEED, contents, error);
}

static void write_matrix(struct buffer *out, enum matrix_kind kind,
                         const struct report_contents *contents)
{
    struct buffer drawing = {0};
    matrix_add(&drawing, kind, &contents->source->evaluation->confusion,
               contents->source->model->labels);
    svg_add_file(out, &drawing);
    buffer_release(&drawing);
}

static enum digit_status write_counts(struct buffer *out, const struct report_contents *contents,
                                      struct digit_error *error)
{
    (void)error;
    write_matrix(out, MATRIX_COUNTS, contents);
    return DIGIT_OK;
}

static enum digit_status write_shares(struct buffer *out, const struct report_contents *contents,
                                      struct digit_error *error)
{
    (void)error;
    write_matrix(out, MATRIX_SHARES, contents);
    return DIGIT_OK;
}

static enum digit_status write_reliability(struct buffer *out,
                                           const struct report_contents *contents,
                                           struct digit_error *error)
{
    (void)error;
    struct buffer drawing = {0};
    reliability_add(&drawing, &contents->calibration);
    svg_add_file(out, &drawing);
    buffer_release(&drawing);
    return DIGIT_OK;
}

/* The page comes last: when it exists, the files that it links to do, too. */
static const struct report_file {
    const char *name;
    write_fn *write;
} FILES[] = {
    {"metrics.json", metrics_add},          {"history.csv", write_history},
    {"classes.csv", write_classes},         {"errors.csv", write_errors},
    {"errors.png", write_error_sheet},      {"weights.png", write_weight_sheet},
    {"accuracy.svg", write_accuracy},       {"loss.svg", write_loss},
    {"learning_rate.svg", write_rate},      {"speed.svg", write_speed},
    {"confusion.svg", write_counts},        {"confusion_shares.svg", write_shares},
    {"reliability.svg", write_reliability}, {"report.html", page_add},
};

static enum digit_status join_path(char out[PATH_BYTES], const char *folder, const char *name,
                                   struct digit_error *error)
{
    int length = snprintf(out, PATH_BYTES, "%s/%s", folder, name);
    if (length < 0 || length >= PATH_BYTES)
        return digit_fail(error, DIGIT_IO, "--report %.200s: the path is too long", folder);
    return DIGIT_OK;
}

/* Writes the buffer to a file; if it is empty, removes the file. */
static enum digit_status write_buffer(const char *folder, const char *name,
                                      const struct buffer *buffer, struct digit_error *error)
{
    char path[PATH_BYTES];
    enum digit_status status = join_path(path, folder, name, error);
    if (status != DIGIT_OK)
        return status;
    if (buffer->failed)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for its contents", path);
    if (buffer->size_bytes == 0) {
        unlink(path); /* fails if there is none */
        return DIGIT_OK;
    }
    const struct file_part part = {buffer->bytes, buffer->size_bytes};
    return file_write(path, &part, 1, error);
}

static enum digit_status write_file(const char *folder, const struct report_file *file,
                                    const struct report_contents *contents,
                                    struct digit_error *error)
{
    struct buffer buffer = {0};
    enum digit_status status = file->write(&buffer, contents, error);
    if (status == DIGIT_OK)
        status = write_buffer(folder, file->name, &buffer, error);
    buffer_release(&buffer);
    return status;
}

static bool is_event_file(const char *name)
{
    size_t length = strlen(name), suffix = strlen(TENSORBOARD_SUFFIX);
    return strncmp(name, TENSORBOARD_PREFIX, strlen(TENSORBOARD_PREFIX)) == 0 && length > suffix &&
           strcmp(name + length - suffix, TENSORBOARD_SUFFIX) == 0;
}

/* TensorBoard shows all event files of a folder as one run: removes those of an earlier report. */
static enum digit_status remove_events(const char *folder, struct digit_error *error)
{
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return digit_fail(error, DIGIT_IO, "--report %s: cannot be read: %s", folder,
                          strerror(errno));
    enum digit_status status = DIGIT_OK;
    for (const struct dirent *entry = readdir(entries); status == DIGIT_OK && entry != NULL;
         entry = readdir(entries)) {
        char path[PATH_BYTES];
        if (!is_event_file(entry->d_name))
            continue;
        status = join_path(path, folder, entry->d_name, error);
        if (status == DIGIT_OK && unlink(path) != 0)
            status =
                digit_fail(error, DIGIT_IO, "%s: cannot be removed: %s", path, strerror(errno));
    }
    closedir(entries);
    return status;
}

static enum digit_status write_events(const char *folder, const struct report_contents *contents,
                                      struct digit_error *error)
{
    enum digit_status status = remove_events(folder, error);
    if (status != DIGIT_OK || !report_has_training(contents->source))
        return status;
    char name[TENSORBOARD_NAME_BYTES];
    tensorboard_name(name, contents->made_s, contents->machine.host);
    struct buffer buffer = {0};
    tensorboard_add_events(&buffer, contents->source->history);
    status = write_buffer(folder, name, &buffer, error);
    buffer_release(&buffer);
    return status;
}

enum digit_status report_folder_prepare(const char *folder, struct digit_error *error)
{
    struct stat info;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return digit_fail(error, DIGIT_IO, "--report %s: cannot be created: %s", folder,
                          strerror(errno));
    if (stat(folder, &info) != 0 || !S_ISDIR(info.st_mode))
        return digit_fail(error, DIGIT_IO, "--report %s: not a folder", folder);
    if (access(folder, W_OK | X_OK) != 0)
        return digit_fail(error, DIGIT_IO, "--report %s: not writable", folder);
    return DIGIT_OK;
}

enum digit_status report_folder_write(const char *folder, const struct report_source *source,
                                      struct digit_error *error)
{
    struct report_contents contents;
    enum digit_status status = report_folder_prepare(folder, error);
    if (status != DIGIT_OK)
        return status;
    status = report_contents_make(&contents, source, error);
    if (status == DIGIT_OK)
        status = write_events(folder, &contents, error);
    for (size_t i = 0; status == DIGIT_OK && i < sizeof FILES / sizeof *FILES; i++)
        status = write_file(folder, &FILES[i], &contents, error);
    report_contents_release(&contents);
    return status;
}
