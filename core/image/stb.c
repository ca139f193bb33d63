#include "core/image/stb.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

/* Whether an allocation failed since the thread's last call; stb_image does not always report it. */
static _Thread_local bool out_of_memory;

/* Zeroed, because a corrupt JPEG may use a table that it never defined, which must not expose old memory. */
static void *allocate_block(size_t size_bytes)
{
    void *block = calloc(1, size_bytes);

    out_of_memory = out_of_memory || block == NULL;
    return block;
}

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
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
static enum digit_status check_agreement(const struct raster *raster, const uint8_t *bytes,
                                         int size_bytes, struct digit_error *error)
{
    int width = 0;
    int height = 0; /* negative for a BMP whose top row comes first */
    int channels = 0;

    if (!stbi_info_from_memory(bytes, size_bytes, &width, &height, &channels))
        return fail_with("cannot read the header", error);
    if (width < 0 || (size_t)width != raster->width_px ||
        (size_t)llabs(height) != raster->height_px)
        return digit_fail(error, DIGIT_MALFORMED, "stb_image: %dx%d px, but %zux%zu were measured",
                          width, height, raster->width_px, raster->height_px);
    return DIGIT_OK;
}

enum digit_status image_stb_decode(struct raster *raster, const uint8_t *bytes, size_t size_bytes,
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

    const enum digit_status status = check_agreement(raster, bytes, (int)size_bytes, error);

    if (status != DIGIT_OK)
        return status;
    /* Asked for grey, it returns the Y of a YCbCr picture and never computes the colours. */
    raster->samples = stbi_load_from_memory(bytes, (int)size_bytes, &width, &height, &channels,
                                            raster->has_luma ? STBI_grey : STBI_default);
    if (raster->samples == NULL)
        return fail_with(stbi_failure_reason(), error);
    raster->channels = raster->has_luma ? 1 : (size_t)channels;
    return DIGIT_OK;
}
