#include "trainer/base/json_members.h"

bool json_add_count(cJSON *object, const char *key, size_t value)
{
    return cJSON_AddNumberToObject(object, key, (double)value) != NULL;
}

bool json_add_number(cJSON *object, const char *key, double value)
{
    return cJSON_AddNumberToObject(object, key, value) != NULL;
}

bool json_add_text(cJSON *object, const char *key, const char *value)
{
    return cJSON_AddStringToObject(object, key, value) != NULL;
}

cJSON *json_add_item(cJSON *array)
{
    cJSON *item = cJSON_CreateObject();
    if (item != NULL && !cJSON_AddItemToArray(array, item)) {
        cJSON_Delete(item);
        return NULL;
    }
    return item;
}
