#include "trainer/recipe/recipe_read.h"

#include <assert.h>
#include <libgen.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/base/file.h"
#include "core/base/json.h"
#include "trainer/recipe/recipe_fields.h"

/* Where values come from, for messages and for the interpretation of file names. */
struct source {
    const char *where; /* "config/recipes/digits.json", "--set" */
    bool is_file;
};

/* Length of a value in messages. */
#define VALUE_BYTES 65

static void format_value(char out[VALUE_BYTES], const cJSON *value)
{
    if (cJSON_IsNumber(value)) {
        snprintf(out, VALUE_BYTES, "%.15g", value->valuedouble);
        return;
    }
    char *text = cJSON_PrintUnformatted(value);
    snprintf(out, VALUE_BYTES, "%s", text != NULL ? text : "this value");
    cJSON_free(text);
}

static enum digit_status fail_value(const struct recipe_field *field, const cJSON *value,
                                    const struct source *source, struct digit_error *error)
{
    char kind[128], shown[VALUE_BYTES];
    recipe_field_describe(kind, sizeof kind, field);
    format_value(shown, value);
    return digit_fail(error, DIGIT_INVALID, "%.120s: \"%s\" must be %s, not %s", source->where,
                      field->path, kind, shown);
}

static void *member_of(struct recipe *recipe, const struct recipe_field *field)
{
    return (char *)recipe + field->offset;
}

static bool set_text(char *out, size_t size_bytes, const cJSON *value)
{
    const char *text = cJSON_GetStringValue(value);
    if (text == NULL)
        return false;
    size_t length = strlen(text);
    if (length == 0 || length >= size_bytes)
        return false;
    memcpy(out, text, length + 1);
    return true;
}

