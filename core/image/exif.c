#include "core/image/exif.h"

#include <stdbool.h>

#include "core/base/bytes.h"

#define TIFF_HEAD_BYTES   8 /* byte order, 42, offset of the first directory */
#define TIFF_VERSION      42
#define COUNT_BYTES       2
#define ENTRY_BYTES       12 /* tag, type, count, value */
#define TYPE_AT           2
#define VALUE_COUNT_AT    4
#define VALUE_AT          8
#define ORIENTATION_TAG   0x0112
#define SHORT_TYPE        3
#define BYTE_ORDER_LITTLE 0x4949 /* II */
#define BYTE_ORDER_BIG    0x4d4d /* MM */

struct tiff {
    const uint8_t *bytes;
    size_t size_bytes;
    bool big_endian;
};

static uint32_t u16_at(const struct tiff *tiff, size_t at)
{
    return tiff->big_endian ? bytes_be16(tiff->bytes + at) : bytes_le16(tiff->bytes + at);
}

static uint32_t u32_at(const struct tiff *tiff, size_t at)
{
    return tiff->big_endian ? bytes_be32(tiff->bytes + at) : bytes_le32(tiff->bytes + at);
}

static bool read_head(struct tiff *tiff)
{
    if (tiff->size_bytes < TIFF_HEAD_BYTES)
        return false;

    const uint32_t order = bytes_be16(tiff->bytes);

    tiff->big_endian = order == BYTE_ORDER_BIG;
    return (tiff->big_endian || order == BYTE_ORDER_LITTLE) && u16_at(tiff, 2) == TIFF_VERSION;
}

/* The offset of the first directory's entries and their number; 0 if the directory is truncated. */
static size_t find_entries(const struct tiff *tiff, size_t *entries_at)
{
    const size_t directory_at = u32_at(tiff, 4);

    if (directory_at < TIFF_HEAD_BYTES || directory_at > tiff->size_bytes - COUNT_BYTES)
        return 0;
    *entries_at = directory_at + COUNT_BYTES;

    const size_t count = u16_at(tiff, directory_at);

    return count <= (tiff->size_bytes - *entries_at) / ENTRY_BYTES ? count : 0;
}

static unsigned orientation_of(const struct tiff *tiff, size_t entry_at)
{
    const uint32_t value = u16_at(tiff, entry_at + VALUE_AT);
    const bool is_one_short = u16_at(tiff, entry_at + TYPE_AT) == SHORT_TYPE &&
                              u32_at(tiff, entry_at + VALUE_COUNT_AT) == 1;

    return is_one_short && value >= 1 && value <= EXIF_ORIENTATION_LAST ? value : EXIF_UPRIGHT;
}

unsigned exif_orientation(const uint8_t *bytes, size_t size_bytes)
{
    struct tiff tiff = {.bytes = bytes, .size_bytes = size_bytes};
    size_t at = 0;

    if (!read_head(&tiff))
        return EXIF_UPRIGHT;

    const size_t count = find_entries(&tiff, &at);

    for (size_t i = 0; i < count; i++, at += ENTRY_BYTES)
        if (u16_at(&tiff, at) == ORIENTATION_TAG)
            return orientation_of(&tiff, at);
    return EXIF_UPRIGHT;
}
