#include "cli/options.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/base/file.h"
#include "core/base/json.h"

#define MAX_FILE_BYTES 65536
/* Messages show only the end of a long path, so that the reason still fits behind it. */
#define MAX_WHERE_BYTES 120

static const char *end_of_path(const char *path)
{
    size_t size_bytes = strlen(path);
    return size_bytes > MAX_WHERE_BYTES ? path + size_bytes - MAX_WHERE_BYTES : path;
}

/* Converts the member of `object` to the text that a flag would have. */
static enum digit_status read_member_text(const char **out, char number[32],
                                          const struct option_spec *spec, const cJSON *object,
                                          const char *where, struct digit_error *error)
{
    if (spec->type == OPTION_COUNT || spec->type == OPTION_NUMBER) {
        const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, spec->name);
        if (!cJSON_IsNumber(member)) {
            char demand[OPTION_DEMAND_BYTES];
            option_number_demand(demand, spec);
            return digit_fail(error, DIGIT_INVALID, "%s: \"%s\" %s", where, spec->name, demand);
        }
        snprintf(number, 32, "%.17g", member->valuedouble);
        *out = number;
        return DIGIT_OK;
    }
    if (spec->type == OPTION_BOOL) {
        bool boolean = false;
        enum digit_status status = json_get_bool(&boolean, object, spec->name, where, error);
        *out = boolean ? "true" : "false";
        return status;
    }
    return json_get_string(out, object, spec->name, where, error);
}

static enum digit_status set_member(void *options, const struct option_spec *spec,
                                    const cJSON *object, const char *where,
                                    struct digit_error *error)
{
    char number[32];
    char subject[MAX_WHERE_BYTES + OPTION_NAME_BYTES];
    const char *text;
    assert(spec->type != OPTION_TEXT); /* it would be borrowed from the document */
    enum digit_status status = read_member_text(&text, number, spec, object, where, error);
    if (status != DIGIT_OK)
        return status;
    snprintf(subject, sizeof subject, "%s: \"%s\"", where, spec->name);
    return option_set(options, spec, text, subject, error);
}

static enum digit_status set_members(void *options, const struct option_table *table,
                                     const cJSON *object, const char *where,
                                     struct digit_error *error)
{
    const char *names[OPTIONS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        if (option_is_setting(&table->items[i]))
            names[count++] = table->items[i].name;
    enum digit_status status = json_check_keys(object, names, count, where, error);
    for (size_t i = 0; i < table->count && status == DIGIT_OK; i++)
        if (option_is_setting(&table->items[i]) && json_has(object, table->items[i].name))
            status = set_member(options, &table->items[i], object, where, error);
    return status;
}

enum digit_status options_read_file(void *out, const struct option_table *table, const char *path,
                                    struct digit_error *error)
{
    const char *where = end_of_path(path);
    uint8_t *bytes = NULL;
    size_t size_bytes;
    cJSON *object = NULL;
    enum digit_status status = file_read(&bytes, &size_bytes, path, MAX_FILE_BYTES, error);
    if (status == DIGIT_OK)
        status = json_parse(&object, (const char *)bytes, size_bytes, where, error);
    if (status == DIGIT_OK)
        status = set_members(out, table, object, where, error);
    cJSON_Delete(object);
    free(bytes);
    return status;
}
