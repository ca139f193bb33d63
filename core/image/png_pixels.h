/*
 * From the samples of a PNG's row to luma or colour, and alpha.
 * Threads: any.
 */
#ifndef CORE_IMAGE_PNG_PIXELS_H
#define CORE_IMAGE_PNG_PIXELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/image/png_chunks.h"

#define PNG_COLOURS_MAX 256

/* What the chunks before the rows say of the colours. */
struct png_colours {
    uint8_t rgb[PNG_COLOURS_MAX][3]; /* the palette; a colour outside it is black */
    uint8_t luma[PNG_COLOURS_MAX];   /* of the palette's colours */
    uint8_t alpha[PNG_COLOURS_MAX];  /* of the palette's colours, or all 255 */
    size_t count;                    /* colours in the palette; 0: none was read */
    uint32_t transparent[3];         /* the samples, unscaled, of the pixels that are transparent */
    bool has_transparent;
    bool has_alpha;  /* there are transparent pixels, by the colour type or by tRNS */
    bool has_colour; /* the palette has another colour than greys */
};

/* Without a palette and tRNS. */
void png_colours_begin(struct png_colours *colours, const struct png_header *header);

/* Takes the palette from the data of PLTE, at most 256 colours of three bytes. */
void png_colours_take_palette(struct png_colours *colours, const struct png_header *header,
                              const struct png_chunk *chunk);

/* Takes the transparency from tRNS; ignores the chunk if it has not the size that the colour type takes. */
void png_colours_take_transparency(struct png_colours *colours, const struct png_header *header,
                                   const struct png_chunk *chunk);

/* Converts `count` pixels of up to 8 bits a sample, of an unfiltered row, to luma [count] and, with has_alpha,
 * alpha [count], each 0 to 255. */
void png_convert_row(uint8_t *luma, uint8_t *alpha, const uint8_t *row, size_t count,
                     const struct png_header *header, const struct png_colours *colours);

/* The same of 16 bits a sample, to 0 to 65,535. */
void png_convert_deep_row(uint16_t *luma, uint16_t *alpha, const uint8_t *row, size_t count,
                          const struct png_header *header, const struct png_colours *colours);

/* Converts pixels of any type and depth to red, green and blue [count] and, with has_alpha, alpha [count], each 0
 * to 65,535. */
void png_convert_colour_row(uint16_t *const rgb[3], uint16_t *alpha, const uint8_t *row,
                            size_t count, const struct png_header *header,
                            const struct png_colours *colours);

/* Whether some pixel of the row is other than grey; of a palette, whether some colour is. */
bool png_row_has_colour(const uint8_t *row, size_t count, const struct png_header *header,
                        const struct png_colours *colours);

#endif
