#include "core/network/architecture_read.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include <digit/image.h>
#include <digit/model.h>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/network/parameters.h"

/* Large enough for any sensible network, and small enough that no product of sizes overflows. */
#define MAX_FILE_BYTES  (256 * 1024)
#define MAX_CHANNELS    4096
#define MAX_EXTENT_PX   64
#define MAX_ACTIVATIONS (1 << 22)
#define MAX_PARAMETERS  (1 << 25)
#define DEFAULT_EPSILON 1e-5f
#define MIN_EPSILON     1e-8f /* a float like every epsilon, so that the minimum reads back */

#define WHERE_BYTES 128

/* The state of parsing. */
struct reader {
    struct architecture *out;
    const char *where;             /* name of the document */
    char layer_where[WHERE_BYTES]; /* name of the current layer, "digits.json: layer 3 (conv2d)" */
    struct shape shape;            /* the input of the next layer */
    bool is_flat;
    struct digit_error *error;
};

static enum digit_status fail_layer(const struct reader *reader, const char *what)
{
    return digit_fail(reader->error, DIGIT_INVALID, "%s: %s", reader->layer_where, what);
}

/* One size for height and width, "kernel_size": 3, or two, "kernel_size": [3, 5]. */
static enum digit_status get_extent(struct extent *out, const cJSON *json, const char *key,
                                    size_t min, const struct reader *reader)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(json, key);
    if (!cJSON_IsArray(member)) {
        enum digit_status status = json_get_size(&out->height, json, key, min, MAX_EXTENT_PX,
                                                 reader->layer_where, reader->error);
        out->width = out->height;
        return status;
    }
    if (cJSON_GetArraySize(member) != 2)
        return digit_fail(reader->error, DIGIT_INVALID,
                          "%s: \"%s\" must be a number or an array of two numbers",
                          reader->layer_where, key);
    size_t *const sides[2] = {&out->height, &out->width};
    const cJSON *side = member->child;
    for (size_t i = 0; i < 2; i++, side = side->next) {
        double value = cJSON_IsNumber(side) ? side->valuedouble : -1.0;
        if (!(value >= (double)min && value <= MAX_EXTENT_PX) || value != (double)(size_t)value)
            return digit_fail(reader->error, DIGIT_INVALID,
                              "%s: \"%s\" must contain whole numbers from %zu to %d",
                              reader->layer_where, key, min, MAX_EXTENT_PX);
        *sides[i] = (size_t)value;
    }
    return DIGIT_OK;
}

static enum digit_status get_extent_or(struct extent *out, struct extent otherwise,
                                       const cJSON *json, const char *key, size_t min,
                                       const struct reader *reader)
{
    *out = otherwise;
    return json_has(json, key) ? get_extent(out, json, key, min, reader) : DIGIT_OK;
}

/* The output size of a sliding window; 0 if the window does not fit. */
static size_t slide_along(size_t in, size_t kernel, size_t stride, size_t padding)
{
    return in + 2 * padding < kernel ? 0 : (in + 2 * padding - kernel) / stride + 1;
}

static enum digit_status slide_window(struct layer *layer, size_t channels,
                                      const struct reader *reader)
{
    const struct shape *in = &layer->in;
    layer->out.channels = channels;
    layer->out.height =
        slide_along(in->height, layer->kernel.height, layer->stride.height, layer->padding.height);
    layer->out.width =
        slide_along(in->width, layer->kernel.width, layer->stride.width, layer->padding.width);
    if (layer->out.height == 0 || layer->out.width == 0)
        return digit_fail(reader->error, DIGIT_INVALID,
                          "%s: a kernel of %zux%zu does not fit an input of %zux%zu",
                          reader->layer_where, layer->kernel.height, layer->kernel.width,
                          in->height, in->width);
    return DIGIT_OK;
}

static bool name_is_valid(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length >= ARCHITECTURE_NAME_BYTES)
        return false;
    for (const char *c = name; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && *c != '_' && *c != '-')
            return false;
    return true;
}

