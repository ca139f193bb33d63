#include "core/image/png.h"

#include <stdbool.h>
#include <string.h>

#include <zlib.h>

#include "core/base/bytes.h"
#include "core/image/arena.h"
#include "core/image/exif.h"
#include "core/image/png_chunks.h"
#include "core/image/png_filter.h"
#include "core/image/png_pixels.h"

#define EXIF_BYTES_MAX    65535
#define PALETTE_BYTES_MAX (3 * PNG_COLOURS_MAX)
/* Rows are inflated together up to this many bytes: zlib is slower where it has little room. */
#define ROWS_BYTES 65536
/* Inflate's state and its window of 32 KiB. */
#define INFLATE_BYTES 43008
/* What deflate adds to data that it cannot compress is far less than an eighth, but small blocks and flushes
 * after each row cost something. */
#define DEFLATE_SLACK_BYTES 65536

/* Encoders write blocks of 10,000 bytes and more. With the least memory, zlib writes one for 127 literals, but hardly
 * for pictures of megabytes; some encoders flush after each row, which takes another block. */
#define BLOCKS_ALWAYS     64
#define BLOCKS_PER_ROW    4
#define BLOCK_BYTES_MIN   127
#define SMALL_BLOCKS_MAX  16384
#define LARGE_BLOCK_BYTES 1024
#define BLOCK_ENDED       128 /* in zlib's data_type */

/* One decoding. */
struct png_reading {
    struct png_header header;
    struct png_colours colours;
    const uint8_t *bytes;
    size_t size_bytes;
    size_t at; /* the next chunk */
    z_stream stream;
    uint64_t block_count; /* of deflate, and zlib's header */
    uint64_t blocks_max;
    struct digit_image_arena *arena;
    uint8_t *rows;    /* the row above, then rows with their filter types */
    uint8_t *samples; /* of one row: the channels, then alpha */
};

static bool is_depth_of(const struct png_header *header)
{
    const unsigned depth = header->depth;

    switch (header->colour) {
    case PNG_GREY:
        return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    case PNG_PALETTE:
        return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    default:
        return png_components(header->colour) != 0 && (depth == 8 || depth == 16);
    }
}

static enum digit_status check_header(const struct png_header *header, struct digit_error *error)
{
    if (!is_depth_of(header))
        return digit_fail(error, DIGIT_MALFORMED, "png: colour type %u with %u bits",
                          header->colour, header->depth);
    if (header->compression != 0 || header->filter != 0 || header->interlace > 1)
        return digit_fail(error, DIGIT_MALFORMED,
                          "png: compression %u, filter %u, interlacing %u; 0, 0, and 0 or 1 exist",
                          header->compression, header->filter, header->interlace);
    return DIGIT_OK;
}

static enum digit_status read_first_chunk(struct png_chunk *chunk, const uint8_t *bytes,
                                          size_t size_bytes, size_t *at, struct digit_error *error)
{
    if (!png_next_chunk(chunk, bytes, size_bytes, at))
        return digit_fail(error, DIGIT_MALFORMED, "png: truncated: no IEND chunk in %zu bytes",
                          size_bytes);
    if (!png_chunk_is(chunk, "IHDR") || chunk->size_bytes != PNG_IHDR_BYTES)
        return digit_fail(error, DIGIT_MALFORMED, "png: the first chunk is not an IHDR of %d bytes",
                          PNG_IHDR_BYTES);
    return DIGIT_OK;
}

/* The first EXIF chunk counts, which may follow the pixels. A damaged one is ignored, and so is one that no JPEG
 * could hold, so that its checksum costs little. */
static unsigned orientation_of(const struct png_chunk *chunk)
{
    return png_chunk_is_intact(chunk) ? exif_orientation(chunk->data, chunk->size_bytes)
                                      : EXIF_UPRIGHT;
}

static enum digit_status walk_chunks(struct image_measure *out, uint64_t *idat_bytes,
                                     const uint8_t *bytes, size_t size_bytes, size_t at,
                                     struct digit_error *error)
{
    struct png_chunk chunk;
    bool has_exif = false;