static bool set_choice(size_t *out, const struct recipe_field *field, const cJSON *value)
{
    const char *text = cJSON_GetStringValue(value);
    for (size_t i = 0; text != NULL && field->choices[i] != NULL; i++)
        if (strcmp(text, field->choices[i]) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static bool set_file(struct recipe_file *out, const struct recipe_field *field, const cJSON *value,
                     const struct source *source)
{
    if (field->is_optional && cJSON_IsNull(value)) {
        *out = (struct recipe_file){.name = ""};
        return true;
    }
    if (!set_text(out->name, sizeof out->name, value))
        return false;
    out->is_beside = source->is_file;
    return true;
}

static bool set_labels(struct recipe_labels *out, const cJSON *value)
{
    struct recipe_labels labels = {0};
    size_t count = 0;
    if (!cJSON_IsNull(value) &&
        (!cJSON_IsArray(value) || cJSON_GetArraySize(value) != DIGIT_CLASSES))
        return false;
    for (const cJSON *item = value->child; item != NULL; item = item->next, count++)
        if (!set_text(labels.names[count], sizeof labels.names[count], item))
            return false;
    *out = labels;
    return true;
}

static bool is_within(const struct recipe_field *field, const cJSON *value)
{
    return cJSON_IsNumber(value) && value->valuedouble >= field->min &&
           value->valuedouble <= field->max;
}

/* Returns false if the value is invalid; the member is then unchanged. */
static bool set_member(void *member, const struct recipe_field *field, const cJSON *value,
                       const struct source *source)
{
    switch (field->type) {
    case RECIPE_TEXT:
        return set_text(member, RECIPE_NAME_BYTES, value);
    case RECIPE_FILE:
        return set_file(member, field, value, source);
    case RECIPE_CHOICE:
        return set_choice(member, field, value);
    case RECIPE_LABELS:
        return set_labels(member, value);
    case RECIPE_COUNT:
        if (!is_within(field, value) || value->valuedouble != floor(value->valuedouble))
            return false;
        *(size_t *)member = (size_t)value->valuedouble;
        return true;
    case RECIPE_DOUBLE:
        if (!is_within(field, value))
            return false;
        *(double *)member = value->valuedouble;
        return true;
    case RECIPE_FLOAT: {
        bool is_null = field->is_optional && cJSON_IsNull(value);
        if (!is_null && !is_within(field, value))
            return false;
        *(float *)member = is_null ? NAN : (float)value->valuedouble;
        return true;
    }
    }
    return false;
}

static enum digit_status set_field(struct recipe *recipe, const struct recipe_field *field,
                                   const cJSON *value, const struct source *source,
                                   struct digit_error *error)
{
    if (!set_member(member_of(recipe, field), field, value, source))
        return fail_value(field, value, source, error);
    return DIGIT_OK;
}

/* Sets the members of `object`, whose path is `group` ("" at the top). The recursion is bounded by
 * the depth of the table. */
static enum digit_status set_object(struct recipe *recipe, const cJSON *object, const char *group,
                                    const struct source *source, struct digit_error *error)
{
    if (!cJSON_IsObject(object))
        return digit_fail(error, DIGIT_INVALID, "%.120s: %s%s%smust be a JSON object",
                          source->where, *group != '\0' ? "\"" : "", group,
                          *group != '\0' ? "\" " : "");
    enum digit_status status = DIGIT_OK;
    for (const cJSON *item = object->child; item != NULL && status == DIGIT_OK; item = item->next) {
        char path[2 * RECIPE_PATH_BYTES];
        snprintf(path, sizeof path, "%s%s%.64s", group, *group != '\0' ? "." : "", item->string);
        const struct recipe_field *field = recipe_field_find(path);
        bool is_key = strchr(item->string, '.') == NULL;
        if (field != NULL && is_key)
            status = set_field(recipe, field, item, source, error);
        else if (recipe_group_exists(path) && is_key)
            status = set_object(recipe, item, path, source, error);
        else
            status =
                digit_fail(error, DIGIT_INVALID, "%.120s: unknown key \"%s\"", source->where, path);
    }
    return status;
}

/* Whether the field's values are strings in JSON. */
static bool is_text(const struct recipe_field *field)
{
    return field->type == RECIPE_TEXT || field->type == RECIPE_FILE || field->type == RECIPE_CHOICE;
}

/* Parses a value of --set: a string for fields of strings, otherwise JSON. NULL if memory runs
 * out. */
static cJSON *parse_value(const struct recipe_field *field, const char *text)
{
    cJSON *value = NULL;
    if (field->is_optional && strcmp(text, "null") == 0)
        return cJSON_CreateNull();
    if (is_text(field) || json_parse(&value, text, strlen(text), field->path, NULL) != DIGIT_OK)
        value = cJSON_CreateString(text); /* set_member refuses it if the field is a number */
    return value;
}

static enum digit_status set_from_text(struct recipe *recipe, const struct recipe_field *field,
                                       const char *text, const struct source *source,
                                       struct digit_error *error)
{
    cJSON *value = parse_value(field, text);
    if (value == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for \"%s\"", source->where,
                          field->path);
    enum digit_status status = set_field(recipe, field, value, source, error);
    cJSON_Delete(value);
    return status;
}

enum digit_status recipe_set(struct recipe *recipe, const char *assignment,
                             struct digit_error *error)
{
    const struct source source = {"--set", false};
    const char *equals = strchr(assignment, '=');
    if (equals == NULL)
        return digit_fail(error, DIGIT_INVALID, "--set: \"%.64s\" is not of the form NAME=VALUE",
                          assignment);
    size_t length = (size_t)(equals - assignment);
    char path[RECIPE_PATH_BYTES];
    snprintf(path, sizeof path, "%.*s", length < sizeof path ? (int)length : 0, assignment);
    const struct recipe_field *field = recipe_field_find(path);
    if (field == NULL)
        return digit_fail(error, DIGIT_INVALID, "--set: \"%.*s\" is not a setting, see --help",
                          length < 64 ? (int)length : 64, assignment);
    return set_from_text(recipe, field, equals + 1, &source, error);
}

/* The default as a JSON value. `text` receives a copy, which the value borrows if it is a
 * string. */
static cJSON fallback_value(char text[RECIPE_NAME_BYTES], const struct recipe_field *field)
{
    snprintf(text, RECIPE_NAME_BYTES, "%s", field->fallback);
    if (field->is_optional && strcmp(text, "null") == 0)
        return (cJSON){.type = cJSON_NULL};
    if (is_text(field))
        return (cJSON){.type = cJSON_String, .valuestring = text};
    return (cJSON){.type = cJSON_Number, .valuedouble = strtod(text, NULL)};
}

void recipe_init(struct recipe *out)
{
    const struct source source = {"default", false};
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < recipe_field_count; i++) {
        const struct recipe_field *field = &recipe_fields[i];
        if (field->fallback == NULL)
            continue;
        char text[RECIPE_NAME_BYTES];
        const cJSON value = fallback_value(text, field);
        bool fits = set_member(member_of(out, field), field, &value, &source);
        assert(fits);
        (void)fits;
    }
}

static enum digit_status set_folder(struct recipe *recipe, const char *path,
                                    struct digit_error *error)
{
    if (strlen(path) >= sizeof recipe->folder)
        return digit_fail(error, DIGIT_LIMIT, "%.120s...: the path has %zu bytes, the limit is %zu",
                          path, strlen(path), sizeof recipe->folder - 1);
    char copy[RECIPE_FILE_BYTES];
    snprintf(copy, sizeof copy, "%s", path);
    snprintf(recipe->folder, sizeof recipe->folder, "%s", dirname(copy));
    return DIGIT_OK;
}

enum digit_status recipe_parse(struct recipe *out, const char *text, size_t size_bytes,
                               const char *path, struct digit_error *error)
{
    const struct source source = {path, true};
    recipe_init(out);
    cJSON *json = NULL;
    enum digit_status status = set_folder(out, path, error);
    if (status == DIGIT_OK)
        status = json_parse(&json, text, size_bytes, path, error);
    if (status == DIGIT_OK)
        status = set_object(out, json, "", &source, error);
    cJSON_Delete(json);
    return status;
}

enum digit_status recipe_load(struct recipe *out, const char *path, struct digit_error *error)
{
    uint8_t *text = NULL;
    size_t size_bytes = 0;
    enum digit_status status = file_read(&text, &size_bytes, path, RECIPE_MAX_BYTES, error);
    if (status == DIGIT_OK)
        status = recipe_parse(out, (const char *)text, size_bytes, path, error);
    free(text);
    return status;
}
