#include "core/image/png.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <png.h>
#include <zlib.h>

#include "core/base/bytes.h"
#include "core/image/arena.h"
#include "core/image/exif.h"

#define SIGNATURE_BYTES      8
#define CHUNK_HEAD_BYTES     8 /* length, type */
#define CHUNK_CRC_BYTES      4
#define IHDR_BYTES           13
#define CHUNKS_KEPT_MAX      1 /* 0 means unlimited to libpng; no chunk is kept */
#define LIBPNG_MESSAGE_BYTES 128
#define KNOWN_CHUNKS_TO_SKIP (-1) /* libpng: all except IHDR, PLTE, tRNS, IDAT and IEND */

/* One decoding: libpng's state and the data of its callbacks. It outlives every longjmp. */
struct png_reading {
    png_structp png;
    png_infop info;
    const uint8_t *next;
    size_t left_bytes;
    struct digit_image_arena *arena;
    bool out_of_memory;
    char message[LIBPNG_MESSAGE_BYTES]; /* libpng's error */
};

static bool chunk_is(const uint8_t *chunk, const char *type)
{
    return memcmp(chunk + 4, type, 4) == 0;
}

/* The length of the chunk with its head and CRC; 0 if it is truncated. */
static size_t chunk_bytes(const uint8_t *chunk, size_t left_bytes)
{
    if (left_bytes < CHUNK_HEAD_BYTES + CHUNK_CRC_BYTES)
        return 0;

    const size_t data_bytes = bytes_be32(chunk);

    if (data_bytes > left_bytes - CHUNK_HEAD_BYTES - CHUNK_CRC_BYTES)
        return 0;
    return CHUNK_HEAD_BYTES + data_bytes + CHUNK_CRC_BYTES;
}

/* libpng reads an eXIf chunk only before the pixels, although it may follow them. */
static unsigned chunk_orientation(const uint8_t *chunk, size_t length)
{
    const size_t data_bytes = length - CHUNK_HEAD_BYTES - CHUNK_CRC_BYTES;
    const uint32_t crc = bytes_be32(chunk + CHUNK_HEAD_BYTES + data_bytes);

    if (crc32_z(0, chunk + 4, data_bytes + 4) != crc)
        return EXIF_UPRIGHT;
    return exif_orientation(chunk + CHUNK_HEAD_BYTES, data_bytes);
}

enum digit_status image_png_measure(struct raster *raster, const uint8_t *bytes, size_t size_bytes,
                                    struct digit_error *error)
{
    size_t at = SIGNATURE_BYTES;
    bool has_exif = false;
    size_t length = chunk_bytes(bytes + at, size_bytes - at);

    if (length != 0 && (!chunk_is(bytes + at, "IHDR") || bytes_be32(bytes + at) != IHDR_BYTES))
        return digit_fail(error, DIGIT_MALFORMED, "png: the first chunk is not an IHDR of %d bytes",
                          IHDR_BYTES);
    if (length != 0) {
        raster->width_px = bytes_be32(bytes + at + CHUNK_HEAD_BYTES);
        raster->height_px = bytes_be32(bytes + at + CHUNK_HEAD_BYTES + 4);
    }
    while (length != 0 && !chunk_is(bytes + at, "IEND")) {
        if (!has_exif && chunk_is(bytes + at, "eXIf")) {
            has_exif = true;
            raster->orientation = chunk_orientation(bytes + at, length);
        }
        at += length;
        length = chunk_bytes(bytes + at, size_bytes - at);
    }
    if (length == 0)
        return digit_fail(error, DIGIT_MALFORMED, "png: truncated: no IEND chunk in %zu bytes",
                          size_bytes);
    return DIGIT_OK;
}

static png_voidp allocate_block(png_structp png, png_alloc_size_t size_bytes)
{
    struct png_reading *reading = png_get_mem_ptr(png);
    void *block = arena_take(reading->arena, size_bytes);

    if (block == NULL)
        reading->out_of_memory = true;
    return block;
}

