#include "core/network/architecture_format.h"

#include <stdbool.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

static bool add_extent(cJSON *json, const char *key, struct extent extent)
{
    if (extent.height == extent.width)
        return cJSON_AddNumberToObject(json, key, (double)extent.height) != NULL;
    int sides[2] = {(int)extent.height, (int)extent.width};
    cJSON *array = cJSON_CreateIntArray(sides, 2);
    if (cJSON_AddItemToObject(json, key, array))
        return true;
    cJSON_Delete(array);
    return false;
}

static bool add_conv2d(cJSON *json, const struct layer *layer)
{
    return cJSON_AddNumberToObject(json, "out_channels", (double)layer->out.channels) != NULL &&
           add_extent(json, "kernel_size", layer->kernel) &&
           add_extent(json, "stride", layer->stride) &&
           add_extent(json, "padding", layer->padding) &&
           cJSON_AddBoolToObject(json, "bias", layer->has_bias) != NULL;
}

static bool add_settings(cJSON *json, const struct layer *layer)
{
    switch (layer->type) {
    case LAYER_CONV2D:
        return add_conv2d(json, layer);
    case LAYER_BATCHNORM2D:
        return cJSON_AddNumberToObject(json, "epsilon", layer->epsilon) != NULL;
    case LAYER_MAXPOOL2D:
        return add_extent(json, "kernel_size", layer->kernel) &&
               add_extent(json, "stride", layer->stride);
    case LAYER_DENSE:
        return cJSON_AddNumberToObject(json, "out_features", (double)layer->out.channels) != NULL &&
               cJSON_AddBoolToObject(json, "bias", layer->has_bias) != NULL;
    case LAYER_DROPOUT:
        return cJSON_AddNumberToObject(json, "p", layer->probability) != NULL;
    case LAYER_RELU:
    case LAYER_FLATTEN:
        break;
    }
    return true;
}

static bool add_layer(cJSON *layers, const struct layer *layer)
{
    cJSON *json = cJSON_CreateObject();
    if (!cJSON_AddItemToArray(layers, json)) {
        cJSON_Delete(json);
        return false;
    }
    if (cJSON_AddStringToObject(json, "type", layer_type_name(layer->type)) == NULL)
        return false;
    if (layer->name[0] != '\0' && cJSON_AddStringToObject(json, "name", layer->name) == NULL)
        return false;
    return add_settings(json, layer);
}

static bool add_architecture(cJSON *json, const struct architecture *architecture)
{
    if (cJSON_AddStringToObject(json, "name", architecture->name) == NULL)
        return false;
    cJSON *layers = cJSON_AddArrayToObject(json, "layers");
    if (layers == NULL)
        return false;
    for (size_t i = 0; i < architecture->layer_count; i++)
        if (!add_layer(layers, &architecture->layers[i]))
            return false;
    return true;
}

enum digit_status architecture_format(char **out, const struct architecture *architecture,
                                      struct digit_error *error)
{
    *out = NULL;
    cJSON *json = cJSON_CreateObject();
    if (json != NULL && add_architecture(json, architecture))
        *out = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    if (*out == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to write an architecture");
    return DIGIT_OK;
}