static enum digit_status get_name(char out[ARCHITECTURE_NAME_BYTES], const cJSON *json,
                                  const char *where, struct digit_error *error)
{
    const char *name;
    enum digit_status status = json_get_string(&name, json, "name", where, error);
    if (status != DIGIT_OK)
        return status;
    if (!name_is_valid(name))
        return digit_fail(error, DIGIT_INVALID,
                          "%s: \"name\" must be 1 to %d letters, digits, '_' or '-'", where,
                          ARCHITECTURE_NAME_BYTES - 1);
    snprintf(out, ARCHITECTURE_NAME_BYTES, "%s", name);
    return DIGIT_OK;
}

static enum digit_status get_layer_name(struct layer *layer, const cJSON *json,
                                        const struct reader *reader)
{
    enum digit_status status = get_name(layer->name, json, reader->layer_where, reader->error);
    if (status != DIGIT_OK)
        return status;
    for (size_t i = 0; i < reader->out->layer_count; i++)
        if (strcmp(reader->out->layers[i].name, layer->name) == 0)
            return digit_fail(reader->error, DIGIT_INVALID, "%s: name \"%s\" is given twice",
                              reader->layer_where, layer->name);
    return DIGIT_OK;
}

static enum digit_status get_bias(struct layer *layer, const cJSON *json,
                                  const struct reader *reader)
{
    bool has_bias = true;
    enum digit_status status = DIGIT_OK;
    if (json_has(json, "bias"))
        status = json_get_bool(&has_bias, json, "bias", reader->layer_where, reader->error);
    layer->has_bias = has_bias;
    return status;
}

static enum digit_status read_conv2d(struct layer *layer, const cJSON *json,
                                     const struct reader *reader)
{
    size_t channels = 0;
    enum digit_status status = get_layer_name(layer, json, reader);
    if (status == DIGIT_OK && reader->is_flat)
        status = fail_layer(reader, "cannot follow flatten");
    if (status == DIGIT_OK)
        status = json_get_size(&channels, json, "out_channels", 1, MAX_CHANNELS,
                               reader->layer_where, reader->error);
    if (status == DIGIT_OK)
        status = get_extent(&layer->kernel, json, "kernel_size", 1, reader);
    if (status == DIGIT_OK)
        status = get_extent_or(&layer->stride, (struct extent){1, 1}, json, "stride", 1, reader);
    if (status == DIGIT_OK)
        status = get_extent_or(&layer->padding, (struct extent){0, 0}, json, "padding", 0, reader);
    if (status == DIGIT_OK)
        status = get_bias(layer, json, reader);
    return status == DIGIT_OK ? slide_window(layer, channels, reader) : status;
}

static enum digit_status read_batchnorm2d(struct layer *layer, const cJSON *json,
                                          const struct reader *reader)
{
    double epsilon = DEFAULT_EPSILON;
    enum digit_status status = get_layer_name(layer, json, reader);
    if (status == DIGIT_OK && reader->is_flat)
        status = fail_layer(reader, "cannot follow flatten");
    if (status == DIGIT_OK && json_has(json, "epsilon"))
        status = json_get_number(&epsilon, json, "epsilon", MIN_EPSILON, 1.0, reader->layer_where,
                                 reader->error);
    layer->epsilon = (float)epsilon;
    return status;
}

static enum digit_status read_maxpool2d(struct layer *layer, const cJSON *json,
                                        const struct reader *reader)
{
    if (reader->is_flat)
        return fail_layer(reader, "cannot follow flatten");
    enum digit_status status = get_extent(&layer->kernel, json, "kernel_size", 1, reader);
    if (status == DIGIT_OK)
        status = get_extent_or(&layer->stride, layer->kernel, json, "stride", 1, reader);
    return status == DIGIT_OK ? slide_window(layer, layer->in.channels, reader) : status;
}

static enum digit_status read_flatten(struct layer *layer, const cJSON *json,
                                      const struct reader *reader)
{
    (void)json;
    if (reader->is_flat)
        return fail_layer(reader, "the input is flat already");
    layer->out = (struct shape){shape_elements(&layer->in), 1, 1};
    return DIGIT_OK;
}