    *idat_bytes = 0;
    while (png_next_chunk(&chunk, bytes, size_bytes, &at)) {
        if (png_chunk_is(&chunk, "IEND"))
            return DIGIT_OK;
        out->coded_bytes += PNG_CHUNK_HEAD_BYTES;
        if (png_chunk_is(&chunk, "IDAT"))
            *idat_bytes += chunk.size_bytes;
        else if (png_chunk_is(&chunk, "tRNS"))
            out->may_have_alpha = true;
        if (!has_exif && png_chunk_is(&chunk, "eXIf") && chunk.size_bytes <= EXIF_BYTES_MAX) {
            has_exif = true;
            out->orientation = orientation_of(&chunk);
        }
    }
    return digit_fail(error, DIGIT_MALFORMED, "png: truncated: no IEND chunk in %zu bytes",
                      size_bytes);
}

/* Two rows or more of the picture. */
static uint64_t rows_bytes(const struct png_header *header)
{
    const uint64_t row_bytes = 1 + png_row_bytes(header, header->width_px);
    const uint64_t all_bytes = row_bytes * header->height_px;
    const uint64_t together = all_bytes < ROWS_BYTES ? all_bytes : ROWS_BYTES;

    return row_bytes + (row_bytes < together ? together : row_bytes);
}

/* A row of each channel and of alpha. */
static uint64_t samples_bytes(enum reduction_kind kind, size_t width_px)
{
    const size_t rows = 1 + (kind == REDUCTION_COLOUR ? REDUCTION_CHANNELS_MAX : 1);

    return (uint64_t)width_px * rows * (kind == REDUCTION_LUMA ? 1 : sizeof(uint16_t));
}

static void note_header(struct image_measure *out, const struct png_header *header)
{
    const enum reduction_kind luma =
        header->depth == PNG_DEPTH_MAX ? REDUCTION_DEEP_LUMA : REDUCTION_LUMA;

    out->components = png_components(header->colour);
    out->component_bits = header->depth;
    out->progressive = header->interlace != 0;
    out->scan_count = 1;
    out->inflated_bytes = png_inflated_bytes(header);
    out->any_order = header->interlace != 0;
    out->may_have_alpha |= header->colour == PNG_GREY_ALPHA || header->colour == PNG_RGB_ALPHA;
    out->decoder_bytes = INFLATE_BYTES + rows_bytes(header) + samples_bytes(luma, header->width_px);
    out->colour_decoder_bytes =
        INFLATE_BYTES + rows_bytes(header) + samples_bytes(REDUCTION_COLOUR, header->width_px);
}

/* No limit admits longer sides, with which the sums could exceed 2^64; of those nothing else is measured. */
static bool is_measurable(const struct png_header *header)
{
    return header->width_px <= DIGIT_IMAGE_SIDE_MAX_PX &&
           header->height_px <= DIGIT_IMAGE_SIDE_MAX_PX;
}

enum digit_status image_png_measure(struct image_measure *out, const uint8_t *bytes,
                                    size_t size_bytes, struct digit_error *error)
{
    size_t at = PNG_SIGNATURE_BYTES;
    struct png_chunk chunk;
    uint64_t idat_bytes = 0;
    enum digit_status status = read_first_chunk(&chunk, bytes, size_bytes, &at, error);

    if (status != DIGIT_OK)
        return status;

    const struct png_header header = png_read_header(chunk.data);

    status = walk_chunks(out, &idat_bytes, bytes, size_bytes, at, error);
    if (status == DIGIT_OK)
        status = check_header(&header, error);
    if (status != DIGIT_OK)
        return status;
    out->width_px = header.width_px;
    out->height_px = header.height_px;
    if (!is_measurable(&header))
        return DIGIT_OK;
    note_header(out, &header);

    out->coded_bytes += idat_bytes;

    const uint64_t needed_bytes =
        out->inflated_bytes + out->inflated_bytes / 8 + DEFLATE_SLACK_BYTES;

    if (idat_bytes > needed_bytes)
        return digit_fail(error, DIGIT_MALFORMED,
                          "png: IDAT chunks of %llu bytes; the rows of %ux%u px need at most %llu",
                          (unsigned long long)idat_bytes, (unsigned)header.width_px,
                          (unsigned)header.height_px, (unsigned long long)needed_bytes);
    return DIGIT_OK;
}

static void *allocate_block(void *opaque, unsigned count, unsigned size_bytes)
{
    return arena_take(opaque, (size_t)count * size_bytes);
}

static void free_block(void *opaque, void *block)
{
    arena_give(opaque, block);
}

