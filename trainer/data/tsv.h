/*
 * Tab-separated tables: a line of column names, then one line for each row. Strict: every line ends
 * in a newline (the last one need not) and has as many fields as there are columns; column names
 * are unique and not empty; there is no escaping, no carriage return, no NUL and no empty line.
 *
 *     struct tsv table;
 *     if (tsv_read(&table, "labels.tsv", &error) != DIGIT_OK) ...
 *     size_t label = tsv_column(&table, "label");
 *     puts(tsv_field(&table, 0, label));
 *     tsv_release(&table);
 *
 * Threads: any may read a table at the same time.
 */
#ifndef TRAINER_DATA_TSV_H
#define TRAINER_DATA_TSV_H

#include <stddef.h>

#include <digit/status.h>

#define TSV_MAX_BYTES   ((size_t)64 * 1024 * 1024)
#define TSV_MAX_COLUMNS 64

struct tsv {
    char *text;          /* the file with NULs in place of its separators; owned */
    const char **fields; /* [rows + 1][columns], names first, into text; owned */
    size_t rows;         /* without the line of names */
    size_t columns;
};

/*
 * Reads the file `path`. On success the caller releases `out`; on failure it is zeroed.
 * Errors: IO, LIMIT (bytes, columns), MALFORMED (the rules above; the message names the line),
 * NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status tsv_read(struct tsv *out, const char *path,
                                            struct digit_error *error);

/* Frees the memory of `table` and zeroes it; it may be zeroed already. */
void tsv_release(struct tsv *table);

/* Index of the column with that name, or table->columns if there is none. */
size_t tsv_column(const struct tsv *table, const char *name);

/* A field, NUL-terminated; valid until the table is released. row < rows, column < columns. */
const char *tsv_field(const struct tsv *table, size_t row, size_t column);

#endif
