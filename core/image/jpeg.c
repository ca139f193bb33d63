#include "core/image/jpeg.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/bytes.h"
#include "core/image/exif.h"

/* Marker codes of T.81, table B.1: the byte after 0xff. */
enum {
    STUFFED = 0x00,
    SOF_FIRST = 0xc0,
    SOF_HUFFMAN_LAST = 0xc2, /* baseline, extended, progressive */
    DHT = 0xc4,
    JPG_RESERVED = 0xc8,
    DAC = 0xcc,
    SOF_LAST = 0xcf,
    RST_FIRST = 0xd0,
    RST_LAST = 0xd7,
    EOI = 0xd9,
    SOS = 0xda,
    APP0 = 0xe0,
    APP1 = 0xe1,
    APP14 = 0xee,
    FILL = 0xff,
};

#define HUFFMAN_HEAD_BYTES  17 /* class and number, then the number of codes of each length */
#define HUFFMAN_VALUES_MAX  256
#define NEAR_BYTES          16
#define FRAME_HEAD_BYTES    6 /* precision, height, width, components */
#define COMPONENT_BYTES     3 /* identifier, sampling, quantisation table */
#define COMPONENTS_AT       5
#define SAMPLE_BITS         8
#define SCAN_ENTRY_BYTES    2        /* component, tables */
#define JFIF_NAME           "JFIF"   /* five bytes with the terminating NUL */
#define EXIF_NAME           "Exif\0" /* six bytes with the terminating NUL */
#define ADOBE_NAME          "Adobe"
#define ADOBE_BYTES         12 /* name, version, flags, transform */
#define ADOBE_TRANSFORM_AT  11
#define ADOBE_NONE          (-1)
#define ADOBE_UNTRANSFORMED 0 /* RGB or CMYK */
#define ADOBE_YCCK          2

struct jpeg_walk {
    const uint8_t *bytes;
    size_t size_bytes;
    size_t at;
    size_t skipped_bytes; /* in application segments and comments, which decoders skip */
    struct image_measure *measure;
    struct jpeg_frame frame;
    bool framed;
    bool has_jfif;
    bool has_exif;
    int adobe_transform; /* ADOBE_NONE without Adobe's segment */
};

/* A segment's payload. */
struct jpeg_segment {
    const uint8_t *bytes;
    size_t size_bytes;
};

/* memchr for 0xff, which is slower than a look at each byte where the next one is near. */
static const uint8_t *find_ff(const uint8_t *bytes, size_t size_bytes)
{
    const size_t near_bytes = size_bytes < NEAR_BYTES ? size_bytes : NEAR_BYTES;

    for (size_t i = 0; i < near_bytes; i++)
        if (bytes[i] == 0xff)
            return bytes + i;
    return memchr(bytes + near_bytes, 0xff, size_bytes - near_bytes);
}

/* Moves behind the next marker, over entropy-coded data and restart markers; false if there is none. */
static bool next_marker(struct jpeg_walk *walk, unsigned *marker)
{
    while (walk->at < walk->size_bytes) {
        const uint8_t *found = find_ff(walk->bytes + walk->at, walk->size_bytes - walk->at - 1);

        if (found == NULL)
            return false;

        const unsigned code = found[1];

        walk->at = (size_t)(found - walk->bytes) + 1;
        if (code != STUFFED && code != FILL && !(code >= RST_FIRST && code <= RST_LAST)) {
            walk->at++;
            *marker = code;
            return true;
        }
    }
    return false;
}

static enum digit_status take_segment(struct jpeg_walk *walk, struct jpeg_segment *segment,
                                      unsigned marker, struct digit_error *error)
{
    const size_t left_bytes = walk->size_bytes - walk->at;
    const size_t length = left_bytes < 2 ? 2 : bytes_be16(walk->bytes + walk->at);

    if (length < 2)
        return digit_fail(error, DIGIT_MALFORMED,
                          "jpeg: segment 0x%02x has a length of %zu, the minimum is 2", marker,
                          length);
    if (length > left_bytes)
        return digit_fail(error, DIGIT_MALFORMED,
                          "jpeg: truncated: segment 0x%02x ends %zu bytes after the data", marker,
                          length - left_bytes);
    segment->bytes = walk->bytes + walk->at + 2;
    segment->size_bytes = length - 2;
    walk->at += length;
    if (marker >= APP0)
        walk->skipped_bytes += length - 2;
    return DIGIT_OK;
}

static bool is_frame_header(unsigned marker)
{
    return marker >= SOF_FIRST && marker <= SOF_LAST && marker != DHT && marker != JPG_RESERVED &&
           marker != DAC;
}

static size_t divide_up(size_t number, size_t divisor)
{
    return (number + divisor - 1) / divisor;
}

/* The blocks of each component, in whole units of all components (T.81, A.2). */
static void count_blocks(struct jpeg_frame *frame)
{
    size_t across_max = 1;
    size_t down_max = 1;

    for (size_t i = 0; i < frame->component_count; i++) {
        if (frame->components[i].across > across_max)
            across_max = frame->components[i].across;
        if (frame->components[i].down > down_max)
            down_max = frame->components[i].down;
    }
    for (size_t i = 0; i < frame->component_count; i++)
        frame->components[i].blocks =
            (uint64_t)divide_up(frame->width_px, JPEG_BLOCK_PX * across_max) *
            frame->components[i].across * divide_up(frame->height_px, JPEG_BLOCK_PX * down_max) *
            frame->components[i].down;
}

