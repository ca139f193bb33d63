/*
 * How well a model reads picture files: each goes through the server's own decoding and
 * preprocessing, under the limits that it has by default.
 *
 *     struct image_file_list list;
 *     const struct image_file_settings settings = {.folder = "photos", .model = model};
 *     status = image_files_evaluate(&list, &table, &settings, &error);
 *     printf("%zu of %zu\n", list.correct, list.count);
 *     image_file_list_release(&list);
 */
#ifndef TRAINER_EVAL_IMAGE_FILES_H
#define TRAINER_EVAL_IMAGE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/model.h>
#include <digit/status.h>

#include "trainer/data/tsv.h"
#include "trainer/eval/evaluate.h"

/* The server's defaults: largest request body and largest picture. */
#define IMAGE_FILE_MAX_BYTES   ((size_t)8 << 20)
#define IMAGE_FILE_MAX_SIDE_PX 4096
#define IMAGE_FILE_MAX_PIXELS  ((size_t)12 << 20)

/* How they are read; all borrowed. */
struct image_file_settings {
    const char *folder; /* that the table's files are relative to */
    const struct digit_model *model;
    unsigned left_out; /* of enum digit_step: steps of preprocessing */
};

struct image_file {
    const char *file; /* as the table has it; borrowed from there */
    size_t label;
    bool read; /* whether there was an image to predict */
    struct digit_prediction prediction;
    struct digit_error error; /* why it could not be read */
};

/* Rows that have the same value in a column. */
struct image_file_group {
    const char *name; /* borrowed from the table */
    size_t count;
    size_t correct;
};

struct image_file_groups {
    struct image_file_group *items; /* [count], by name; owned */
    size_t count;                   /* 0: the table has no such column */
    double mean_accuracy;           /* every group counts the same */
};

struct image_file_list {
    struct image_file *items; /* [count], in the table's order; owned */
    size_t count;
    size_t correct;
    size_t failed;                  /* could not be read, and so count as wrong */
    size_t uncertain;               /* of those that were read, with an answer that is uncertain */
    double loss;                    /* mean over those that were read; 0 if none was */
    struct confusion confusion;     /* of those that were read */
    struct image_file_groups kinds; /* by column `kind` */
    struct image_file_groups sources; /* by column `source` */
};

/* Whether the picture was read as its label. */
bool image_file_is_correct(const struct image_file *picture);

/*
 * Reads every picture that `table` names in column `file` and compares with
 * column `label`, one digit. The table must outlive the list. On success the caller releases `out`;
 * on failure it holds nothing. Threads: one table and list belong to one thread.
 * Errors: INVALID (no such column, no rows, a label that is no digit), NO_MEMORY. A picture that
 * cannot be opened or decoded is no error: it is counted as wrong, with the reason.
 */
DIGIT_MUST_CHECK enum digit_status image_files_evaluate(struct image_file_list *out,
                                                        const struct tsv *table,
                                                        const struct image_file_settings *settings,
                                                        struct digit_error *error);

/* Frees what `list` owns and zeroes it; a zeroed one is taken too. */
void image_file_list_release(struct image_file_list *list);

#endif