static enum digit_status take_palette(struct png_reading *reading, const struct png_chunk *chunk,
                                      struct digit_error *error)
{
    if (reading->header.colour != PNG_PALETTE)
        return DIGIT_OK;
    if (reading->colours.count > 0)
        return digit_fail(error, DIGIT_MALFORMED, "png: PLTE: two palettes");
    if (chunk->size_bytes == 0 || chunk->size_bytes > PALETTE_BYTES_MAX ||
        chunk->size_bytes % 3 != 0)
        return digit_fail(error, DIGIT_MALFORMED,
                          "png: PLTE: %zu bytes; 1 to %d colours have 3 bytes each",
                          chunk->size_bytes, PNG_COLOURS_MAX);
    if (!png_chunk_is_intact(chunk))
        return digit_fail(error, DIGIT_MALFORMED, "png: PLTE: CRC error");
    png_colours_take_palette(&reading->colours, &reading->header, chunk);
    return DIGIT_OK;
}

/* As every damaged ancillary chunk, a damaged tRNS is ignored. */
static enum digit_status take_chunk(struct png_reading *reading, const struct png_chunk *chunk,
                                    struct digit_error *error)
{
    if (png_chunk_is(chunk, "PLTE"))
        return take_palette(reading, chunk, error);
    if (png_chunk_is(chunk, "tRNS") && png_chunk_is_intact(chunk))
        png_colours_take_transparency(&reading->colours, &reading->header, chunk);
    if (!png_chunk_is_ancillary(chunk))
        return digit_fail(error, DIGIT_MALFORMED,
                          "png: a chunk of type 0x%08x, which no decoder may skip",
                          (unsigned)bytes_be32(chunk->type));
    return DIGIT_OK;
}

/* Reads the chunks up to the first IDAT, which stays the next one. */
static enum digit_status read_colours(struct png_reading *reading, struct digit_error *error)
{
    struct png_chunk chunk;
    size_t next = reading->at;

    while (png_next_chunk(&chunk, reading->bytes, reading->size_bytes, &next) &&
           !png_chunk_is(&chunk, "IDAT")) {
        if (png_chunk_is(&chunk, "IEND"))
            return digit_fail(error, DIGIT_MALFORMED, "png: no IDAT chunk");

        const enum digit_status status = take_chunk(reading, &chunk, error);

        if (status != DIGIT_OK)
            return status;
        reading->at = next;
    }
    if (reading->header.colour == PNG_PALETTE && reading->colours.count == 0)
        return digit_fail(error, DIGIT_MALFORMED, "png: no PLTE chunk before IDAT");
    return DIGIT_OK;
}

/* Gives inflate the next IDAT chunk. */
static enum digit_status read_idat(struct png_reading *reading, struct digit_error *error)
{
    struct png_chunk chunk;

    if (!png_next_chunk(&chunk, reading->bytes, reading->size_bytes, &reading->at) ||
        !png_chunk_is(&chunk, "IDAT"))
        return digit_fail(error, DIGIT_MALFORMED, "png: IDAT: the data end before the last row");
    if (!png_chunk_is_intact(&chunk))
        return digit_fail(error, DIGIT_MALFORMED, "png: IDAT: CRC error");
    /* A chunk has less than 2^32 bytes; zlib only reads them. */
    reading->stream.next_in = (uint8_t *)(uintptr_t)chunk.data;
    reading->stream.avail_in = (uInt)chunk.size_bytes;
    return DIGIT_OK;
}

/* A block without data has a few bytes and costs a few microseconds, for its tables. */
static enum digit_status count_block(struct png_reading *reading, struct digit_error *error)
{
    reading->block_count++;
    if (reading->block_count > reading->blocks_max)
        return digit_fail(error, DIGIT_LIMIT,
                          "png: IDAT: more than %llu deflate blocks for %llu bytes of rows",
                          (unsigned long long)reading->blocks_max,
                          (unsigned long long)png_inflated_bytes(&reading->header));
    return DIGIT_OK;
}

/* Inflates up to the end of a block or while there is room and data, and takes the next IDAT chunk where it can do nothing without.
 * Sets *ended at the end of the stream. */
static enum digit_status inflate_some(struct png_reading *reading, bool *ended,
                                      struct digit_error *error)
{
    const int result = inflate(&reading->stream, Z_BLOCK);

    *ended = result == Z_STREAM_END;
    if (result == Z_OK && (reading->stream.data_type & BLOCK_ENDED) != 0)
        return count_block(reading, error);
    if (result == Z_OK || result == Z_STREAM_END)
        return DIGIT_OK;
    if (result == Z_BUF_ERROR)
        return read_idat(reading, error);
    if (result == Z_MEM_ERROR)
        return digit_fail(error, DIGIT_NO_MEMORY, "png: no memory for inflate");
    return digit_fail(error, DIGIT_MALFORMED, "png: IDAT: %s",
                      reading->stream.msg != NULL ? reading->stream.msg : "cannot be inflated");
}