static enum digit_status read_dense(struct layer *layer, const cJSON *json,
                                    const struct reader *reader)
{
    size_t features = 0;
    enum digit_status status = get_layer_name(layer, json, reader);
    if (status == DIGIT_OK && !reader->is_flat)
        status = fail_layer(reader, "needs a flat input: put flatten before it");
    if (status == DIGIT_OK)
        status = json_get_size(&features, json, "out_features", 1, MAX_CHANNELS,
                               reader->layer_where, reader->error);
    if (status == DIGIT_OK)
        status = get_bias(layer, json, reader);
    layer->out = (struct shape){features, 1, 1};
    return status;
}

static enum digit_status read_dropout(struct layer *layer, const cJSON *json,
                                      const struct reader *reader)
{
    double probability = 0.0;
    enum digit_status status =
        json_get_number(&probability, json, "p", 0.0, 0.95, reader->layer_where, reader->error);
    layer->probability = (float)probability;
    return status;
}

static enum digit_status read_relu(struct layer *layer, const cJSON *json,
                                   const struct reader *reader)
{
    (void)layer, (void)json, (void)reader;
    return DIGIT_OK;
}

/* Reader and keys of each layer type. */
static const struct layer_kind {
    enum digit_status (*read)(struct layer *layer, const cJSON *json, const struct reader *reader);
    const char *keys[8]; /* besides "type" */
} layer_kinds[] = {
    [LAYER_CONV2D] = {read_conv2d,
                      {"name", "out_channels", "kernel_size", "stride", "padding", "bias"}},
    [LAYER_BATCHNORM2D] = {read_batchnorm2d, {"name", "epsilon"}},
    [LAYER_RELU] = {read_relu, {0}},
    [LAYER_MAXPOOL2D] = {read_maxpool2d, {"kernel_size", "stride"}},
    [LAYER_FLATTEN] = {read_flatten, {0}},
    [LAYER_DENSE] = {read_dense, {"name", "out_features", "bias"}},
    [LAYER_DROPOUT] = {read_dropout, {"p"}},
};

#define LAYER_KINDS (sizeof layer_kinds / sizeof *layer_kinds)

static enum digit_status check_layer_keys(const struct layer_kind *kind, const cJSON *json,
                                          const struct reader *reader)
{
    const char *keys[1 + sizeof kind->keys / sizeof *kind->keys] = {"type"};
    size_t count = 1;
    for (size_t i = 0; kind->keys[i] != NULL; i++)
        keys[count++] = kind->keys[i];
    return json_check_keys(json, keys, count, reader->layer_where, reader->error);
}

static enum digit_status find_kind(size_t *out, const cJSON *json, struct reader *reader)
{
    const char *type;
    enum digit_status status =
        json_get_string(&type, json, "type", reader->layer_where, reader->error);
    if (status != DIGIT_OK)
        return status;
    for (size_t i = 0; i < LAYER_KINDS; i++)
        if (strcmp(layer_type_name((enum layer_type)i), type) == 0) {
            *out = i;
            return DIGIT_OK;
        }
    return digit_fail(reader->error, DIGIT_INVALID, "%s: unknown type \"%.32s\"",
                      reader->layer_where, type);
}

static enum digit_status check_sizes(const struct layer *layer, const struct reader *reader)
{
    size_t activations = shape_elements(&layer->out);
    if (activations > MAX_ACTIVATIONS)
        return digit_fail(reader->error, DIGIT_LIMIT, "%s: %zu outputs, the limit is %d",
                          reader->layer_where, activations, MAX_ACTIVATIONS);
    if (layer->type == LAYER_DENSE && layer->out.channels > MAX_PARAMETERS / layer->in.channels)
        return digit_fail(reader->error, DIGIT_LIMIT, "%s: more than %d weights",
                          reader->layer_where, MAX_PARAMETERS);
    if (layer->type == LAYER_CONV2D &&
        layer->out.channels * layer->in.channels >
            MAX_PARAMETERS / (layer->kernel.height * layer->kernel.width))
        return digit_fail(reader->error, DIGIT_LIMIT, "%s: more than %d weights",
                          reader->layer_where, MAX_PARAMETERS);
    return DIGIT_OK;
}

