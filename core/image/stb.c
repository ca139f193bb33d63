#include "core/image/stb.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/image/bmp.h"
#include "core/image/jpeg.h"
#include "core/image/luma.h"

/* Whether an allocation failed since the thread's last call; stb_image does not always report it. */
static _Thread_local bool out_of_memory;

/* Zeroed, because a corrupt picture may use a table that it never defined, which must not expose old memory. */
static void *allocate_block(size_t size_bytes)
{
    void *block = calloc(1, size_bytes);

    out_of_memory = out_of_memory || block == NULL;
    return block;
}

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#ifdef DIGITD_JPEG_STB
#define STBI_ONLY_JPEG
#endif
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#ifdef __ARM_NEON
#define STBI_NEON /* on other processors stb_image detects what it can use */
#endif
#define STBI_MAX_DIMENSIONS       65535
#define STBI_MALLOC(size)         allocate_block(size)
#define STBI_REALLOC(block, size) realloc(block, size)
#define STBI_FREE(block)          free(block)
/* stb_image asserts on the contents of the file; without the assertions its functions fail instead. */
#define STBI_ASSERT(condition) ((void)0)
/* It declares static functions that are not compiled in, of which gcc warns at the end of this file. */
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb_image.h>

static enum digit_status fail_with(const char *reason, struct digit_error *error)
{
    if (out_of_memory)
        return digit_fail(error, DIGIT_NO_MEMORY, "stb_image: no memory");
    return digit_fail(error, DIGIT_MALFORMED, "stb_image: %s", reason);
}

/* stb_image must be about to allocate what was checked against the limits. */
static enum digit_status check_agreement(const struct image_measure *measure, const uint8_t *bytes,
                                         int size_bytes, struct digit_error *error)
{
    int width = 0;
    int height = 0; /* negative for a BMP whose top row comes first */
    int channels = 0;

    if (!stbi_info_from_memory(bytes, size_bytes, &width, &height, &channels))
        return fail_with("cannot read the header", error);
    if (width < 0 || (size_t)width != measure->width_px ||
        (size_t)llabs(height) != measure->height_px)
        return digit_fail(error, DIGIT_MALFORMED, "stb_image: %dx%d px, but %zux%zu were measured",
                          width, height, measure->width_px, measure->height_px);
    return DIGIT_OK;
}

/* A picture as stb_image returns it: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
struct decoded {
    uint8_t *samples; /* [height_px][width_px][channels], 0 to 255; freed with free */
    size_t channels;
};

/* Asked for grey, stb_image returns the Y of a YCbCr picture and never computes the colours. */
static enum digit_status load_samples(struct decoded *out, const struct image_measure *measure,
                                      const uint8_t *bytes, size_t size_bytes, bool grey,
                                      struct digit_error *error)
{
    int width = 0;
    int height = 0;
    int channels = 0;

    if (size_bytes > INT_MAX)
        return digit_fail(error, DIGIT_LIMIT, "stb_image: %zu bytes, the limit is %d", size_bytes,
                          INT_MAX);
    /* Some of its failures set no reason; an old reason must not be reported instead. */
    stbi__g_failure_reason = "no reason given";
    out_of_memory = false;

    const enum digit_status status = check_agreement(measure, bytes, (int)size_bytes, error);

    if (status != DIGIT_OK)
        return status;
    out->samples = stbi_load_from_memory(bytes, (int)size_bytes, &width, &height, &channels,
                                         grey ? STBI_grey : STBI_default);
    if (out->samples == NULL)
        return fail_with(stbi_failure_reason(), error);
    out->channels = grey ? 1 : (size_t)channels;
    return DIGIT_OK;
}

static uint16_t deep_of(uint8_t octet)
{
    return (uint16_t)(octet * 257u); /* 65,535 / 255 */
}

/* Splits a row of pixels into luma and alpha. */
static void split_luma(const struct reduction_row *out, const uint8_t *pixel, size_t channels)
{
    for (size_t x = 0; x < out->count; x++, pixel += channels) {
        out->samples[0].octets[x] =
            channels >= 3 ? luma_of(pixel[0], pixel[1], pixel[2]) : pixel[0];
        if (out->alpha.octets != NULL)
            out->alpha.octets[x] = pixel[channels - 1];
    }
}

/* The same for red, green, blue and alpha. */
static void split_colour(const struct reduction_row *out, const uint8_t *pixel, size_t channels)
{
    for (size_t x = 0; x < out->count; x++, pixel += channels) {
        for (size_t c = 0; c < REDUCTION_CHANNELS_MAX; c++)
            out->samples[c].deep[x] = deep_of(pixel[channels >= 3 ? c : 0]);
        if (out->alpha.deep != NULL)
            out->alpha.deep[x] = deep_of(pixel[channels - 1]);
    }
}

static bool row_has_colour(const uint8_t *pixel, size_t count, size_t channels)
{
    unsigned differences = 0;

    if (channels < 3)
        return false;
    for (size_t x = 0; x < count; x++, pixel += channels)
        differences |= (unsigned)(pixel[0] ^ pixel[1]) | (unsigned)(pixel[0] ^ pixel[2]);
    return differences != 0;
}

