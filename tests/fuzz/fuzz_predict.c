/*
 * Bodies of /predict: the first byte says of which type, the rest is the body. Whatever it is, it is
 * refused with a problem or becomes octets, or pixels from 0 to 1.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "server/endpoints/predict_body.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define CAPACITY          4
#define MAX_SIDE_PX       4200 /* so that pictures are reduced by up to 9 */
#define MAX_PIXELS        (300 * 300)
#define MAX_DECODER_BYTES (2u << 20)
#define MAX_COST_US       100000
#define MANY_DIGITS       0x80 /* of the first byte: all digits of a picture are asked for */
#define MAX_BODY_BYTES    ((size_t)1 << 20)

/* What takes the place of one worker's memory. */
static float pixels[CAPACITY * DIGIT_PIXELS];
static uint8_t octets[CAPACITY * DIGIT_PIXELS];
static struct predict_source sources[CAPACITY];
static uint8_t scratch[MAX_BODY_BYTES];
static uint8_t arena_bytes[DIGIT_IMAGE_ARENA_BYTES];

static const char *const types[] = {
    "image/png",
    "application/json",
    "application/octet-stream",
    "multipart/form-data; boundary=b",
    "application/json; charset=utf-8",
    NULL,
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static struct digit_preprocessor *preprocessor(void)
{
    static struct digit_preprocessor *made;
    if (made == NULL)
        check(digit_preprocessor_create(&made, NULL) == DIGIT_OK);
    return made;
}

static void check_pixels(const float values[DIGIT_PIXELS])
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        check(values[i] >= 0.0f && values[i] <= 1.0f);
}

static void check_input(const struct predict_input *input)
{
    check(input->count <= CAPACITY);
    for (size_t i = 0; i < input->count; i++) {
        const struct predict_source *source = &sources[i];
        const struct digit_box *crop = &source->receipt.crop;
        if (!source->is_octets)
            check_pixels(predict_input_pixels(input, i));
        if (source->is_picture)
            check(crop->left_px + crop->width_px <= source->width_px &&
                  crop->top_px + crop->height_px <= source->height_px);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct digit_image_arena arena = {.bytes = arena_bytes, .size_bytes = sizeof arena_bytes};
    struct fault fault;
    if (size < 2 || size > MAX_BODY_BYTES)
        return -1; /* not for the corpus */
    struct predict_input input = {
        .pixels = pixels,
        .octets = octets,
        .sources = sources,
        .capacity = CAPACITY,
        .many = (bytes[0] & MANY_DIGITS) != 0,
        .scratch = scratch,
        .scratch_bytes = sizeof scratch,
        .arena = &arena,
        .preprocessor = preprocessor(),
        .limits = {.max_side_px = MAX_SIDE_PX,
                   .max_pixels = MAX_PIXELS,
                   .max_decoder_bytes = MAX_DECODER_BYTES,
                   .max_cost_us = MAX_COST_US},
    };
    const char *type = types[(bytes[0] & ~MANY_DIGITS) % (sizeof types / sizeof types[0])];
    if (predict_read_body(&input, type, bytes + 1, size - 1, &fault) == PROBLEM_NONE)
        check_input(&input);
    else
        check(fault.detail[0] != '\0');
    return 0;
}
