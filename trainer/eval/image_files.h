/*
 * Evaluation of a model on image files with labels. Each file is decoded as the server does it, under
 * the server's default limits, and preprocessed as the server does it or by the naive pipeline.
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

/* The server's default limits for a request body and a picture. */
#define IMAGE_FILE_MAX_BYTES         ((size_t)8 << 20)
#define IMAGE_FILE_MAX_SIDE_PX       12288
#define IMAGE_FILE_MAX_PIXELS        ((size_t)48 << 20)
#define IMAGE_FILE_MAX_DECODER_BYTES ((size_t)80 << 20)
#define IMAGE_FILE_MAX_DECODER_MS    400

/* What turns a decoded picture into the network's input. */
enum image_file_pipeline {
    IMAGE_FILE_PIPELINE_SERVICE, /* the server's preprocessing */
    IMAGE_FILE_PIPELINE_NAIVE,   /* trainer/eval/naive_pipeline.h; only the network makes an answer
                                    uncertain */
};

/* All borrowed. */
struct image_file_settings {
    const char *folder; /* the paths in the table are relative to it */
    const struct digit_model *model;
    enum image_file_pipeline pipeline;
    unsigned left_out; /* hypotheses not to try: bits of enum digit_alternative */
};

struct image_file {
    const char *file; /* path as in the table; borrowed from there */
    size_t label;
    bool is_predicted; /* false: the file could not be opened, decoded or predicted */
    struct digit_prediction prediction; /* if is_predicted */
    struct digit_error error;           /* why not, otherwise */
};

/* The files with the same value in a column. */
struct image_file_group {
    const char *name; /* that value; borrowed from the table */
    size_t count;
    size_t correct;
};

struct image_file_groups {
    struct image_file_group *items; /* [count], by name; owned */
    size_t count;                   /* 0: the table has no such column */
    double mean_accuracy;           /* mean of the groups' accuracies, unweighted */
};

struct image_file_list {
    enum image_file_pipeline pipeline; /* by which they were preprocessed */
    struct image_file *items;          /* [count], in the order of the table; owned */
    size_t count;
    size_t correct;
    size_t failed;                    /* not predicted; these count as misclassified */
    size_t uncertain;                 /* predicted, but uncertain */
    double loss;                      /* mean over the predicted files; 0 if there are none */
    struct confusion confusion;       /* of the predicted files */
    struct image_file_groups kinds;   /* by column `kind` */
    struct image_file_groups sources; /* by column `source` */
};

/* Whether the file was predicted as its label. */
bool image_file_is_correct(const struct image_file *file);

/*
 * Predicts every image file that `table` names in column `file` and compares with column `label`,
 * one digit. The table must outlive the list. On success the caller releases `out`; on failure
 * there is nothing to release. Threads: one table and list belong to one thread. Errors: INVALID (a
 * column is missing, no rows, a label that is not a digit), NO_MEMORY. A file that cannot be opened
 * or decoded is not an error: it counts as misclassified, with the reason.
 */
DIGIT_MUST_CHECK enum digit_status image_files_evaluate(struct image_file_list *out,
                                                        const struct tsv *table,
                                                        const struct image_file_settings *settings,
                                                        struct digit_error *error);

/* Frees what `list` owns and zeroes it; it may be zeroed already. */
void image_file_list_release(struct image_file_list *list);

#endif