static void add_row(struct reduction *reduction, struct reduction_row *row,
                    const struct decoded *decoded, size_t y)
{
    const size_t channels = decoded->channels;
    const uint8_t *pixels = decoded->samples + y * row->count * channels;

    row->y_px = y;
    if (reduction->kind == REDUCTION_COLOUR)
        split_colour(row, pixels, channels);
    else
        split_luma(row, pixels, channels);
    if (!reduction->has_colour)
        reduction->has_colour = row_has_colour(pixels, row->count, channels);
    reduction_add_row(reduction, row);
}

/* Room for a row of each channel and of alpha, in one block that the caller frees. */
static void *take_row(struct reduction_row *out, enum reduction_kind kind, size_t width_px,
                      bool has_alpha)
{
    const size_t channels = kind == REDUCTION_COLOUR ? REDUCTION_CHANNELS_MAX : 1;
    uint16_t *deep = allocate_block((channels + 1) * width_px *
                                    (kind == REDUCTION_LUMA ? sizeof(uint8_t) : sizeof(uint16_t)));
    uint8_t *octets = (uint8_t *)deep;

    *out = (struct reduction_row){.step_px = 1, .cell_px = 1, .count = width_px};
    if (deep == NULL)
        return NULL;
    if (kind == REDUCTION_LUMA) {
        out->samples[0].octets = octets;
        out->alpha.octets = has_alpha ? octets + width_px : NULL;
        return deep;
    }
    for (size_t c = 0; c < channels; c++)
        out->samples[c].deep = deep + c * width_px;
    out->alpha.deep = has_alpha ? deep + channels * width_px : NULL;
    return deep;
}

static enum digit_status reduce_samples(struct reduction *reduction,
                                        const struct image_measure *measure,
                                        const struct decoded *decoded, struct digit_error *error)
{
    const bool has_alpha = decoded->channels % 2 == 0;
    struct reduction_row row;
    void *rows = take_row(&row, reduction->kind, measure->width_px, has_alpha);
    enum digit_status status =
        reduction_begin(reduction, measure->width_px, measure->height_px, has_alpha, error);

    if (status == DIGIT_OK && rows == NULL)
        status = fail_with("no memory", error);
    for (size_t y = 0; status == DIGIT_OK && y < measure->height_px; y++)
        add_row(reduction, &row, decoded, y);
    free(rows);
    return status;
}

static enum digit_status decode_picture(struct reduction *reduction,
                                        const struct image_measure *measure, const uint8_t *bytes,
                                        size_t size_bytes, bool grey, struct digit_error *error)
{
    struct decoded decoded = {0};
    enum digit_status status = load_samples(&decoded, measure, bytes, size_bytes, grey, error);

    if (status == DIGIT_OK)
        status = reduce_samples(reduction, measure, &decoded, error);
    free(decoded.samples);
    return status;
}

enum digit_status image_bmp_decode(struct reduction *reduction, const struct image_measure *measure,
                                   const uint8_t *bytes, size_t size_bytes,
                                   struct digit_error *error)
{
    const enum digit_status status = image_bmp_check_pixels(bytes, error);

    if (status != DIGIT_OK)
        return status;
    return decode_picture(reduction, measure, bytes, size_bytes, false, error);
}

#ifdef DIGITD_JPEG_STB

/* Of each pixel: luma and alpha; three channels and alpha. */
#define LUMA_ROW_BYTES   2
#define COLOUR_ROW_BYTES 8

static bool returns_grey(enum jpeg_colour colour)
{
    return colour == JPEG_GREY || colour == JPEG_YCBCR;
}

/* Sides are rounded up to whole blocks. A component's samples and, in a progressive JPEG, its coefficients of two
 * bytes; then the result, of three bytes a pixel if it is not grey. A row of each component is stretched. */
uint64_t image_jpeg_decoder_bytes(const struct jpeg_frame *frame, bool colour)
{
    const bool is_grey = !colour && returns_grey(frame->colour);
    const uint64_t sample_bytes = frame->progressive ? 3 : 1;
    const uint64_t pixels = (uint64_t)frame->width_px * frame->height_px;
    uint64_t blocks = 0;

    for (size_t i = 0; i < frame->component_count; i++)
        blocks += frame->components[i].blocks;
    return sizeof(stbi__jpeg) + blocks * JPEG_BLOCK_SAMPLES * sample_bytes +
           pixels * (is_grey ? 1 : 3) +
           (uint64_t)frame->width_px *
               (frame->component_count + (colour ? COLOUR_ROW_BYTES : LUMA_ROW_BYTES));
}

enum digit_status image_jpeg_decode(struct reduction *reduction,
                                    const struct image_measure *measure, const uint8_t *bytes,
                                    size_t size_bytes, struct digit_error *error)
{
    const bool is_grey = reduction->kind == REDUCTION_LUMA && returns_grey(measure->jpeg_colour);

    reduction->has_colour = measure->jpeg_colour != JPEG_GREY;
    return decode_picture(reduction, measure, bytes, size_bytes, is_grey, error);
}

#endif