static enum digit_status inflate_bytes(struct png_reading *reading, uint8_t *out, size_t size_bytes,
                                       struct digit_error *error)
{
    bool ended = false;

    reading->stream.next_out = out;
    reading->stream.avail_out = (uInt)size_bytes;
    while (reading->stream.avail_out > 0) {
        const enum digit_status status = inflate_some(reading, &ended, error);

        if (status != DIGIT_OK)
            return status;
        if (ended && reading->stream.avail_out > 0)
            return digit_fail(error, DIGIT_MALFORMED,
                              "png: IDAT: the compressed data end before the last row");
    }
    return DIGIT_OK;
}

/* The stream must end with a correct checksum. If there are more data than the rows, the rest is not read. */
static enum digit_status finish_stream(struct png_reading *reading, struct digit_error *error)
{
    uint8_t beyond;
    bool ended = false;

    reading->stream.next_out = &beyond;
    reading->stream.avail_out = 1;
    while (!ended && reading->stream.avail_out > 0) {
        const enum digit_status status = inflate_some(reading, &ended, error);

        if (status != DIGIT_OK)
            return status;
    }
    return DIGIT_OK;
}

/* Row `index` of reading->samples. */
static union reduction_samples samples_of(const struct png_reading *reading,
                                          enum reduction_kind kind, size_t index)
{
    const size_t width = reading->header.width_px;

    if (kind == REDUCTION_LUMA)
        return (union reduction_samples){.octets = reading->samples + index * width};
    return (union reduction_samples){.deep = (uint16_t *)(void *)reading->samples + index * width};
}

static void convert_row(const struct png_reading *reading, const struct reduction_row *out,
                        enum reduction_kind kind, const uint8_t *row)
{
    const struct png_header *header = &reading->header;
    const struct png_colours *colours = &reading->colours;
    uint16_t *const rgb[] = {out->samples[0].deep, out->samples[1].deep, out->samples[2].deep};

    switch (kind) {
    case REDUCTION_LUMA:
        png_convert_row(out->samples[0].octets, out->alpha.octets, row, out->count, header,
                        colours);
        break;
    case REDUCTION_DEEP_LUMA:
        png_convert_deep_row(out->samples[0].deep, out->alpha.deep, row, out->count, header,
                             colours);
        break;
    case REDUCTION_COLOUR:
        png_convert_colour_row(rgb, out->alpha.deep, row, out->count, header, colours);
        break;
    }
}

static void add_row(struct png_reading *reading, struct reduction *reduction,
                    const struct png_pass *pass, size_t y, const uint8_t *row)
{
    const enum reduction_kind kind = reduction->kind;
    struct reduction_row samples = {
        .x_px = pass->x_px,
        .y_px = pass->y_px + y * pass->step_down_px,
        .step_px = pass->step_across_px,
        .cell_px = 1,
        .count = pass->width_px,
    };

    for (size_t channel = 0; channel < reduction->channels; channel++)
        samples.samples[channel] = samples_of(reading, kind, channel);
    if (reading->colours.has_alpha)
        samples.alpha = samples_of(reading, kind, reduction->channels);
    convert_row(reading, &samples, kind, row);
    if (!reduction->has_colour)
        reduction->has_colour =
            png_row_has_colour(row, pass->width_px, &reading->header, &reading->colours);
    reduction_add_row(reduction, &samples);
}

/* Reads rows first to end - 1 of a pass. The row above them is at the start of `rows`, and so is the last of
 * them afterwards. */
static enum digit_status read_some_rows(struct png_reading *reading, struct reduction *reduction,
                                        const struct png_pass *pass, size_t first, size_t end,
                                        struct digit_error *error)
{
    const size_t row_bytes = (size_t)png_row_bytes(&reading->header, pass->width_px);
    const size_t bits = png_components(reading->header.colour) * reading->header.depth;
    uint8_t *above = reading->rows;
    uint8_t *filtered = above + row_bytes;
    const enum digit_status status =
        inflate_bytes(reading, filtered, (end - first) * (1 + row_bytes), error);

