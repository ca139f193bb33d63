#include "core/base/json.h"

#include <math.h>
#include <string.h>

#define MAX_DEPTH   16
#define MAX_MEMBERS 512 /* keys are compared pairwise */

#define NUL_ESCAPE       "\\u0000"
#define NUL_ESCAPE_BYTES 6

#define MAX_EXACT ((size_t)1 << 53) /* larger JSON numbers are not exact */

/*
 * What is checked before cJSON parses the text: cJSON recurses up to a depth of 1000, and it ends a string at
 * the first \u0000, so that the rest would be lost silently.
 */
struct outline {
    size_t max_depth;
    bool has_nul; /* a string contains \u0000 */
};

static struct outline scan_outline(const char *text, size_t size_bytes)
{
    struct outline outline = {0};
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < size_bytes; i++) {
        char c = text[i];
        if (in_string && c == '\\') {
            if (size_bytes - i >= NUL_ESCAPE_BYTES &&
                memcmp(text + i, NUL_ESCAPE, NUL_ESCAPE_BYTES) == 0)
                outline.has_nul = true;
            i++;
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string && (c == '[' || c == '{')) {
            if (++depth > outline.max_depth)
                outline.max_depth = depth;
        } else if (!in_string && (c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return outline;
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
        return digit_fail(error, DIGIT_MALFORMED, "%s: key \"%.64s\" is given twice", where, key);
    return DIGIT_OK;
}

/* The recursion is bounded: the depth is at most MAX_DEPTH. */
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
    struct outline outline = scan_outline(text, size_bytes);
    if (outline.max_depth > MAX_DEPTH)
        return digit_fail(error, DIGIT_MALFORMED, "%s: nested deeper than %d levels", where,
                          MAX_DEPTH);
    if (outline.has_nul)
        return digit_fail(error, DIGIT_MALFORMED, "%s: a string contains " NUL_ESCAPE, where);

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
        return digit_fail(error, DIGIT_INVALID, "%s: \"%s\" is %.15g, must be %g to %g", where, key,
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
    double value = cJSON_IsNumber(member) ? member->valuedouble : -1.0;
    if (!cJSON_IsNumber(member) || value != floor(value))
        return digit_fail(error, DIGIT_INVALID, "%s: \"%s\" must be a whole number", where, key);
    size_t limit = max < MAX_EXACT ? max : MAX_EXACT;
    if (!(value >= (double)min && value <= (double)limit))
        return digit_fail(error, DIGIT_INVALID, "%s: \"%s\" is %.0f, must be %zu to %zu", where,
                          key, value, min, limit);
    *out = (size_t)value;
    return DIGIT_OK;
}
