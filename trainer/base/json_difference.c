#include "trainer/base/json_difference.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/base/json.h"

#define PATH_BYTES  80
#define VALUE_BYTES 40

/* The values at the same path in both documents; NULL where a document has no such value. */
struct pair {
    const cJSON *actual;
    const cJSON *expected;
};

static struct pair pair_member(struct pair pair, const char *key)
{
    return (struct pair){cJSON_GetObjectItemCaseSensitive(pair.actual, key),
                         cJSON_GetObjectItemCaseSensitive(pair.expected, key)};
}

static struct pair pair_item(struct pair pair, int index)
{
    return (struct pair){cJSON_GetArrayItem(pair.actual, index),
                         cJSON_GetArrayItem(pair.expected, index)};
}

static bool is_equal(struct pair pair)
{
    return pair.actual != NULL && pair.expected != NULL &&
           cJSON_Compare(pair.actual, pair.expected, true);
}

/* The first member that differs between two objects, in the order of `actual`, then `expected`. */
static const char *differing_key(struct pair pair)
{
    for (const cJSON *child = pair.actual->child; child != NULL; child = child->next)
        if (!is_equal(pair_member(pair, child->string)))
            return child->string;
    for (const cJSON *child = pair.expected->child; child != NULL; child = child->next)
        if (!cJSON_GetObjectItemCaseSensitive(pair.actual, child->string))
            return child->string;
    return NULL;
}

static int differing_index(struct pair pair)
{
    int i = 0;
    while (is_equal(pair_item(pair, i)))
        i++;
    return i;
}

/* Moves one level down to the first difference and appends the key or index to `path`. Returns
 * false at a value that has no levels below it. */
static bool descend(struct pair *pair, char path[PATH_BYTES])
{
    size_t used = strlen(path);
    if (cJSON_IsObject(pair->actual) && cJSON_IsObject(pair->expected)) {
        const char *key = differing_key(*pair);
        if (key == NULL)
            return false;
        snprintf(path + used, PATH_BYTES - used, "%s%s", used > 0 ? "." : "", key);
        *pair = pair_member(*pair, key);
        return true;
    }
    if (cJSON_IsArray(pair->actual) && cJSON_IsArray(pair->expected)) {
        int i = differing_index(*pair);
        snprintf(path + used, PATH_BYTES - used, "[%d]", i);
        *pair = pair_item(*pair, i);
        return true;
    }
    return false;
}

static void format_value(char out[VALUE_BYTES], const cJSON *value)
{
    char *text = value != NULL ? cJSON_PrintUnformatted(value) : NULL;
    snprintf(out, VALUE_BYTES, "%s", text != NULL ? text : "absent");
    if (text != NULL && strlen(text) >= VALUE_BYTES)
        memcpy(out + VALUE_BYTES - 4, "...", 4);
    cJSON_free(text);
}

static void describe_difference(char out[JSON_DIFFERENCE_BYTES], struct pair pair)
{
    char path[PATH_BYTES] = "", actual[VALUE_BYTES], expected[VALUE_BYTES];
    while (descend(&pair, path))
        ;
    format_value(actual, pair.actual);
    format_value(expected, pair.expected);
    snprintf(out, JSON_DIFFERENCE_BYTES, "%s is %s, expected %s",
             path[0] != '\0' ? path : "the value", actual, expected);
}

void json_difference(char out[JSON_DIFFERENCE_BYTES], const char *actual, const char *expected)
{
    cJSON *actual_json = NULL, *expected_json = NULL;
    out[0] = '\0';
    if (json_parse(&actual_json, actual, strlen(actual), "", NULL) != DIGIT_OK ||
        json_parse(&expected_json, expected, strlen(expected), "", NULL) != DIGIT_OK)
        snprintf(out, JSON_DIFFERENCE_BYTES, "not valid JSON");
    else if (!is_equal((struct pair){actual_json, expected_json}))
        describe_difference(out, (struct pair){actual_json, expected_json});
    cJSON_Delete(expected_json);
    cJSON_Delete(actual_json);
}
