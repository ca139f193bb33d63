#include "trainer/data/tsv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"

/* An upper bound: every field but the last ends in a separator. */
static size_t count_fields(const char *text, size_t size_bytes)
{
    size_t fields = 1;
    for (size_t i = 0; i < size_bytes; i++)
        fields += text[i] == '\n' || text[i] == '\t';
    return fields;
}

static enum digit_status check_bytes(const char *text, size_t size_bytes, const char *path,
                                     struct digit_error *error)
{
    if (size_bytes == 0)
        return digit_fail(error, DIGIT_MALFORMED, "%s: the file is empty", path);
    if (memchr(text, '\0', size_bytes) != NULL)
        return digit_fail(error, DIGIT_MALFORMED, "%s: contains a NUL byte", path);
    if (memchr(text, '\r', size_bytes) != NULL)
        return digit_fail(error, DIGIT_MALFORMED,
                          "%s: contains a carriage return, lines must end in \\n", path);
    return DIGIT_OK;
}

/* Counts the columns of the first line. */
static enum digit_status count_columns(struct tsv *table, const char *path,
                                       struct digit_error *error)
{
    table->columns = 1;
    for (const char *at = table->text; *at != '\0' && *at != '\n'; at++)
        table->columns += *at == '\t';
    if (table->columns > TSV_MAX_COLUMNS)
        return digit_fail(error, DIGIT_LIMIT, "%s: %zu columns, the limit is %d", path,
                          table->columns, TSV_MAX_COLUMNS);
    return DIGIT_OK;
}

/*
 * Splits the line at *at into fields, stores at most `columns` of them and advances *at to the next
 * line. Returns the number of fields; 0 if the line is empty.
 */
static size_t split_line(const char **fields, size_t columns, char **at)
{
    char *rest = *at;
    char *end = rest + strcspn(rest, "\n");
    *at = *end == '\n' ? end + 1 : end;
    *end = '\0';
    if (end == rest)
        return 0;
    size_t count = 0;
    for (; rest != NULL; count++) {
        const char *field = strsep(&rest, "\t");
        if (count < columns)
            fields[count] = field;
    }
    return count;
}

static enum digit_status check_names(const struct tsv *table, const char *path,
                                     struct digit_error *error)
{
    for (size_t i = 0; i < table->columns; i++) {
        if (*table->fields[i] == '\0')
            return digit_fail(error, DIGIT_MALFORMED, "%s: column %zu has no name", path, i + 1);
        if (tsv_column(table, table->fields[i]) != i)
            return digit_fail(error, DIGIT_MALFORMED, "%s: two columns are named \"%s\"", path,
                              table->fields[i]);
    }
    return DIGIT_OK;
}

static enum digit_status split_text(struct tsv *table, size_t size_bytes, const char *path,
                                    struct digit_error *error)
{
    size_t fields = count_fields(table->text, size_bytes);
    table->fields = calloc(fields, sizeof *table->fields);
    if (table->fields == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for %zu fields", path, fields);
    size_t lines = 0;
    char *at = table->text;
    do {
        size_t count = split_line(table->fields + lines * table->columns, table->columns, &at);
        lines++;
        if (count == 0)
            return digit_fail(error, DIGIT_MALFORMED, "%s: line %zu is empty", path, lines);
        if (count != table->columns)
            return digit_fail(error, DIGIT_MALFORMED, "%s: line %zu has %zu fields, expected %zu",
                              path, lines, count, table->columns);
    } while (at < table->text + size_bytes);
    table->rows = lines - 1;
    return check_names(table, path, error);
}

enum digit_status tsv_read(struct tsv *out, const char *path, struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    uint8_t *bytes;
    size_t size_bytes;
    enum digit_status status = file_read(&bytes, &size_bytes, path, TSV_MAX_BYTES, error);
    if (status != DIGIT_OK)
        return status;
    out->text = (char *)bytes;
    status = check_bytes(out->text, size_bytes, path, error);
    if (status == DIGIT_OK)
        status = count_columns(out, path, error);
    if (status == DIGIT_OK)
        status = split_text(out, size_bytes, path, error);
    if (status != DIGIT_OK)
        tsv_release(out);
    return status;
}

void tsv_release(struct tsv *table)
{
    free(table->fields);
    free(table->text);
    memset(table, 0, sizeof *table);
}

size_t tsv_column(const struct tsv *table, const char *name)
{
    size_t i = 0;
    while (i < table->columns && strcmp(table->fields[i], name) != 0)
        i++;
    return i;
}

const char *tsv_field(const struct tsv *table, size_t row, size_t column)
{
    return table->fields[(row + 1) * table->columns + column];
}
