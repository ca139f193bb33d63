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
    APP1 = 0xe1,
    APP14 = 0xee,
    FILL = 0xff,
};

#define HUFFMAN_HEAD_BYTES 17 /* class and number, then the number of codes of each length */
#define HUFFMAN_VALUES_MAX 256
#define FRAME_HEAD_BYTES   6 /* precision, height, width, components */
#define COMPONENT_BYTES    3 /* identifier, sampling, quantisation table */
#define COMPONENTS_AT      5
#define SAMPLE_BITS        8
#define EXIF_NAME          "Exif\0" /* six bytes with the terminating NUL */
#define ADOBE_NAME         "Adobe"
#define ADOBE_BYTES        12 /* name, version, flags, transform */
#define ADOBE_TRANSFORM_AT 11

struct jpeg_walk {
    const uint8_t *bytes;
    size_t size_bytes;
    size_t at;
    size_t scan_count;
    struct raster *raster;
    bool framed;
    bool has_exif;
    bool is_rgb; /* Adobe's segment says that the components are not YCbCr */
};

/* A segment's payload. */
struct jpeg_segment {
    const uint8_t *bytes;
    size_t size_bytes;
};

/* Moves behind the next marker, over entropy-coded data and restart markers; false if there is none. */
static bool next_marker(struct jpeg_walk *walk, unsigned *marker)
{
    while (walk->size_bytes - walk->at >= 2) {
        const unsigned code = walk->bytes[walk->at + 1];

        if (walk->bytes[walk->at] == 0xff && code != STUFFED && code != FILL &&
            !(code >= RST_FIRST && code <= RST_LAST)) {
            walk->at += 2;
            *marker = code;
            return true;
        }
        walk->at++;
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
    return DIGIT_OK;
}

static bool is_frame_header(unsigned marker)
{
    return marker >= SOF_FIRST && marker <= SOF_LAST && marker != DHT && marker != JPG_RESERVED &&
           marker != DAC;
}

/* Three components are YCbCr (JFIF, ITU-T T.871) unless their identifiers are R, G and B. */
static void take_components(struct jpeg_walk *walk, const struct jpeg_segment *segment)
{
    const uint8_t *ids = segment->bytes + FRAME_HEAD_BYTES;

    walk->raster->has_luma =
        segment->bytes[COMPONENTS_AT] == 3 &&
        segment->size_bytes >= FRAME_HEAD_BYTES + 3 * COMPONENT_BYTES &&
        !(ids[0] == 'R' && ids[COMPONENT_BYTES] == 'G' && ids[2 * COMPONENT_BYTES] == 'B');
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
    walk->raster->height_px = bytes_be16(segment->bytes + 1);
    walk->raster->width_px = bytes_be16(segment->bytes + 3);
    take_components(walk, segment);
    return DIGIT_OK;
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

static enum digit_status take_scan(struct jpeg_walk *walk, struct digit_error *error)
{
    walk->scan_count++;
    if (walk->scan_count > JPEG_SCANS_MAX)
        return digit_fail(error, DIGIT_LIMIT, "jpeg: more than %d scans", JPEG_SCANS_MAX);
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
    walk->raster->orientation =
        exif_orientation(segment->bytes + name_bytes, segment->size_bytes - name_bytes);
}

/* Transform 0 in Adobe's segment means RGB or CMYK. */
static void take_adobe(struct jpeg_walk *walk, const struct jpeg_segment *segment)
{
    if (segment->size_bytes >= ADOBE_BYTES &&
        memcmp(segment->bytes, ADOBE_NAME, strlen(ADOBE_NAME)) == 0)
        walk->is_rgb = segment->bytes[ADOBE_TRANSFORM_AT] == 0;
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
        return take_scan(walk, error);
    if (marker == APP1)
        take_exif(walk, &segment);
    if (marker == APP14)
        take_adobe(walk, &segment);
    return DIGIT_OK;
}

enum digit_status image_jpeg_measure(struct raster *raster, const uint8_t *bytes, size_t size_bytes,
                                     struct digit_error *error)
{
    struct jpeg_walk walk = {.bytes = bytes, .size_bytes = size_bytes, .at = 2, .raster = raster};
    unsigned marker = 0;
    bool found;

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
    raster->has_luma = raster->has_luma && !walk.is_rgb;
    return DIGIT_OK;
}
