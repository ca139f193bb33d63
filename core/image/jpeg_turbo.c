/*
 * Decodes JPEG with libjpeg-turbo: only luma where the file has it and no colour is wanted, and scaled down while
 * decoding to not less than what the reduction keeps.
 */
#include "core/image/jpeg.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h> /* jpeglib.h needs it */
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "core/image/luma.h"

/* libjpeg's tables, its buffers of the file's markers, and what is rounded up. */
#define STATE_BYTES   131072
#define OCTET_TO_DEEP 257 /* 65,535 / 255 */
/* Rows that libjpeg keeps of each component, beside those that are being decoded. */
#define ROWS_KEPT 4

/* One decoding. It outlives every longjmp. */
struct jpeg_reading {
    struct jpeg_decompress_struct libjpeg;
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    int code; /* libjpeg's message code of the error */
    char message[JMSG_LENGTH_MAX];
    enum digit_status status; /* of the reduction */
};

/* Warnings of files that are nevertheless read as they were meant. All others mean damage. */
static bool is_harmless(int code)
{
    return code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR ||
           code == JWRN_BOGUS_ICC;
}

static void escape_error(j_common_ptr libjpeg)
{
    struct jpeg_reading *reading = libjpeg->client_data;

    reading->code = libjpeg->err->msg_code;
    libjpeg->err->format_message(libjpeg, reading->message);
    longjmp(reading->escape, 1);
}

static void judge_message(j_common_ptr libjpeg, int level)
{
    if (level < 0 && !is_harmless(libjpeg->err->msg_code))
        escape_error(libjpeg);
}

static void print_nothing(j_common_ptr libjpeg)
{
    (void)libjpeg;
}

/* Rows of all components are counted even if only luma is decoded. */
uint64_t image_jpeg_decoder_bytes(const struct jpeg_frame *frame, bool colour)
{
    (void)colour;

    const uint64_t row_bytes = (uint64_t)frame->width_px * frame->component_count;
    uint64_t blocks = 0;

    for (size_t i = 0; i < frame->component_count; i++)
        blocks += frame->components[i].blocks;
    return STATE_BYTES + row_bytes * (JPEG_SAMPLING_MAX * JPEG_BLOCK_PX + ROWS_KEPT) +
           (frame->keeps_coefficients ? blocks * JPEG_BLOCK_SAMPLES * sizeof(JCOEF) : 0);
}

/* How libjpeg is to read the components, and what it is to make of them, for luma and for colour. YCCK becomes
 * CMYK; so does YCbCr with a fourth component, which makes CMY of it that is the complement of RGB. */
static const struct {
    J_COLOR_SPACE stored;
    J_COLOR_SPACE luma;
    J_COLOR_SPACE colour;
} colour_spaces[] = {
    [JPEG_GREY] = {JCS_GRAYSCALE, JCS_GRAYSCALE, JCS_RGB},
    [JPEG_YCBCR] = {JCS_YCbCr, JCS_GRAYSCALE, JCS_RGB},
    [JPEG_RGB] = {JCS_RGB, JCS_RGB, JCS_RGB},
    [JPEG_CMYK] = {JCS_CMYK, JCS_CMYK, JCS_CMYK},
    [JPEG_YCCK] = {JCS_YCCK, JCS_CMYK, JCS_CMYK},
    [JPEG_YCBCR_AND_FOURTH] = {JCS_YCCK, JCS_CMYK, JCS_CMYK},
};

/* libjpeg scales by 1/2, 1/4 and 1/8 fast, and its pixels must not be larger than the reduction's. */
static unsigned scale_divisor(size_t block_px)
{
    unsigned divisor = JPEG_BLOCK_PX;

    while (divisor > block_px)
        divisor /= 2;
    return divisor;
}

struct rgb {
    uint8_t red;
    uint8_t green;
    uint8_t blue;
};

/* A pixel as libjpeg returns it. Adobe's programs store the inks inverted: 255 is no ink. */
static inline struct rgb rgb_of(const uint8_t *pixel, enum jpeg_colour colour)
{
    switch (colour) {
    case JPEG_YCBCR_AND_FOURTH:
        return (struct rgb){(uint8_t)~pixel[0], (uint8_t)~pixel[1], (uint8_t)~pixel[2]};
    case JPEG_CMYK:
    case JPEG_YCCK:
        return (struct rgb){luma_blend(0, pixel[0], pixel[3]), luma_blend(0, pixel[1], pixel[3]),
                            luma_blend(0, pixel[2], pixel[3])};
    case JPEG_GREY:
    case JPEG_YCBCR:
    case JPEG_RGB:
    default:
        return (struct rgb){pixel[0], pixel[1], pixel[2]};
    }
}

/* In place: pixels get shorter, so writing never overtakes reading. */
static inline void convert_to_luma(uint8_t *row, size_t count, size_t pixel_bytes,
                                   enum jpeg_colour colour)
{
    for (size_t i = 0; i < count; i++) {
        const struct rgb rgb = rgb_of(row + pixel_bytes * i, colour);

        row[i] = luma_of(rgb.red, rgb.green, rgb.blue);
    }
}

/* Compilers make the most of what they know. */
static void convert_row_to_luma(uint8_t *row, size_t count, enum jpeg_colour colour)
{
    if (colour == JPEG_RGB)
        convert_to_luma(row, count, 3, JPEG_RGB);
    else if (colour == JPEG_YCBCR_AND_FOURTH)
        convert_to_luma(row, count, 4, JPEG_YCBCR_AND_FOURTH);
    else
        convert_to_luma(row, count, 4, JPEG_CMYK);
}

