#include "trainer/report/first_layer.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/network/parameters.h"
#include "trainer/report/png.h"
#include "trainer/report/sheet.h"

#define SHEET_COLUMNS 8
#define SHEET_TILE_PX 72 /* approximately: each weight is drawn with whole pixels */
#define SHEET_GAP_PX  6

static const uint8_t POSITIVE[] = {0xd5, 0x5e, 0x00};
static const uint8_t NEGATIVE[] = {0x00, 0x72, 0xb2};

/* The first layer with weights, or NULL; `in` is the shape of its input before flattening. */
static const struct layer *find_layer(struct shape *in, const struct architecture *architecture)
{
    *in = architecture->layers[0].in;
    for (size_t i = 0; i < architecture->layer_count; i++) {
        const struct layer *layer = &architecture->layers[i];
        if (layer->type == LAYER_CONV2D || layer->type == LAYER_DENSE)
            return layer;
        if (layer->type != LAYER_FLATTEN)
            *in = layer->out;
    }
    return NULL;
}

static float largest_magnitude(const float *values, size_t count)
{
    float largest = FLT_MIN;
    for (size_t i = 0; i < count; i++)
        largest = fmaxf(largest, fabsf(values[i]));
    return largest;
}

void first_layer_find(struct first_layer *out, const struct model_file *file)
{
    memset(out, 0, sizeof *out);
    struct shape in;
    const struct layer *layer = find_layer(&in, &file->architecture);
    if (layer == NULL || in.channels != 1)
        return;
    bool dense = layer->type == LAYER_DENSE;
    size_t height = dense ? in.height : layer->kernel.height;
    size_t width = dense ? in.width : layer->kernel.width;
    char name[PARAMETER_NAME_BYTES];
    snprintf(name, sizeof name, "%s.weight", layer->name);
    const struct safetensor *weight = safetensors_find(file->tensors, name);
    if (weight == NULL || weight->count != weight->shape[0] * height * width)
        return;
    size_t count = weight->shape[0];
    size_t shown = count < FIRST_LAYER_SHOWN_MAX ? count : FIRST_LAYER_SHOWN_MAX;
    *out = (struct first_layer){
        .name = layer->name,
        .count = count,
        .shown = shown,
        .height = height,
        .width = width,
        .weights = weight->data,
        .largest = largest_magnitude(weight->data, shown * height * width),
    };
}

/* Draws an output into an RGBA picture from `place` on, each weight as scale x scale pixels. */
static void draw_output(struct png_picture *picture, const struct first_layer *layer, size_t index,
                        size_t scale, struct sheet_place place)
{
    const float *weights = layer->weights + index * layer->height * layer->width;
    for (size_t y = 0; y < layer->height * scale; y++)
        for (size_t x = 0; x < layer->width * scale; x++) {
            float value = weights[y / scale * layer->width + x / scale] / layer->largest;
            size_t row = place.top_px + y, column = place.left_px + x;
            uint8_t *pixel = picture->samples + 4 * (row * picture->width_px + column);
            memcpy(pixel, value > 0.0f ? POSITIVE : NEGATIVE, 3);
            pixel[3] = (uint8_t)lrintf(255.0f * fabsf(value));
        }
}

enum digit_status first_layer_add_uri(struct buffer *out, const struct first_layer *layer,
                                      size_t index, struct digit_error *error)
{
    struct png_picture picture;
    enum digit_status status =
        png_picture_init(&picture, PNG_PICTURE_RGBA, layer->width, layer->height, error);
    if (status != DIGIT_OK)
        return status;
    draw_output(&picture, layer, index, 1, (struct sheet_place){0, 0});
    status = png_picture_add_uri(out, &picture, error);
    png_picture_release(&picture);
    return status;
}

enum digit_status first_layer_add_sheet(struct buffer *out, const struct first_layer *layer,
                                        struct digit_error *error)
{
    if (layer->name == NULL)
        return DIGIT_OK;
    size_t side = layer->height > layer->width ? layer->height : layer->width;
    size_t scale = side < SHEET_TILE_PX ? SHEET_TILE_PX / side : 1;
    const struct sheet_layout layout = {
        .tile_count = layer->shown,
        .columns_max = SHEET_COLUMNS,
        .tile_width_px = layer->width * scale,
        .tile_height_px = layer->height * scale,
        .gap_px = SHEET_GAP_PX,
    };
    struct png_picture sheet;
    enum digit_status status = sheet_init(&sheet, PNG_PICTURE_RGBA, &layout, error);
    if (status != DIGIT_OK)
        return status;
    for (size_t i = 0; i < layer->shown; i++)
        draw_output(&sheet, layer, i, scale, sheet_place_of(&layout, i));
    status = png_picture_add(out, &sheet, error);
    png_picture_release(&sheet);
    return status;
}