static void free_block(png_structp png, png_voidp block)
{
    const struct png_reading *reading = png_get_mem_ptr(png);

    arena_give(reading->arena, block);
}

static void handle_error(png_structp png, png_const_charp message)
{
    struct png_reading *reading = png_get_error_ptr(png);

    snprintf(reading->message, sizeof reading->message, "%s", message);
    png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void read_bytes(png_structp png, png_bytep out, size_t count)
{
    struct png_reading *reading = png_get_io_ptr(png);

    if (count > reading->left_bytes)
        png_error(png, "the data end too early");
    memcpy(out, reading->next, count);
    reading->next += count;
    reading->left_bytes -= count;
}

/* libpng's own limits, a second line of defence: nothing may be larger than the data that contain it. */
static void set_limits(struct png_reading *reading, const struct raster *raster)
{
    png_set_user_limits(reading->png, (png_uint_32)raster->width_px,
                        (png_uint_32)raster->height_px);
    png_set_chunk_cache_max(reading->png, CHUNKS_KEPT_MAX);
    png_set_chunk_malloc_max(reading->png, reading->left_bytes);
    png_set_keep_unknown_chunks(reading->png, PNG_HANDLE_CHUNK_NEVER, NULL, KNOWN_CHUNKS_TO_SKIP);
}

/* Every picture is decoded to 8-bit grey or RGB, with alpha if there is transparency. */
static void set_transforms(struct png_reading *reading)
{
    png_set_expand(reading->png);
    png_set_scale_16(reading->png);
}

/* For an interlaced picture the rows are read once per pass; libpng fills in the pixels of each pass. */
static void read_rows(struct png_reading *reading, const struct raster *raster, int pass_count)
{
    const size_t row_bytes = raster->width_px * raster->channels;

    for (int pass = 0; pass < pass_count; pass++)
        for (size_t y = 0; y < raster->height_px; y++)
            png_read_row(reading->png, raster->samples + y * row_bytes, NULL);
}

/* False on an error. libpng then returns to the setjmp, after which no local variable had changed. */
static bool read_picture(struct png_reading *reading, struct raster *raster)
{
    if (setjmp(png_jmpbuf(reading->png)) != 0)
        return false;
    set_limits(reading, raster);
    png_set_read_fn(reading->png, reading, read_bytes);
    png_read_info(reading->png, reading->info);
    set_transforms(reading);

    const int pass_count = png_set_interlace_handling(reading->png);

    png_read_update_info(reading->png, reading->info);
    raster->channels = png_get_channels(reading->png, reading->info);
    if (raster->width_px * raster->height_px > SIZE_MAX / raster->channels)
        png_error(reading->png, "larger than the address space");

    const size_t samples_bytes = raster->width_px * raster->height_px * raster->channels;

    raster->samples = arena_take(raster->arena, samples_bytes);
    if (raster->samples == NULL) {
        reading->out_of_memory = true;
        return false;
    }
    memset(raster->samples, 0, samples_bytes);
    read_rows(reading, raster, pass_count);
    return true;
}

enum digit_status image_png_decode(struct raster *raster, const uint8_t *bytes, size_t size_bytes,
                                   struct digit_error *error)
{
    struct png_reading reading = {.next = bytes, .left_bytes = size_bytes, .arena = raster->arena};
    bool done = false;

    raster->samples = NULL;
    reading.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &reading, handle_error,
                                           ignore_warning, &reading, allocate_block, free_block);
    if (reading.png != NULL)
        reading.info = png_create_info_struct(reading.png);
    if (reading.info != NULL)
        done = read_picture(&reading, raster);
    png_destroy_read_struct(&reading.png, &reading.info, NULL);
    if (done)
        return DIGIT_OK;
    arena_give(raster->arena, raster->samples);
    raster->samples = NULL;
    if (reading.out_of_memory)
        return digit_fail(error, DIGIT_NO_MEMORY, "png: no memory for %zux%zu px", raster->width_px,
                          raster->height_px);
    return digit_fail(error, DIGIT_MALFORMED, "png: %s", reading.message);
}
