#include "core/network/quantisation.h"

#include "core/base/json.h"

enum digit_status quantisation_read(struct quantisation *out, const cJSON *json, size_t count,
                                    const char *where, struct digit_error *error)
{
    static const char *const keys[] = {"ranges"};
    enum digit_status status = json_check_keys(json, keys, 1, where, error);
    if (status != DIGIT_OK)
        return status;
    const cJSON *ranges = cJSON_GetObjectItemCaseSensitive(json, "ranges");
    if (!cJSON_IsArray(ranges) || (size_t)cJSON_GetArraySize(ranges) != count)
        return digit_fail(
            error, DIGIT_INVALID,
            "%s: \"ranges\" must be an array of %zu numbers, one for each convolution "
            "and dense layer except the last",
            where, count);
    out->count = 0;
    for (const cJSON *range = ranges->child; range != NULL; range = range->next) {
        double value = cJSON_GetNumberValue(range);
        if (!(value >= (double)QUANTISATION_RANGE_LEAST &&
              value <= (double)QUANTISATION_RANGE_MOST))
            return digit_fail(error, DIGIT_INVALID,
                              "%s: range %zu must be a number from 1e-6 to 1e9", where, out->count);
        out->ranges[out->count++] = (float)value;
    }
    return DIGIT_OK;
}

char *quantisation_format(const struct quantisation *quantisation)
{
    char *text = NULL;
    cJSON *json = cJSON_CreateObject();
    cJSON *ranges = cJSON_CreateFloatArray(quantisation->ranges, (int)quantisation->count);
    if (json != NULL && cJSON_AddItemToObject(json, "ranges", ranges))
        text = cJSON_PrintUnformatted(json);
    else
        cJSON_Delete(ranges);
    cJSON_Delete(json);
    return text;
}