static enum digit_status take_components(struct jpeg_frame *frame,
                                         const struct jpeg_segment *segment,
                                         struct digit_error *error)
{
    const size_t count = segment->bytes[COMPONENTS_AT];
    const uint8_t *component = segment->bytes + FRAME_HEAD_BYTES;

    if (count != 1 && count != 3 && count != 4)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "jpeg: %zu components; 1, 3 and 4 are supported", count);
    if (segment->size_bytes != FRAME_HEAD_BYTES + count * COMPONENT_BYTES)
        return digit_fail(error, DIGIT_MALFORMED,
                          "jpeg: a frame header of %zu bytes for %zu components, which take %zu",
                          segment->size_bytes, count, FRAME_HEAD_BYTES + count * COMPONENT_BYTES);
    frame->component_count = count;
    for (size_t i = 0; i < count; i++, component += COMPONENT_BYTES) {
        const unsigned across = component[1] >> 4;
        const unsigned down = component[1] & 15;

        if (across < 1 || across > JPEG_SAMPLING_MAX || down < 1 || down > JPEG_SAMPLING_MAX)
            return digit_fail(error, DIGIT_MALFORMED,
                              "jpeg: sampling factors %ux%u, the maximum is %dx%d", across, down,
                              JPEG_SAMPLING_MAX, JPEG_SAMPLING_MAX);
        frame->components[i].id = component[0];
        frame->components[i].across = across;
        frame->components[i].down = down;
    }
    count_blocks(frame);
    return DIGIT_OK;
}

static enum digit_status take_frame(struct jpeg_walk *walk, const struct jpeg_segment *segment,
                                    unsigned marker, struct digit_error *error)
{
    if (marker > SOF_HUFFMAN_LAST)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "jpeg: coding process 0x%02x; 0xc0 to 0xc2 are supported", marker);
    if (walk->framed)
        return digit_fail(error, DIGIT_MALFORMED, "jpeg: two frame headers");
    if (segment->size_bytes < FRAME_HEAD_BYTES)
        return digit_fail(error, DIGIT_MALFORMED,
                          "jpeg: a frame header of %zu bytes, the minimum is %d",
                          segment->size_bytes, FRAME_HEAD_BYTES);
    if (segment->bytes[0] != SAMPLE_BITS)
        return digit_fail(error, DIGIT_UNSUPPORTED, "jpeg: samples of %d bits; %d are supported",
                          segment->bytes[0], SAMPLE_BITS);
    walk->framed = true;
    walk->frame.height_px = bytes_be16(segment->bytes + 1);
    walk->frame.width_px = bytes_be16(segment->bytes + 3);
    walk->frame.progressive = marker == SOF_HUFFMAN_LAST;
    walk->frame.keeps_coefficients = walk->frame.progressive;
    return take_components(&walk->frame, segment, error);
}

/* A segment contains one table after the other, each with at most 256 values. */
static enum digit_status check_huffman(const struct jpeg_segment *segment,
                                       struct digit_error *error)
{
    size_t at = 0;

    while (segment->size_bytes - at >= HUFFMAN_HEAD_BYTES) {
        size_t value_count = 0;

        for (size_t i = 1; i < HUFFMAN_HEAD_BYTES; i++)
            value_count += segment->bytes[at + i];
        at += HUFFMAN_HEAD_BYTES;
        if (value_count > HUFFMAN_VALUES_MAX)
            return digit_fail(error, DIGIT_MALFORMED,
                              "jpeg: a huffman table of %zu values, the limit is %d", value_count,
                              HUFFMAN_VALUES_MAX);
        if (value_count > segment->size_bytes - at)
            return digit_fail(error, DIGIT_MALFORMED,
                              "jpeg: a huffman table is longer than its segment");
        at += value_count;
    }
    if (at != segment->size_bytes)
        return digit_fail(error, DIGIT_MALFORMED, "jpeg: %zu bytes after the last huffman table",
                          segment->size_bytes - at);
    return DIGIT_OK;
}

/* The blocks of a scan's components. A scan that names others is left to the decoder to refuse. */
static uint64_t blocks_of_scan(const struct jpeg_frame *frame, const struct jpeg_segment *segment)
{
    const size_t count = segment->size_bytes > 0 ? segment->bytes[0] : 0;
    uint64_t blocks = 0;

    for (size_t i = 0; i < count && 1 + (i + 1) * SCAN_ENTRY_BYTES <= segment->size_bytes; i++)
        for (size_t c = 0; c < frame->component_count; c++)
            if (frame->components[c].id == segment->bytes[1 + i * SCAN_ENTRY_BYTES])
                blocks += frame->components[c].blocks;
    return blocks;
}

