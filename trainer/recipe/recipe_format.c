#include "trainer/recipe/recipe_format.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "trainer/recipe/recipe_fields.h"

/* Maximum number of settings with `decides_samples`, and the bytes of one as it is hashed. */
#define RECIPE_SAMPLE_SETTINGS_MAX 32
#define RECIPE_SETTING_BYTES       (RECIPE_PATH_BYTES + 32)

/* The shortest decimal fraction that rounds to this float: 0.15, not 0.150000006. */
static double decimal_of(float value)
{
    char text[32];
    int digits = 6;
    do
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
    while (strtof(text, NULL) != value && ++digits <= 9);
    return strtod(text, NULL);
}

/* NULL if memory runs out. */
static cJSON *format_labels(const struct recipe_labels *labels)
{
    const char *names[DIGIT_CLASSES];
    if (labels->names[0][0] == '\0')
        return cJSON_CreateNull();
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        names[i] = labels->names[i];
    return cJSON_CreateStringArray(names, DIGIT_CLASSES);
}

/* NULL if memory runs out. */
static cJSON *format_member(const struct recipe *recipe, const struct recipe_field *field)
{
    const void *member = (const char *)recipe + field->offset;
    switch (field->type) {
    case RECIPE_TEXT:
        return cJSON_CreateString(member);
    case RECIPE_FILE: {
        const char *name = ((const struct recipe_file *)member)->name;
        return field->is_optional && *name == '\0' ? cJSON_CreateNull() : cJSON_CreateString(name);
    }
    case RECIPE_COUNT:
        return cJSON_CreateNumber((double)*(const size_t *)member);
    case RECIPE_DOUBLE:
        return cJSON_CreateNumber(*(const double *)member);
    case RECIPE_FLOAT: {
        float value = *(const float *)member;
        return isnan(value) ? cJSON_CreateNull() : cJSON_CreateNumber(decimal_of(value));
    }
    case RECIPE_LABELS:
        return format_labels(member);
    case RECIPE_CHOICE:
        return cJSON_CreateString(field->choices[*(const size_t *)member]);
    }
    return NULL;
}

/* Returns the object `name` within `json`, and creates it if necessary; NULL if memory runs out. */
static cJSON *open_group(cJSON *json, const char *name)
{
    cJSON *group = cJSON_GetObjectItemCaseSensitive(json, name);
    return group != NULL ? group : cJSON_AddObjectToObject(json, name);
}

static bool add_field(cJSON *json, const struct recipe *recipe, const struct recipe_field *field)
{
    char path[RECIPE_PATH_BYTES];
    snprintf(path, sizeof path, "%s", field->path);
    char *key = path;
    for (char *dot; json != NULL && (dot = strchr(key, '.')) != NULL; key = dot + 1) {
        *dot = '\0';
        json = open_group(json, key);
    }
    if (json == NULL)
        return false;
    cJSON *value = format_member(recipe, field);
    if (value != NULL && cJSON_AddItemToObject(json, key, value))
        return true;
    cJSON_Delete(value);
    return false;
}

enum digit_status recipe_format(char **out, const struct recipe *recipe, struct digit_error *error)
{
    *out = NULL;
    cJSON *json = cJSON_CreateObject();
    bool done = json != NULL;
    for (size_t i = 0; done && i < recipe_field_count; i++)
        done = add_field(json, recipe, &recipe_fields[i]);
    if (done)
        *out = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    if (*out == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to write the recipe");
    return DIGIT_OK;
}

/* Writes a numeric setting as "path=value"; returns the number of bytes including the NUL. */
static size_t format_setting(char *out, size_t size_bytes, const struct recipe *recipe,
                             const struct recipe_field *field)
{
    const void *member = (const char *)recipe + field->offset;
    double value = 0.0;
    if (field->type == RECIPE_COUNT)
        value = (double)*(const size_t *)member;
    else if (field->type == RECIPE_DOUBLE)
        value = *(const double *)member;
    else
        value = (double)*(const float *)member;
    return (size_t)snprintf(out, size_bytes, "%s=%.17g", field->path, value) + 1;
}

void recipe_sample_digest(char out[SHA256_HEX_BYTES], const struct recipe *recipe)
{
    char texts[RECIPE_SAMPLE_SETTINGS_MAX][RECIPE_SETTING_BYTES];
    struct sha256_part parts[RECIPE_SAMPLE_SETTINGS_MAX];
    struct recipe effective = *recipe;
    effective.fit.augment_seed = (size_t)fit_augment_seed(&recipe->fit);
    size_t count = 0;
    for (size_t i = 0; i < recipe_field_count; i++) {
        const struct recipe_field *field = &recipe_fields[i];
        if (!field->decides_samples)
            continue;
        assert(count < RECIPE_SAMPLE_SETTINGS_MAX);
        size_t size_bytes = format_setting(texts[count], sizeof texts[count], &effective, field);
        parts[count] = (struct sha256_part){texts[count], size_bytes};
        count++;
    }
    sha256_hex(out, parts, count);
}
