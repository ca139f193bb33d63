#include "core/image/png_filter.h"

#include <stdlib.h>
#include <string.h>

#define PIXEL_BYTES_MAX 8

enum filter { FILTER_NONE, FILTER_SUB, FILTER_UP, FILTER_AVERAGE, FILTER_PAETH };

static void undo_sub(uint8_t *row, size_t size_bytes, size_t pixel_bytes)
{
    for (size_t i = pixel_bytes; i < size_bytes; i++)
        row[i] = (uint8_t)(row[i] + row[i - pixel_bytes]);
}

static void undo_up(uint8_t *row, const uint8_t *above, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++)
        row[i] = (uint8_t)(row[i] + above[i]);
}

static void undo_average(uint8_t *row, const uint8_t *above, size_t size_bytes, size_t pixel_bytes)
{
    for (size_t i = 0; i < pixel_bytes; i++)
        row[i] = (uint8_t)(row[i] + above[i] / 2);
    for (size_t i = pixel_bytes; i < size_bytes; i++)
        row[i] = (uint8_t)(row[i] + (row[i - pixel_bytes] + above[i]) / 2);
}

/* Of left, above and upper left, the one nearest to left + above - upper left. */
static int predict_byte(int left, int above, int upper_left)
{
    const int to_left = abs(above - upper_left);
    const int to_above = abs(left - upper_left);
    const int to_upper_left = abs(left + above - 2 * upper_left);
    const int nearer = to_above <= to_upper_left ? above : upper_left;

    return to_left <= to_above && to_left <= to_upper_left ? left : nearer;
}

/* The first pixel has nothing to its left, and is predicted from above. */
static void undo_paeth_by_bytes(uint8_t *row, const uint8_t *above, size_t size_bytes,
                                size_t pixel_bytes)
{
    for (size_t i = 0; i < pixel_bytes; i++)
        row[i] = (uint8_t)(row[i] + above[i]);
    for (size_t i = pixel_bytes; i < size_bytes; i++)
        row[i] = (uint8_t)(row[i] +
                           predict_byte(row[i - pixel_bytes], above[i], above[i - pixel_bytes]));
}

/* The bytes of a pixel, each in 16 bits, which hold every difference. Vectors are an extension of gcc and clang. */
typedef int16_t lanes __attribute__((vector_size(16)));
typedef uint8_t bytes8 __attribute__((vector_size(PIXEL_BYTES_MAX)));

static inline lanes load_pixel(const uint8_t *bytes, size_t pixel_bytes)
{
    bytes8 pixel = {0};

    memcpy(&pixel, bytes, pixel_bytes);
    return __builtin_convertvector(pixel, lanes);
}

static inline void store_pixel(uint8_t *bytes, lanes pixel, size_t pixel_bytes)
{
    const bytes8 narrow = __builtin_convertvector(pixel, bytes8);

    memcpy(bytes, &narrow, pixel_bytes);
}

static inline lanes magnitude(lanes difference)
{
    const lanes is_negative = difference < 0;

    return (difference ^ is_negative) - is_negative;
}

static inline lanes choose(lanes condition, lanes if_true, lanes if_false)
{
    return (condition & if_true) | (~condition & if_false);
}

static inline lanes predict_pixel(lanes left, lanes above, lanes upper_left)
{
    const lanes from_above = above - upper_left;
    const lanes from_left = left - upper_left;
    const lanes to_left = magnitude(from_above);
    const lanes to_above = magnitude(from_left);
    const lanes to_upper_left = magnitude(from_above + from_left);
    const lanes nearer = choose(to_above <= to_upper_left, above, upper_left);

    return choose((to_left <= to_above) & (to_left <= to_upper_left), left, nearer);
}

static inline void undo_paeth_by_pixels(uint8_t *row, const uint8_t *above, size_t size_bytes,
                                        size_t pixel_bytes)
{
    lanes left = {0};
    lanes upper_left = {0};

    for (size_t i = 0; i + pixel_bytes <= size_bytes; i += pixel_bytes) {
        const lanes up = load_pixel(above + i, pixel_bytes);

        left = (load_pixel(row + i, pixel_bytes) + predict_pixel(left, up, upper_left)) & 255;
        upper_left = up;
        store_pixel(row + i, left, pixel_bytes);
    }
}

/* Pixels of 4 and 8 bytes are loaded and stored at once, which is faster; those of other sizes are not. */
static void undo_paeth(uint8_t *row, const uint8_t *above, size_t size_bytes, size_t pixel_bytes)
{
    if (pixel_bytes == PIXEL_BYTES_MAX)
        undo_paeth_by_pixels(row, above, size_bytes, PIXEL_BYTES_MAX);
    else if (pixel_bytes == PIXEL_BYTES_MAX / 2)
        undo_paeth_by_pixels(row, above, size_bytes, PIXEL_BYTES_MAX / 2);
    else
        undo_paeth_by_bytes(row, above, size_bytes, pixel_bytes);
}

bool png_unfilter(unsigned type, uint8_t *row, const uint8_t *above, size_t size_bytes,
                  size_t pixel_bytes)
{
    switch (type) {
    case FILTER_NONE:
        return true;
    case FILTER_SUB:
        undo_sub(row, size_bytes, pixel_bytes);
        return true;
    case FILTER_UP:
        undo_up(row, above, size_bytes);
        return true;
    case FILTER_AVERAGE:
        undo_average(row, above, size_bytes, pixel_bytes);
        return true;
    case FILTER_PAETH:
        undo_paeth(row, above, size_bytes, pixel_bytes);
        return true;
    default:
        return false;
    }
}