static void convert_to_colour(const struct reduction_row *out, const uint8_t *row,
                              size_t pixel_bytes, enum jpeg_colour colour)
{
    for (size_t i = 0; i < out->count; i++) {
        const struct rgb rgb = rgb_of(row + pixel_bytes * i, colour);

        out->samples[0].deep[i] = (uint16_t)(rgb.red * OCTET_TO_DEEP);
        out->samples[1].deep[i] = (uint16_t)(rgb.green * OCTET_TO_DEEP);
        out->samples[2].deep[i] = (uint16_t)(rgb.blue * OCTET_TO_DEEP);
    }
}

/* Memory of libjpeg's, which it frees. */
static void *take_block(struct jpeg_decompress_struct *libjpeg, size_t size_bytes)
{
    return libjpeg->mem->alloc_small((j_common_ptr)libjpeg, JPOOL_IMAGE, size_bytes);
}

static void convert_row(const struct reduction_row *out, uint8_t *row,
                        const struct jpeg_decompress_struct *libjpeg, enum reduction_kind kind,
                        enum jpeg_colour colour)
{
    const size_t pixel_bytes = (size_t)libjpeg->output_components;

    if (kind == REDUCTION_COLOUR)
        convert_to_colour(out, row, pixel_bytes, colour);
    else if (libjpeg->out_color_space != JCS_GRAYSCALE)
        convert_row_to_luma(row, out->count, colour);
}

static void add_rows(struct jpeg_reading *reading, struct reduction *reduction,
                     enum jpeg_colour colour)
{
    struct jpeg_decompress_struct *libjpeg = &reading->libjpeg;
    const size_t width = libjpeg->output_width;
    const size_t cell_px = libjpeg->scale_denom;
    uint8_t *row = take_block(libjpeg, width * (size_t)libjpeg->output_components);
    struct reduction_row samples = {
        .step_px = cell_px, .cell_px = cell_px, .count = width, .samples = {{.octets = row}}};

    if (reduction->kind == REDUCTION_COLOUR)
        for (size_t channel = 0; channel < REDUCTION_CHANNELS_MAX; channel++)
            samples.samples[channel].deep = take_block(libjpeg, width * sizeof(uint16_t));
    while (libjpeg->output_scanline < libjpeg->output_height) {
        samples.y_px = libjpeg->output_scanline * cell_px;
        jpeg_read_scanlines(libjpeg, &row, 1);
        convert_row(&samples, row, libjpeg, reduction->kind, colour);
        reduction_add_row(reduction, &samples);
    }
}

/* False on an error. libjpeg then returns to the setjmp, after which no local variable had changed. */
static bool read_picture(struct jpeg_reading *reading, struct reduction *reduction,
                         const struct image_measure *measure, const uint8_t *bytes,
                         size_t size_bytes, struct digit_error *error)
{
    struct jpeg_decompress_struct *libjpeg = &reading->libjpeg;

    if (setjmp(reading->escape) != 0)
        return false;
    jpeg_create_decompress(libjpeg);
    libjpeg->client_data = reading;
    jpeg_mem_src(libjpeg, bytes, (unsigned long)size_bytes);
    jpeg_read_header(libjpeg, TRUE);
    libjpeg->jpeg_color_space = colour_spaces[measure->jpeg_colour].stored;
    libjpeg->out_color_space = reduction->kind == REDUCTION_COLOUR
                                   ? colour_spaces[measure->jpeg_colour].colour
                                   : colour_spaces[measure->jpeg_colour].luma;
    libjpeg->scale_num = 1;
    libjpeg->scale_denom =
        scale_divisor(reduction_block_px(reduction->kind, measure->width_px, measure->height_px));
    libjpeg->do_block_smoothing = FALSE;
    reduction->has_colour = measure->jpeg_colour != JPEG_GREY;
    reading->status =
        reduction_begin(reduction, measure->width_px, measure->height_px, false, error);
    if (reading->status != DIGIT_OK)
        return false;
    jpeg_start_decompress(libjpeg);
    add_rows(reading, reduction, measure->jpeg_colour);
    jpeg_finish_decompress(libjpeg);
    return true;
}

static enum digit_status fail_reading(const struct jpeg_reading *reading, struct digit_error *error)
{
    if (reading->status != DIGIT_OK)
        return reading->status;
    if (reading->code == JERR_OUT_OF_MEMORY)
        return digit_fail(error, DIGIT_NO_MEMORY, "jpeg: no memory");
    if (reading->code == JERR_IMAGE_TOO_BIG)
        return digit_fail(error, DIGIT_LIMIT, "jpeg: %s", reading->message);
    return digit_fail(error, DIGIT_MALFORMED, "jpeg: %s", reading->message);
}

enum digit_status image_jpeg_decode(struct reduction *reduction,
                                    const struct image_measure *measure, const uint8_t *bytes,
                                    size_t size_bytes, struct digit_error *error)
{
    struct jpeg_reading reading;

    memset(&reading, 0, sizeof reading);
    reading.status = DIGIT_OK;
    reading.libjpeg.err = jpeg_std_error(&reading.errors);
    reading.libjpeg.client_data = &reading;
    reading.errors.error_exit = escape_error;
    reading.errors.emit_message = judge_message;
    reading.errors.output_message = print_nothing;

    const bool done = read_picture(&reading, reduction, measure, bytes, size_bytes, error);

    jpeg_destroy_decompress(&reading.libjpeg);
    return done ? DIGIT_OK : fail_reading(&reading, error);
}
