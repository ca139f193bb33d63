#include "core/base/json.h"

#include <math.h>
#include <string.h>

#define MAX_DEPTH   16
#define MAX_MEMBERS 512 /* keys are compared pairwise */

/* cJSON recurses up to a depth of 1000; this scan, which knows strings, refuses far earlier. */
static bool depth_is_bounded(const char *text, size_t size_bytes)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < size_bytes; i++) {
        char c = text[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > MAX_DEPTH)
                return false;
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return true;
}

static bool has_too_many_members(const cJSON *object)
{
    size_t count = 0;
    for (const cJSON *member = object->child; member != NULL; member = member->next)
        count++;
    return count > MAX_MEMBERS;
}

static const char *duplicate_key(const cJSON *object)
{
    for (const cJSON *a = object->child; a != NULL; a = a->next)
        for (const cJSON *b = a->next; b != NULL; b = b->next)
            if (strcmp(a->string, b->string) == 0)
                return a->string;
    return NULL;
}

static enum digit_status check_object(const cJSON *object, const char *where,
                                      struct digit_error *error)
{
    if (has_too_many_members(object))
        return digit_fail(error, DIGIT_MALFORMED, "%s: an object has more than %d keys", where,
                          MAX_MEMBERS);
    const char *key = duplicate_key(object);
    if (key != NULL)
        return digit_fail(error, DIGIT_MALFORMED, "%s: key \"%.64s\" stands twice", where, key);
    return DIGIT_OK;
}

/* Depth is at most MAX_DEPTH here, so the recursion is too. */
static enum digit_status check_objects_within(const cJSON *value, const char *where,
                                              struct digit_error *error)
{
    enum digit_status status = cJSON_IsObject(value) ? check_object(value, where, error) : DIGIT_OK;
    for (const cJSON *child = value->child; child != NULL && status == DIGIT_OK;
         child = child->next)
        status = check_objects_within(child, where, error);
    return status;
}

static size_t skip_space(const char *text, size_t size_bytes, size_t at)
{
    while (at < size_bytes && text[at] != '\0' && strchr(" \t\r\n", text[at]) != NULL)
        at++;
    return at;
}

enum digit_status json_parse(cJSON **out, const char *text, size_t size_bytes, const char *where,
                             struct digit_error *error)
{
    *out = NULL;
    if (!depth_is_bounded(text, size_bytes))
        return digit_fail(error, DIGIT_MALFORMED, "%s: nested deeper than %d", where, MAX_DEPTH);

    const char *end = NULL;
    cJSON *value = cJSON_ParseWithLengthOpts(text, size_bytes, &end, false);
    if (value == NULL)
        return digit_fail(error, DIGIT_MALFORMED, "%s: not JSON at byte %zu", where,
                          end == NULL ? (size_t)0 : (size_t)(end - text));
    size_t rest = skip_space(text, size_bytes, (size_t)(end - text));
    if (rest != size_bytes) {
        cJSON_Delete(value);
        return digit_fail(error, DIGIT_MALFORMED, "%s: text after the JSON value at byte %zu",
                          where, rest);
    }
    enum digit_status status = check_objects_within(value, where, error);
    if (status != DIGIT_OK)
        cJSON_Delete(value);
    else
        *out = value;
    return status;
}

static bool is_listed(const char *key, const char *const *keys, size_t key_count)
{
    for (size_t i = 0; i < key_count; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

enum digit_status json_check_keys(const cJSON *object, const char *const *keys, size_t key_count,
                                  const char *where, struct digit_error *error)
{
    if (!cJSON_IsObject(object))
        return digit_fail(error, DIGIT_INVALID, "%s: not a JSON object", where);
    for (const cJSON *member = object->child; member != NULL; member = member->next)
        if (!is_listed(member->string, keys, key_count))
            return digit_fail(error, DIGIT_INVALID, "%s: unknown key \"%.64s\"", where,
                              member->string);
    return DIGIT_OK;
}

bool json_has(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key) != NULL;
}

static enum digit_status get_member(const cJSON **out, const cJSON *object, const char *key,
                                    const char *where, struct digit_error *error)
{
    *out = cJSON_GetObjectItemCaseSensitive(object, key);
    if (*out == NULL)
        return digit_fail(error, DIGIT_INVALID, "%s: key \"%s\" is missing", where, key);
    return DIGIT_OK;
}

enum digit_status json_get_string(const char **out, const cJSON *object, const char *key,
                                  const char *where, struct digit_error *error)
{
    const cJSON *member;
    enum digit_status status = get_member(&member, object, key, where, error);
    if (status != DIGIT_OK)
        return status;
    if (!cJSON_IsString(member))
        return digit_fail(error, DIGIT_INVALID, "%s: \"%s\" must be a string", where, key);
    *out = member->valuestring;
    return DIGIT_OK;
}

enum digit_status json_get_bool(bool *out, const cJSON *object, const char *key, const char *where,
                                struct digit_error *error)
{
    const cJSON *member;
    enum digit_status status = get_member(&member, object, key, where, error);
    if (status != DIGIT_OK)
        return status;
    if (!cJSON_IsBool(member))
        return digit_fail(error, DIGIT_INVALID, "%s: \"%s\" must be true or false", where, key);
    *out = cJSON_IsTrue(member);
    return DIGIT_OK;
}

enum digit_status json_get_number(double *out, const cJSON *object, const char *key, double min,
                                  double max, const char *where, struct digit_error *error)
{
    const cJSON *member;
    enum digit_status status = get_member(&member, object, key, where, error);
    if (status != DIGIT_OK)
        return status;
    if (!cJSON_IsNumber(member))
        return digit_fail(error, DIGIT_INVALID, "%s: \"%s\" must be a number", where, key);
    double value = member->valuedouble;
    if (!(value >= min && value <= max))
        return digit_fail(error, DIGIT_INVALID, "%s: \"%s\" is %g, must be %g to %g", where, key,
                          value, min, max);
    *out = value;
    return DIGIT_OK;
}

enum digit_status json_get_size(size_t *out, const cJSON *object, const char *key, size_t min,
                                size_t max, const char *where, struct digit_error *error)
{
    const cJSON *member;
    enum digit_status status = get_member(&member, object, key, where, error);
    if (status != DIGIT_OK)
        return status;
    /* Beyond 2^53 a JSON number is no longer exact. */
    double value = cJSON_IsNumber(member) ? member->valuedouble : -1.0;
    if (!cJSON_IsNumber(member) || value != floor(value))
        return digit_fail(error, DIGIT_INVALID, "%s: \"%s\" must be a whole number", where, key);
    if (!(value >= (double)min && value <= (double)max && value <= 9007199254740992.0))
        return digit_fail(error, DIGIT_INVALID, "%s: \"%s\" is %.0f, must be %zu to %zu", where,
                          key, value, min, max);
    *out = (size_t)value;
    return DIGIT_OK;
}
