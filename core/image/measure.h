/*
 * What a format's reader learns of a picture from its headers, before anything is decoded or allocated.
 */
#ifndef CORE_IMAGE_MEASURE_H
#define CORE_IMAGE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the components of a JPEG are, and how they become luma. */
enum jpeg_colour {
    JPEG_GREY,
    JPEG_YCBCR,
    JPEG_RGB,
    JPEG_CMYK,
    JPEG_YCCK,
    JPEG_YCBCR_AND_FOURTH, /* no Adobe segment tells what the fourth is; it is ignored */
};

struct image_measure {
    size_t width_px;
    size_t height_px;
    unsigned orientation;  /* EXIF's, 1 to 8 */
    size_t components;     /* samples of each pixel in the file, 1 to 4 */
    size_t component_bits; /* of each sample in the file, 1 to 16 */
    bool progressive;      /* a progressive JPEG or an interlaced PNG */
    bool any_order;        /* rows do not come whole and from top to bottom */
    bool may_have_alpha;
    size_t scan_count; /* passes over the picture: scans of a JPEG, else 1 */
    /* Memory that the decoder allocates, besides the reduction: for luma, and for colour. */
    uint64_t decoder_bytes;
    uint64_t colour_decoder_bytes;
    /* What a decoder reads byte by byte: the data and heads of chunks or segments that hold pixels, and the heads
     * of all others. */
    uint64_t coded_bytes;
    uint64_t inflated_bytes; /* PNG: the rows with their filter types */
    uint64_t blocks;         /* JPEG: of 8x8 samples, in all scans together */
    enum jpeg_colour jpeg_colour;
};

#endif
