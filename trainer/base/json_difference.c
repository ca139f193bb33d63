#include "trainer/base/json_difference.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/base/json.h"

#define PATH_BYTES  80
#define VALUE_BYTES 40

/* The same place in both documents; either is NULL where the document has nothing there. */
struct place {
    const cJSON *there;
    const cJSON *here;
};

static bool same(struct place place)
{
    return place.there != NULL && place.here != NULL &&
           cJSON_Compare(place.there, place.here, true);
}

/* The first member that is not the same in both objects, in the order of `there`, then `here`. */
static const char *differing_key(struct place place)
{
    for (const cJSON *child = place.there->child; child != NULL; child = child->next)
        if (!same(
                (struct place){child, cJSON_GetObjectItemCaseSensitive(place.here, child->string)}))
            return child->string;
    for (const cJSON *child = place.here->child; child != NULL; child = child->next)
        if (!cJSON_GetObjectItemCaseSensitive(place.there, child->string))
            return child->string;
    return NULL;
}

static int differing_index(struct place place)
{
    int i = 0;
    while (
        same((struct place){cJSON_GetArrayItem(place.there, i), cJSON_GetArrayItem(place.here, i)}))
        i++;
    return i;
}

/* One step down to what differs; appends its name to `path`. False where there is no down. */
static bool descend(struct place *place, char path[PATH_BYTES])
{
    size_t used = strlen(path);
    if (cJSON_IsObject(place->there) && cJSON_IsObject(place->here)) {
        const char *key = differing_key(*place);
        if (key == NULL)
            return false;
        snprintf(path + used, PATH_BYTES - used, "%s%s", used > 0 ? "." : "", key);
        *place = (struct place){cJSON_GetObjectItemCaseSensitive(place->there, key),
                                cJSON_GetObjectItemCaseSensitive(place->here, key)};
        return true;
    }
    if (cJSON_IsArray(place->there) && cJSON_IsArray(place->here)) {
        int i = differing_index(*place);
        snprintf(path + used, PATH_BYTES - used, "[%d]", i);
        *place =
            (struct place){cJSON_GetArrayItem(place->there, i), cJSON_GetArrayItem(place->here, i)};
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

static void describe(char out[JSON_DIFFERENCE_BYTES], struct place place)
{
    char path[PATH_BYTES] = "", there[VALUE_BYTES], here[VALUE_BYTES];
    while (descend(&place, path))
        ;
    format_value(there, place.there);
    format_value(here, place.here);
    snprintf(out, JSON_DIFFERENCE_BYTES, "%s is %s there, %s here", path[0] != '\0' ? path : "it",
             there, here);
}

void json_difference(char out[JSON_DIFFERENCE_BYTES], const char *there, const char *here)
{
    cJSON *of_there = NULL, *of_here = NULL;
    out[0] = '\0';
    if (json_parse(&of_there, there, strlen(there), "", NULL) != DIGIT_OK ||
        json_parse(&of_here, here, strlen(here), "", NULL) != DIGIT_OK)
        snprintf(out, JSON_DIFFERENCE_BYTES, "it does not read alike");
    else if (!same((struct place){of_there, of_here}))
        describe(out, (struct place){of_there, of_here});
    cJSON_Delete(of_here);
    cJSON_Delete(of_there);
}
