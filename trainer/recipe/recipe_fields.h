/*
 * The table of a recipe's fields: the name, location, type, range, default and description of each.
 * Threads: any; the table is read-only.
 */
#ifndef TRAINER_RECIPE_RECIPE_FIELDS_H
#define TRAINER_RECIPE_RECIPE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define RECIPE_PATH_BYTES 64 /* for a field's path, including its NUL */

enum recipe_type {
    RECIPE_TEXT,   /* char[RECIPE_NAME_BYTES], not empty */
    RECIPE_FILE,   /* struct recipe_file, not empty */
    RECIPE_COUNT,  /* size_t */
    RECIPE_DOUBLE, /* double */
    RECIPE_FLOAT,  /* float */
    RECIPE_CHOICE, /* size_t, index into choices */
    RECIPE_LABELS, /* struct recipe_labels */
};

struct recipe_field {
    const char *path; /* the keys in the JSON objects, joined by dots: "augment.shift_px" */
    enum recipe_type type;
    bool is_optional;     /* may be null: FLOAT becomes NaN, FILE "", LABELS the digits */
    bool decides_samples; /* COUNT, DOUBLE, FLOAT: the samples that teachers see depend on it */
    size_t offset;        /* of the member in struct recipe */
    double min;           /* COUNT, DOUBLE, FLOAT: inclusive limits */
    double max;           /* COUNT: up to 2^53 */
    const char *const *choices; /* CHOICE: the allowed values; ends with NULL */
    const char *fallback;       /* the default in the syntax of --set; NULL: empty (TEXT, FILE) */
    const char *help;
};

/* The fields of one object ("augment.") are adjacent. */
extern const struct recipe_field recipe_fields[];
extern const size_t recipe_field_count;

/* The field with this path, or NULL. */
const struct recipe_field *recipe_field_find(const char *path);

/* Whether the path names an object that contains fields. */
bool recipe_group_exists(const char *path);

/* Describes the valid values in text [size_bytes]: "a whole number from 1 to 10000". */
void recipe_field_describe(char *text, size_t size_bytes, const struct recipe_field *field);

/* Prints a line for each field: path, help, range, default. */
void recipe_fields_print(FILE *out);

#endif
