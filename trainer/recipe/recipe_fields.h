/*
 * The table of a recipe's fields: what each is called, where it lies, what it may be, what it is if
 * nothing is said.
 * Threads: read-only; share freely.
 */
#ifndef TRAINER_RECIPE_RECIPE_FIELDS_H
#define TRAINER_RECIPE_RECIPE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define RECIPE_PATH_BYTES 64 /* of a field's path */

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
    const char *path; /* in JSON's objects: "augment.shift_px" */
    enum recipe_type type;
    bool is_optional;     /* null is taken too: FLOAT becomes NaN, FILE "", LABELS the digits */
    bool decides_samples; /* COUNT, DOUBLE, FLOAT: the samples that teachers see depend on it */
    size_t offset;        /* of the member in struct recipe */
    double min;           /* COUNT, DOUBLE, FLOAT: both limits are allowed values */
    double max;           /* COUNT: up to 2^53 */
    const char *const *choices; /* CHOICE: ends with NULL */
    const char *fallback;       /* the default, as --set takes it; NULL: empty (TEXT, FILE) */
    const char *help;
};

/* The fields of one object ("augment.") stand together. */
extern const struct recipe_field recipe_fields[];
extern const size_t recipe_field_count;

/* The field of that path, or NULL. */
const struct recipe_field *recipe_field_find(const char *path);

/* True if there are fields within the object of that path. */
bool recipe_group_exists(const char *path);

/* Writes what a value must be into text [size_bytes]: "a whole number from 1 to 10000". */
void recipe_field_describe(char *text, size_t size_bytes, const struct recipe_field *field);

/* Writes a line for each field: path, help, range, default. */
void recipe_fields_print(FILE *out);

#endif
