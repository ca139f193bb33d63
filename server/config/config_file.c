#include "server/config/config_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Converts the member `key` of `object` to the text that a flag would have. */
static enum digit_status read_member_text(const char **out, char number[32],
                                          const struct config_key *key, const cJSON *object,
                                          const char *where, struct digit_error *error)
{
    enum digit_status status;
    *out = number;
    if (key->type == CONFIG_SIZE) {
        size_t size = 0;
        status = json_get_size(&size, object, key->name, key->min, key->max, where, error);
        snprintf(number, 32, "%zu", size);
    } else if (key->type == CONFIG_BOOL) {
        bool boolean = false;
        status = json_get_bool(&boolean, object, key->name, where, error);
        snprintf(number, 32, "%s", boolean ? "true" : "false");
    } else {
        status = json_get_string(out, object, key->name, where, error);
    }
    return status;
}

static enum digit_status set_member(struct config *config, const struct config_key *key,
                                    const cJSON *object, const char *where,
                                    struct digit_error *error)
{
    char number[32];
    char subject[MAX_WHERE_BYTES + CONFIG_NAME_BYTES];
    const char *text;
    enum digit_status status = read_member_text(&text, number, key, object, where, error);
    if (status != DIGIT_OK)
        return status;
    snprintf(subject, sizeof subject, "%s: \"%s\"", where, key->name);
    return config_set(config, key, text, subject, error);
}

static enum digit_status set_members(struct config *config, const cJSON *object, const char *where,
                                     struct digit_error *error)
{
    const char *names[CONFIG_KEY_COUNT];
    for (size_t i = 0; i < CONFIG_KEY_COUNT; i++)
        names[i] = config_table[i].name;
    enum digit_status status = json_check_keys(object, names, CONFIG_KEY_COUNT, where, error);
    for (size_t i = 0; i < CONFIG_KEY_COUNT && status == DIGIT_OK; i++)
        if (json_has(object, names[i]))
            status = set_member(config, &config_table[i], object, where, error);
    return status;
}

enum digit_status config_read_file(struct config *config, const char *path,
                                   struct digit_error *error)
{
    const char *where = end_of_path(path);
    uint8_t *bytes = NULL;
    size_t size_bytes;
    cJSON *object = NULL;
    enum digit_status status = file_read(&bytes, &size_bytes, path, MAX_FILE_BYTES, error);
    if (status != DIGIT_OK)
        goto out;
    status = json_parse(&object, (const char *)bytes, size_bytes, where, error);
    if (status != DIGIT_OK)
        goto out;
    status = set_members(config, object, where, error);
out:
    cJSON_Delete(object);
    free(bytes);
    return status;
}