    if (status != DIGIT_OK)
        return status;
    for (size_t y = first; y < end; y++, filtered += 1 + row_bytes) {
        if (!png_unfilter(filtered[0], filtered + 1, above, row_bytes, (bits + 7) / 8))
            return digit_fail(error, DIGIT_MALFORMED, "png: IDAT: filter type %u in row %zu",
                              filtered[0], y);
        above = filtered + 1;
        add_row(reading, reduction, pass, y, above);
    }
    memcpy(reading->rows, above, row_bytes);
    return DIGIT_OK;
}

static enum digit_status read_pass(struct png_reading *reading, struct reduction *reduction,
                                   const struct png_pass *pass, struct digit_error *error)
{
    const size_t row_bytes = (size_t)png_row_bytes(&reading->header, pass->width_px);
    const size_t together = 1 + row_bytes < ROWS_BYTES ? ROWS_BYTES / (1 + row_bytes) : 1;
    enum digit_status status = DIGIT_OK;

    memset(reading->rows, 0, row_bytes);
    for (size_t y = 0; status == DIGIT_OK && y < pass->height_px; y += together) {
        const size_t left = pass->height_px - y;

        status = read_some_rows(reading, reduction, pass, y,
                                y + (left < together ? left : together), error);
    }
    return status;
}

static enum digit_status read_passes(struct png_reading *reading, struct reduction *reduction,
                                     struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;

    for (size_t i = 0; status == DIGIT_OK && i < png_pass_count(&reading->header); i++) {
        const struct png_pass pass = png_pass_of(&reading->header, i);

        if (pass.height_px > 0)
            status = read_pass(reading, reduction, &pass, error);
    }
    if (status == DIGIT_OK)
        status = finish_stream(reading, error);
    return status;
}

static uint64_t deflate_blocks_max(const struct png_header *header)
{
    const uint64_t bytes = png_inflated_bytes(header);
    const uint64_t small_blocks = bytes / BLOCK_BYTES_MIN;
    const uint64_t large_blocks = SMALL_BLOCKS_MAX + bytes / LARGE_BLOCK_BYTES;

    return BLOCKS_ALWAYS + (uint64_t)BLOCKS_PER_ROW * header->height_px +
           (small_blocks < large_blocks ? small_blocks : large_blocks);
}

static enum digit_status begin_reading(struct png_reading *reading, enum reduction_kind kind,
                                       struct digit_error *error)
{
    const size_t width = reading->header.width_px;

    reading->blocks_max = deflate_blocks_max(&reading->header);
    reading->rows = arena_take(reading->arena, (size_t)rows_bytes(&reading->header));
    reading->samples = arena_take(reading->arena, (size_t)samples_bytes(kind, width));
    if (reading->rows == NULL || reading->samples == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "png: no memory for rows of %zu px", width);
    reading->stream.zalloc = allocate_block;
    reading->stream.zfree = free_block;
    reading->stream.opaque = reading->arena;
    if (inflateInit(&reading->stream) != Z_OK)
        return digit_fail(error, DIGIT_NO_MEMORY, "png: no memory for inflate");
    return DIGIT_OK;
}

static void end_reading(struct png_reading *reading)
{
    inflateEnd(&reading->stream); /* does nothing to a stream that was not initialised */
    arena_give(reading->arena, reading->samples);
    arena_give(reading->arena, reading->rows);
}

enum digit_status image_png_decode(struct reduction *reduction, const struct image_measure *measure,
                                   const uint8_t *bytes, size_t size_bytes,
                                   struct digit_error *error)
{
    struct png_reading reading = {.bytes = bytes,
                                  .size_bytes = size_bytes,
                                  .at = PNG_SIGNATURE_BYTES,
                                  .arena = reduction->arena};
    struct png_chunk chunk;
    enum digit_status status = read_first_chunk(&chunk, bytes, size_bytes, &reading.at, error);

    if (status != DIGIT_OK)
        return status;
    if (!png_chunk_is_intact(&chunk))
        return digit_fail(error, DIGIT_MALFORMED, "png: IHDR: CRC error");
    reading.header = png_read_header(chunk.data);
    png_colours_begin(&reading.colours, &reading.header);
    status = read_colours(&reading, error);
    if (status == DIGIT_OK)
        status = reduction_begin(reduction, measure->width_px, measure->height_px,
                                 reading.colours.has_alpha, error);
    if (status == DIGIT_OK)
        status = begin_reading(&reading, reduction->kind, error);
    if (status == DIGIT_OK)
        status = read_passes(&reading, reduction, error);
    end_reading(&reading);
    return status;
}