static enum digit_status take_scan(struct jpeg_walk *walk, const struct jpeg_segment *segment,
                                   struct digit_error *error)
{
    struct image_measure *measure = walk->measure;

    measure->scan_count++;
    if (measure->scan_count > JPEG_SCANS_MAX)
        return digit_fail(error, DIGIT_LIMIT, "jpeg: more than %d scans", JPEG_SCANS_MAX);
    measure->blocks += blocks_of_scan(&walk->frame, segment);
    if (segment->size_bytes > 0 && segment->bytes[0] < walk->frame.component_count)
        walk->frame.keeps_coefficients = true;
    return DIGIT_OK;
}

/* The first EXIF segment counts. */
static void take_exif(struct jpeg_walk *walk, const struct jpeg_segment *segment)
{
    const size_t name_bytes = sizeof EXIF_NAME;

    if (walk->has_exif || segment->size_bytes < name_bytes ||
        memcmp(segment->bytes, EXIF_NAME, name_bytes) != 0)
        return;
    walk->has_exif = true;
    walk->measure->orientation =
        exif_orientation(segment->bytes + name_bytes, segment->size_bytes - name_bytes);
}

static void take_jfif(struct jpeg_walk *walk, const struct jpeg_segment *segment)
{
    if (segment->size_bytes >= sizeof JFIF_NAME &&
        memcmp(segment->bytes, JFIF_NAME, sizeof JFIF_NAME) == 0)
        walk->has_jfif = true;
}

static void take_adobe(struct jpeg_walk *walk, const struct jpeg_segment *segment)
{
    if (segment->size_bytes >= ADOBE_BYTES &&
        memcmp(segment->bytes, ADOBE_NAME, strlen(ADOBE_NAME)) == 0)
        walk->adobe_transform = segment->bytes[ADOBE_TRANSFORM_AT];
}

static enum digit_status check_segment(struct jpeg_walk *walk, unsigned marker,
                                       struct digit_error *error)
{
    struct jpeg_segment segment = {0};
    const enum digit_status status = take_segment(walk, &segment, marker, error);

    if (status != DIGIT_OK)
        return status;
    if (is_frame_header(marker))
        return take_frame(walk, &segment, marker, error);
    if (marker == DHT)
        return check_huffman(&segment, error);
    if (marker == SOS)
        return take_scan(walk, &segment, error);
    if (marker == APP0)
        take_jfif(walk, &segment);
    if (marker == APP1)
        take_exif(walk, &segment);
    if (marker == APP14)
        take_adobe(walk, &segment);
    return DIGIT_OK;
}

static enum jpeg_colour colour_of_four(const struct jpeg_walk *walk)
{
    if (walk->adobe_transform == ADOBE_UNTRANSFORMED)
        return JPEG_CMYK;
    if (walk->adobe_transform == ADOBE_YCCK)
        return JPEG_YCCK;
    return JPEG_YCBCR_AND_FOURTH;
}

static enum jpeg_colour colour_of(const struct jpeg_walk *walk)
{
    const struct jpeg_frame *frame = &walk->frame;
    const bool is_named_rgb = frame->components[0].id == 'R' && frame->components[1].id == 'G' &&
                              frame->components[2].id == 'B';

    if (frame->component_count == 1)
        return JPEG_GREY;
    if (frame->component_count == 4)
        return colour_of_four(walk);
    if (is_named_rgb || (walk->adobe_transform == ADOBE_UNTRANSFORMED && !walk->has_jfif))
        return JPEG_RGB;
    return JPEG_YCBCR;
}

static void note_frame(struct image_measure *out, struct jpeg_walk *walk)
{
    walk->frame.colour = colour_of(walk);
    out->width_px = walk->frame.width_px;
    out->height_px = walk->frame.height_px;
    out->components = walk->frame.component_count;
    out->component_bits = SAMPLE_BITS;
    out->progressive = walk->frame.progressive;
    out->coded_bytes = walk->at - walk->skipped_bytes;
    out->decoder_bytes = image_jpeg_decoder_bytes(&walk->frame, false);
    out->colour_decoder_bytes = image_jpeg_decoder_bytes(&walk->frame, true);
    out->jpeg_colour = walk->frame.colour;
}

enum digit_status image_jpeg_measure(struct image_measure *out, const uint8_t *bytes,
                                     size_t size_bytes, struct digit_error *error)
{
    struct jpeg_walk walk = {.bytes = bytes,
                             .size_bytes = size_bytes,
                             .at = 2,
                             .measure = out,
                             .adobe_transform = ADOBE_NONE};
    unsigned marker = 0;
    bool found;

    out->scan_count = 0;
    out->blocks = 0;
    while ((found = next_marker(&walk, &marker)) && marker != EOI) {
        const enum digit_status status = check_segment(&walk, marker, error);

        if (status != DIGIT_OK)
            return status;
    }
    if (!found)
        return digit_fail(error, DIGIT_MALFORMED, "jpeg: truncated: no EOI marker in %zu bytes",
                          size_bytes);
    if (!walk.framed)
        return digit_fail(error, DIGIT_MALFORMED, "jpeg: no frame header before EOI");
    note_frame(out, &walk);
    return DIGIT_OK;
}