static enum digit_status read_layer(const cJSON *json, struct reader *reader)
{
    size_t number = reader->out->layer_count + 1;
    snprintf(reader->layer_where, sizeof reader->layer_where, "%.80s: layer %zu", reader->where,
             number);
    if (reader->out->layer_count == ARCHITECTURE_MAX_LAYERS)
        return digit_fail(reader->error, DIGIT_LIMIT, "%s: the limit is %d layers",
                          reader->layer_where, ARCHITECTURE_MAX_LAYERS);
    size_t kind = 0;
    enum digit_status status = find_kind(&kind, json, reader);
    if (status != DIGIT_OK)
        return status;
    snprintf(reader->layer_where, sizeof reader->layer_where, "%.80s: layer %zu (%s)",
             reader->where, number, layer_type_name((enum layer_type)kind));
    status = check_layer_keys(&layer_kinds[kind], json, reader);
    if (status != DIGIT_OK)
        return status;

    struct layer layer = {.type = (enum layer_type)kind, .in = reader->shape, .out = reader->shape};
    status = layer_kinds[kind].read(&layer, json, reader);
    if (status == DIGIT_OK)
        status = check_sizes(&layer, reader);
    if (status != DIGIT_OK)
        return status;
    reader->out->layers[reader->out->layer_count++] = layer;
    reader->shape = layer.out;
    reader->is_flat = reader->is_flat || layer.type == LAYER_FLATTEN;
    return DIGIT_OK;
}

static enum digit_status read_layers(const cJSON *layers, struct reader *reader)
{
    if (!cJSON_IsArray(layers))
        return digit_fail(reader->error, DIGIT_INVALID, "%s: \"layers\" must be an array",
                          reader->where);
    for (const cJSON *layer = layers->child; layer != NULL; layer = layer->next) {
        enum digit_status status = read_layer(layer, reader);
        if (status != DIGIT_OK)
            return status;
    }
    if (!reader->is_flat)
        return digit_fail(reader->error, DIGIT_INVALID,
                          "%s: a flatten layer is missing: logits must be flat", reader->where);
    if (reader->shape.channels != DIGIT_CLASSES)
        return digit_fail(reader->error, DIGIT_INVALID,
                          "%s: the last layer has %zu outputs, must have %d logits", reader->where,
                          reader->shape.channels, DIGIT_CLASSES);
    struct parameter_table table;
    parameter_table_init(&table, reader->out);
    if (table.total > MAX_PARAMETERS)
        return digit_fail(reader->error, DIGIT_LIMIT, "%s: %zu parameters, the limit is %d",
                          reader->where, table.total, MAX_PARAMETERS);
    return DIGIT_OK;
}

enum digit_status architecture_parse(struct architecture *out, const char *text, size_t size_bytes,
                                     const char *where, struct digit_error *error)
{
    static const char *const keys[] = {"name", "layers"};
    *out = (struct architecture){.layer_count = 0};
    struct reader reader = {
        .out = out, .where = where, .shape = {1, DIGIT_SIDE_PX, DIGIT_SIDE_PX}, .error = error};
    cJSON *json = NULL;
    enum digit_status status = json_parse(&json, text, size_bytes, where, error);
    if (status == DIGIT_OK)
        status = json_check_keys(json, keys, sizeof keys / sizeof *keys, where, error);
    if (status == DIGIT_OK)
        status = get_name(out->name, json, where, error);
    if (status == DIGIT_OK)
        status = read_layers(cJSON_GetObjectItemCaseSensitive(json, "layers"), &reader);
    cJSON_Delete(json);
    return status;
}

enum digit_status architecture_load(struct architecture *out, const char *path,
                                    struct digit_error *error)
{
    uint8_t *text = NULL;
    size_t size_bytes = 0;
    enum digit_status status = file_read(&text, &size_bytes, path, MAX_FILE_BYTES, error);
    if (status == DIGIT_OK)
        status = architecture_parse(out, (const char *)text, size_bytes, path, error);
    free(text);
    return status;
}
